import type { AstNode } from "../../ports.js";

/** What the files of a folder made, as far as a rule needs it. Values are never changed: a new one takes their place. */

/** Which statement made something. */
export interface Maker {
  /** The file's order. */
  readonly file: bigint;
  /** False where it may have been there before: IF NOT EXISTS, OR REPLACE, inside a DO block. */
  readonly isCertain: boolean;
  /** IF NOT EXISTS in a folder that shows its tables, and not this one. Enough to ask nobody to wait, never to destroy anything. */
  readonly isLikely?: boolean;
}

/** A type as PostgreSQL knows it, aliases resolved: `int4`, `varchar`, `public.mood`. */
export interface TypeName {
  /** Unqualified for types of pg_catalog, else `schema.name`. */
  readonly name: string;
  /** Limit, or precision and scale; empty where there is none. */
  readonly modifiers: readonly number[];
  readonly isArray: boolean;
}

export interface Column {
  readonly name: string;
  readonly type: TypeName;
  readonly isNotNull: boolean;
  readonly hasDefault: boolean;
  readonly isIdentity: boolean;
  readonly generated?: "stored" | "virtual";
  /** As written; unset: the type's own. */
  readonly collation?: string;
  readonly maker: Maker;
}

export type ConstraintKind = "check" | "not null" | "unique" | "primary key" | "foreign key" | "exclusion";

export interface Constraint {
  /** As written, or as PostgreSQL would name it. */
  readonly name: string;
  readonly kind: ConstraintKind;
  /** Of a check: the columns its expression names. */
  readonly columns: readonly string[];
  /** False while NOT VALID. */
  readonly isValid: boolean;
  /** Columns that it proves to be NOT NULL once it is valid. */
  readonly proves: readonly string[];
  /** Of a check. */
  readonly expression?: AstNode;
  /** Of a foreign key: the other table's id. */
  readonly references?: string;
  /** Of a foreign key. */
  readonly onDelete?: "no action" | "restrict" | "cascade" | "set null" | "set default";
  readonly maker: Maker;
}

export type TableKind = "table" | "partitioned table" | "view" | "materialized view" | "foreign table";

export interface Table {
  /** `public.orders`: schema and name, unquoted, as the catalog has them. */
  readonly id: string;
  readonly kind: TableKind;
  readonly isTemporary: boolean;
  /** Temporary, ON COMMIT DROP. */
  readonly isGoneAtCommit?: boolean;
  /** False where the folder does not show how it was made: its columns are those that were seen since. */
  readonly isWhole: boolean;
  readonly columns: ReadonlyMap<string, Column>;
  readonly constraints: ReadonlyMap<string, Constraint>;
  /** Of a view: names of its columns in order, where its query spells them. */
  readonly output?: readonly string[];
  /** Id of the parent. */
  readonly partitionOf?: string;
  /** Of a partitioned table: columns of its key. */
  readonly partitionKey?: readonly string[];
  readonly isDefaultPartition?: boolean;
  /** OF a composite type: its id. */
  readonly ofType?: string;
  readonly hasRowSecurity: boolean;
  readonly policies: ReadonlySet<string>;
  readonly triggers: ReadonlySet<string>;
  readonly maker: Maker;
}

export interface Index {
  readonly id: string;
  /** Id of the table. */
  readonly table: string;
  /** In order; null stands for an expression. */
  readonly columns: readonly (string | null)[];
  readonly isUnique: boolean;
  readonly isPartial: boolean;
  /** Columns that its expressions and its WHERE name. */
  readonly named: readonly string[];
  readonly maker: Maker;
}

export type UserType =
  | { readonly id: string; readonly kind: "enum"; readonly labels: readonly string[]; readonly maker: Maker }
  | {
      readonly id: string;
      readonly kind: "domain";
      readonly base: TypeName;
      /** It has a CHECK or is NOT NULL. */
      readonly isConstrained: boolean;
      /** The first function its default calls that has one value per row. */
      readonly volatileDefault?: string;
      readonly maker: Maker;
    }
  | { readonly id: string; readonly kind: "composite" | "range"; readonly maker: Maker };

export type Volatility = "immutable" | "stable" | "volatile";

export interface RoutineSignature {
  readonly id: string;
  readonly argumentTypes: readonly string[];
  /** Of the same arguments; empty where one has none. */
  readonly argumentNames: readonly string[];
  /** `int4`, `setof public.users`; empty for a procedure, and where only OUT arguments say it. */
  readonly returns: string;
  readonly volatility: Volatility;
  readonly isSecurityDefiner: boolean;
  readonly maker: Maker;
}

export interface Sequence {
  readonly id: string;
  /** `table id`, where a column owns it. */
  readonly ownedBy?: string;
  readonly maker: Maker;
}
