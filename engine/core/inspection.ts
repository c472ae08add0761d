import type { ConnectionSettings } from "./connection-settings.js";
import type { Finding } from "./findings.js";
import type { ExpectedContents } from "./restore-report.js";

/** A throw-away database that was made out of a backup, and what it must hold. */
export interface ThrowAway {
  /** As a superuser, or as who may do most there. */
  readonly connection: ConnectionSettings;
  /** Null: nothing was noted when the backup was taken. */
  readonly expected: ExpectedContents | null;
}

/** What a drill looked at. Kept in its proof, so it holds no row data and no secret. */
export interface Inspection {
  /** Tables whose rows were compared with the manifest; null: nothing was counted when the backup was taken. */
  readonly tables: number | null;
  readonly rows: number | null;
  /** Whether the schema's fingerprint is the manifest's; null: none was noted. */
  readonly isSchemaSame: boolean | null;
  /** B-tree indexes compared with their tables; null: not asked for. */
  readonly indexes: number | null;
  /** Bytes of tables that were read page by page; null: not asked for. */
  readonly bytesRead: number | null;
  /** @verify queries that were asked; null: there was no folder. */
  readonly verified: number | null;
  /** A table was written, committed, read and dropped. */
  readonly takesWrites: boolean;
  /** Faults fail a drill; warnings are told. */
  readonly findings: readonly Finding[];
}

/** Looks through a restored database. Given to what makes one, so that every kind of backup is judged alike. */
export type Inspect = (restored: ThrowAway) => Promise<Inspection>;

/** What is kept beside a backup that a drill restored. */
export interface Proof {
  readonly provenAt: Date;
  /** From the first byte unpacked to the last look, in milliseconds. */
  readonly tookMs: number;
  readonly checked: Inspection;
}

/** The findings that fail a drill, as the end of a sentence; undefined: there are none. */
export function whyNotProven({ findings }: Inspection): string | undefined {
  const faults = findings.filter(({ level }) => level === "fault").map(({ message }) => message.replace(/\.$/, ""));
  return faults.length === 0 ? undefined : faults.join("; ");
}
