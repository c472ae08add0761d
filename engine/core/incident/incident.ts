import type { ErrorDocument } from "../error-json.js";
import type { BackupMention } from "../errors.js";

/** One line of what happened, by the clock of the machine that ran it. */
export interface IncidentMoment {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** A sentence without its full stop; no row value, no secret. */
  readonly what: string;
  /** Of moments in a row with the same key only the last one is told: a backfill's batches, tries for one lock. */
  readonly key?: string;
  /** Name of the file that begins, or has ended, with it. */
  readonly begins?: string;
  readonly ends?: string;
  /** Set where it tells that the backup is taken. */
  readonly backup?: BackupMention;
}

/** What was known when a run began: written at once, so that a killed run leaves it. */
export interface IncidentBeginning {
  readonly project: string;
  readonly instance: string;
  readonly environment: string | null;
  /** Its name on the server. */
  readonly database: string;
  readonly release: string;
  /** Of the table holdfast.runs. */
  readonly run: { readonly id: string; readonly startedAt: string };
  /** Highest version that had run before; null: none. */
  readonly schemaVersion: string | null;
  /** File names, in the order in which they were to run. */
  readonly planned: readonly string[];
  /** By `schema.table`: rows inserted, updated and deleted since the server's statistics began. */
  readonly written: Readonly<Record<string, number>>;
}

/** A statement of the file that failed, its literals blotted out. */
export interface IncidentStatement {
  readonly line: number;
  readonly column: number;
  readonly text: string;
  readonly hasFailed: boolean;
}

/** Which way back was taken, and when. */
export interface IncidentDecision {
  /** `un-retire`, `rollback`, `forward` or `restore`. */
  readonly way: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The command line that does the same. */
  readonly command: string;
  /** One sentence. */
  readonly outcome: string;
}

/** A run that failed, or was killed. */
export interface Incident extends IncidentBeginning {
  readonly format: 1;
  /** When it was written, ISO 8601, UTC. */
  readonly at: string;
  readonly error: ErrorDocument;
  readonly timeline: readonly IncidentMoment[];
  /** The file that failed; null where no file did. */
  readonly file: string | null;
  readonly statements: readonly IncidentStatement[];
  /** File names: committed by this run, and they stay. */
  readonly applied: readonly string[];
  readonly backup: BackupMention | null;
  readonly decision: IncidentDecision | null;
}

/** Files that were to run and did not; the one that failed is the first of them, unless it was applied and not verified. */
export function notRun({ planned, applied }: Pick<Incident, "planned" | "applied">): readonly string[] {
  const done = new Set(applied);
  return planned.filter((file) => !done.has(file));
}

/** `20260119T093000Z-statement_failed`, with `-2` and so on for another one of the same second. */
export function incidentName({ at, error }: Pick<Incident, "at" | "error">, attempt = 1): string {
  const second = at.replace(/[-:]|\.\d+/g, "");
  return `${second}-${error.code}${attempt === 1 ? "" : `-${attempt}`}`;
}
