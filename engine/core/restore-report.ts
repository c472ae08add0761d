import type { Drift } from "./fingerprint.js";
import type { CountDifference, TableCount } from "./row-counts.js";

/** A restored database against what its backup's manifest says. */
export interface ManifestComparison {
  /** Tables whose rows are not as they were counted when the backup was taken; null: nothing was counted. */
  readonly tables: readonly CountDifference[] | null;
  /** Whether the schema is the one of that time; null: it was not noted. */
  readonly isSchemaSame: boolean | null;
}

/** The rows of one table in both databases. Null: no such table, or it took too long to count. */
export interface TableBeside {
  readonly table: string;
  readonly restored: number | null;
  readonly live: number | null;
  /** Where one is null although the table is there: it was not counted. */
  readonly isCounted: boolean;
}

/** What the live database has otherwise than the restored one. */
export interface LiveComparison {
  /** Objects that were `added`, `changed` or `removed` in the live one. */
  readonly schema: readonly Drift[];
  /** False: another major version, whose definitions print another way. */
  readonly isSchemaComparable: boolean;
  /** Tables whose rows differ, and those that could not be counted. */
  readonly tables: readonly TableBeside[];
}

/** Rows, table by table, as the manifest has them. */
export interface ExpectedContents {
  /** Null: nobody counted, as for a snapshot. */
  readonly tables: readonly TableCount[] | null;
  readonly schemaVersion: string | null;
  readonly fingerprint: string | null;
}
