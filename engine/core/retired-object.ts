/** What the engine remembers of each thing a contract did, so that it can be purged or undone. Stored as jsonb. */
export type RetiredObject = {
  /** From 0, in the order things were done. Undo goes backwards. */
  readonly position: number;
  /** As a person names it: `public.users.name`. */
  readonly object: string;
} & (
  | { readonly kind: "column"; readonly facts: ColumnFacts }
  | { readonly kind: "table"; readonly facts: TableFacts }
  | { readonly kind: "rows"; readonly facts: RowsFacts }
  | { readonly kind: "constraint"; readonly facts: ConstraintFacts }
  | { readonly kind: "dropped"; readonly facts: DroppedFacts }
  | { readonly kind: "created"; readonly facts: { readonly drop: string } }
  | { readonly kind: "as written"; readonly facts: { readonly sql: string; readonly isFinal: boolean } }
);

/** A constraint that was dropped and can be made again. */
export interface ConstraintFacts {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  /** pg_constraint.contype: c, f, u, p, x, n. */
  readonly type: string;
  /** As pg_get_constraintdef gives it. */
  readonly definition: string;
  readonly isValidated: boolean;
  /** On a partitioned table: servers before 18 take no foreign key NOT VALID there. */
  readonly isPartitioned?: boolean;
  /** A condition that is true for the rows that break it; null where the server can only say so itself. */
  readonly broken: string | null;
  /** For u and p: its index. */
  readonly index: IndexFacts | null;
}

export interface IndexFacts {
  readonly schema: string;
  readonly name: string;
  /** As pg_get_indexdef gives it. */
  readonly definition: string;
}

export interface ColumnFacts {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  /** Its name while it is retired; no other column of the database has it. */
  readonly retired: string;
  /** NOT NULL was dropped and comes back. */
  readonly wasRequired: boolean;
  readonly constraints: readonly ConstraintFacts[];
  /** pg_current_snapshot() under the lock that retired it: what it does not show was written meanwhile. */
  readonly snapshot: string;
  /** pg_current_snapshot() under the lock that brought it back; what it shows and `snapshot` does not was written meanwhile. */
  readonly undone?: string;
}

/** A table that was moved away. */
export interface PartitionFacts {
  readonly schema: string;
  readonly table: string;
  /** Its name in holdfast_retired. */
  readonly retired: string;
}

export interface TableFacts extends PartitionFacts {
  /** Its partitions, at any depth, which moved with it. */
  readonly partitions?: readonly PartitionFacts[];
  /** The table it was a partition of, as SQL, and `FOR VALUES …`; undo attaches it again. */
  readonly partitionOf?: { readonly parent: string; readonly bound: string };
  /** Outgoing foreign keys, which would bind the tables they point to. */
  readonly constraints: readonly ConstraintFacts[];
}

export interface RowsFacts {
  readonly schema: string;
  readonly table: string;
  /** The table in holdfast_retired that holds them; null where only the backup does. */
  readonly copy: string | null;
  /** Why there is no copy. */
  readonly reason: string | null;
  /** Where a TRUNCATE may have restarted the table's sequences: how far each one was. */
  readonly sequences: readonly { readonly name: string; readonly lastValue: string }[];
}

export interface DroppedFacts {
  /** As pg_get_object_address names it. */
  readonly type: string;
  /** SQL that makes it again, with owner, grants and comment. */
  readonly definition: readonly string[];
  /** Undo builds them concurrently. */
  readonly indexes: readonly IndexFacts[];
}

const LONGEST_NAME_BYTES = 63;

/** A name for what is retired that no other object has: `retired_0022_3_name`. */
export function retiredName(version: string, position: number, name: string): string {
  return cutName(`retired_${version}_${position}_${name}`);
}

/** Cut to PostgreSQL's 63 bytes, between characters. */
export function cutName(name: string): string {
  const encoded = new TextEncoder().encode(name).subarray(0, LONGEST_NAME_BYTES);
  return new TextDecoder().decode(encoded).replace(/\uFFFD+$/u, "");
}
