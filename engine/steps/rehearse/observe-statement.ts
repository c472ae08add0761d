import type { AnalysedStatement } from "../../core/analysed-migration.js";
import { lockTargets } from "../../core/lock-targets.js";
import type { Migration } from "../../core/migration.js";
import type { Session } from "../../core/ports.js";
import { contradictions, ENGINE, type LockClaim } from "../../core/rehearsal/lock-claims.js";
import { observe, type Probe } from "../../core/rehearsal/probe.js";
import type { RehearsedStatement } from "../../core/rehearsal/rehearsal-report.js";
import { findLockedRelations } from "../find-holders.js";
import type { Rehearsal } from "./rehearsal.js";
import { sendStatement } from "./send-statement.js";
import { takeProbe } from "./take-probe.js";

/** A statement that ran, and what of it nobody had expected. */
export interface ObservedStatement {
  readonly statement: RehearsedStatement;
  readonly contradictions: readonly string[];
}

/** One transaction under observation. */
export interface ObservedTransaction {
  /** Relations from before the file. */
  readonly old: Probe["relations"];
  /** After the last statement. */
  latest: Probe;
}

/** Runs a statement inside a transaction and looks at what it did. @throws HoldfastError statement_failed; CannotRehearse */
export async function observeStatement(
  rehearsal: Rehearsal,
  migration: Migration,
  statement: AnalysedStatement,
  transaction: ObservedTransaction,
): Promise<ObservedStatement> {
  const { session } = rehearsal.database;
  const { old, latest: before } = transaction;
  const claims = await claimsOf(session, statement);
  if (rehearsal.isThrowAway) await session.execute(planAsIfLarge(statement));
  const startedAt = rehearsal.stopwatch();
  const rows = await sendStatement(rehearsal, migration, statement);
  const durationMs = rehearsal.stopwatch() - startedAt;
  const after = await takeProbe(session);
  transaction.latest = after;
  return {
    statement: {
      line: statement.line,
      column: statement.column,
      ...seen(statement, old, before, after),
      durationMs,
      rows,
    },
    contradictions: contradictions({ old, before, after, claims, isOpaque: statement.isOpaque }),
  };
}

/** TRUNCATE gives a table new storage, too, but writes nothing anew. */
export function seen(
  { kind }: AnalysedStatement,
  old: Probe["relations"],
  before: Probe,
  after: Probe,
): Pick<RehearsedStatement, "locks" | "rewrites" | "scans"> {
  const observed = observe(old, before, after);
  return kind === "TruncateStmt" ? { ...observed, rewrites: [] } : observed;
}

/**
 * A handful of rows is read from end to end where a million are found by an index: so that only scans are told which no index
 * could spare. ALTER TABLE looks through its tables by queries of its own, for which an index is no help.
 */
function planAsIfLarge({ kind }: AnalysedStatement): string {
  return `SET LOCAL enable_seqscan = ${kind === "AlterTableStmt" ? "on" : "off"}`;
}

/** What the engine expects of the statement: what its lock discipline looks out for. */
export async function claimsOf(session: Session, statement: AnalysedStatement): Promise<LockClaim[]> {
  if (statement.locks.length === 0) return [];
  const expected = await findLockedRelations(session, lockTargets([statement]));
  const named = await session.query(NAMED, [JSON.stringify(statement.locks)]);
  const certain = new Set(named.map(({ oid }) => oid));
  return expected.map(({ oid, mode }) => ({ by: ENGINE, oid, mode, isCertain: certain.has(oid) }));
}

const NAMED = `SELECT coalesce(i.indrelid, c.oid)::text AS oid
FROM pg_catalog.jsonb_array_elements_text($1::jsonb) AS named
JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(named) LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid`;
