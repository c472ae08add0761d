import type { HoldfastError } from "./errors.js";
import type { Migration } from "./migration.js";
import type { AstNode } from "./ports.js";

/**
 * The closed list of statements that run outside a transaction. Each can be looked up in the catalog, or simply run
 * again, after a crash; whatever else PostgreSQL refuses inside a transaction block is refused when the file is read.
 */
export type OutsideKind =
  | "create_index_concurrently"
  | "drop_index_concurrently"
  | "reindex_concurrently"
  | "detach_partition_concurrently"
  | "vacuum";

/** How the file is run: one transaction, statement by statement, in batches, or as a contract. */
export type Execution = "transaction" | "outside" | "backfill" | "contract";

/** A statement with its place in the file. `offset` and `end` count UTF-16 code units of the file's text. */
export interface PlacedStatement {
  readonly text: string;
  readonly offset: number;
  readonly end: number;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  readonly node: AstNode;
  /** The node's type in PostgreSQL's parser: `AlterTableStmt`. */
  readonly kind: string;
}

export interface AnalysedStatement extends PlacedStatement {
  /**
   * Relations locked in SHARE mode or stronger (what stops writers), as quoted SQL names: `"orders"`, `"app"."Order"`.
   * DROP INDEX and REINDEX INDEX name the index: its table cannot be read from the statement.
   */
  readonly locks: readonly string[];
  /** Tables that are certainly new after it (never those of IF NOT EXISTS), temporary ones left out. */
  readonly creates: readonly string[];
  /** New temporary tables: they mean nothing to later files. */
  readonly createsTemporary: readonly string[];
  readonly outside: OutsideKind | null;
  /** It runs code the statement does not show (DO, CALL, a function that is not built in): its locks are unknown. */
  readonly isOpaque: boolean;
}

export interface AnalysedMigration {
  readonly migration: Migration;
  /** The statements of the body, in order. A backfill's one statement keeps `:from` and `:to` in its text. */
  readonly statements: readonly AnalysedStatement[];
  /** The queries of `@verify`. */
  readonly verify: readonly PlacedStatement[];
  /** The statements of `@rollback`; empty where only the backup leads back. */
  readonly rollback: readonly PlacedStatement[];
  readonly execution: Execution;
  /** Everything that makes the file unfit to run (sql_syntax, invalid_migration, statement_not_supported). */
  readonly faults: readonly HoldfastError[];
}
