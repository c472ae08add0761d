/** A migration the database has, as the last deploy found it. */
export interface AppliedMigration {
  readonly version: string;
  /** SHA-256 of the file; empty where another tool applied it. */
  readonly checksum: string;
  readonly state: string;
  readonly release: string;
  /** ISO 8601; empty where it is not known. */
  readonly appliedAt: string;
}

/** A file that waits: a contract that is not due or not approved, or one that names what such a contract names. */
export interface HeldMigration {
  readonly version: string;
  /** One sentence. */
  readonly reason: string;
}

/** What `holdfast/deploy` prints when all went well: one line of JSON. */
export interface DeploySummary {
  readonly ok: true;
  readonly schemaVersion: string;
  readonly release: string;
  /** File names, in order. */
  readonly ran: readonly string[];
  readonly held: readonly HeldMigration[];
  readonly appliedMigrations: readonly AppliedMigration[];
}

/** @throws Error where the text is none: a Command that succeeded always printed one */
export function readSummary(stdout: string): DeploySummary {
  const summary = JSON.parse(stdout) as DeploySummary | { readonly ok: false; readonly message: string };
  if (!summary.ok) throw new Error(summary.message);
  return summary;
}
