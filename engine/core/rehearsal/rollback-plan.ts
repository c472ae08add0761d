import { HoldfastError } from "../errors.js";
import { versionOrder } from "../migration-name.js";
import type { HistoryRow, MigrationFile } from "../migration.js";
import type { DataLoss, RehearsedFile } from "./rehearsal-report.js";

/** A file that can be rolled back, as far as its history and its text say. */
export interface RollbackCandidate {
  readonly row: HistoryRow;
  readonly file: MigrationFile;
}

/** Where a rollback ends before it has reached what was asked for. */
export interface RollbackStop {
  readonly version: string;
  /** The file's name; `0007 (add users)` where the folder lacks it. */
  readonly file: string;
  /** A sentence without its full stop. */
  readonly reason: string;
  /** What leads back instead. */
  readonly next: string;
}

/** A loss, counted on the database itself. */
export interface CountedLoss extends DataLoss {
  /** Rows or values there now; null where nobody could count them in time. */
  readonly present: number | null;
}

export interface RollbackStep {
  readonly version: string;
  readonly file: string;
  readonly checksum: string;
  /** From then on people may have written what a rollback takes. */
  readonly appliedAt: Date | null;
  readonly statements: readonly { readonly line: number; readonly text: string }[];
  /** What the rehearsal has seen go that was there before the file. */
  readonly lost: readonly DataLoss[];
  /** What was written since, and goes. */
  readonly lostSince: readonly CountedLoss[];
}

/** What a rollback would do, newest first. */
export interface RollbackPlan {
  readonly steps: readonly RollbackStep[];
  readonly stop: RollbackStop | null;
}

/** Whether it takes anything that only a backup still has. */
export function isLossy({ steps }: Pick<RollbackPlan, "steps">): boolean {
  return steps.some(({ lost, lostSince }) => lost.length + lostSince.length > 0);
}

export interface ChosenRollback {
  readonly candidates: readonly RollbackCandidate[];
  readonly stop: RollbackStop | null;
}

/**
 * The files to be rolled back, newest first, until one that has no way of its own.
 * @param to stays applied, and all before it; without it the newest file alone is rolled back
 * @throws HoldfastError rollback_refused where nothing has run, or `to` has not
 */
export function chooseRollback(
  history: readonly HistoryRow[],
  files: readonly MigrationFile[],
  to: string | undefined,
): ChosenRollback {
  const rows = history.filter(({ state }) => HAS_RUN.has(state)).sort((a, b) => (a.order < b.order ? 1 : -1));
  const asked = to === undefined ? rows.slice(0, 1) : rows.filter(({ order }) => order > orderOf(to, rows));
  if (asked.length === 0) throw nothingToDo(to);
  const candidates: RollbackCandidate[] = [];
  for (const row of asked) {
    const file = files.find(({ order }) => order === row.order);
    const obstacle = obstacleOf(row, file);
    if (obstacle !== undefined || file === undefined) {
      return { candidates, stop: { ...nameOf(row, file), ...(obstacle ?? MISSING) } };
    }
    candidates.push({ row, file });
  }
  return { candidates, stop: null };
}

const HAS_RUN: ReadonlySet<string> = new Set(["applied", "unverified", "retired", "started"]);

export const RESTORE =
  "Restore the backup taken before it, beside the database: holdfast backups, then holdfast restore.";

const MISSING = { reason: "its file is not in this folder", next: "Use the folder of the release that applied it." };

function obstacleOf(
  row: HistoryRow,
  file: MigrationFile | undefined,
): Pick<RollbackStop, "reason" | "next"> | undefined {
  if (row.state === "started")
    return { reason: "it is half-run", next: "Deploy again, so that it is done; then roll it back." };
  if (row.state === "retired") {
    return {
      reason: "what it took away is only retired",
      next: `Bring it back: holdfast undo <instance> ${row.version}`,
    };
  }
  if (file === undefined) return MISSING;
  if (row.checksum === file.checksum) return undefined;
  return {
    reason: "its file is not the one that ran",
    next: "Put the file back as it was deployed (your version control has it).",
  };
}

function nameOf(
  { version, description }: HistoryRow,
  file: MigrationFile | undefined,
): { version: string; file: string } {
  return { version, file: file?.name ?? `${version} (${description})` };
}

/** Why a file that was rehearsed is not rolled back; undefined: it may be. */
export function whyNotRehearsed(file: RehearsedFile | undefined): Pick<RollbackStop, "reason" | "next"> | undefined {
  if (file === undefined) return { reason: "it was not rehearsed", next: RESTORE };
  const { outcome, reason, error, rollback } = file;
  if (rollback.outcome === "only the backup leads back") {
    return { reason: `only the backup leads back (${rollback.reason ?? ""})`, next: RESTORE };
  }
  if (rollback.outcome === "none")
    return { reason: "it has no @rollback, so only the backup leads back", next: RESTORE };
  if (outcome === "rehearsed") return undefined;
  const why =
    outcome === "cannot rehearse"
      ? `it cannot be rehearsed: ${reason ?? ""}`
      : `its rehearsal failed: ${error?.message ?? ""}`;
  return { reason: why.replace(/\.$/, ""), next: `See more: holdfast rehearse --from ${file.version}\n${RESTORE}` };
}

function orderOf(to: string, rows: readonly HistoryRow[]): bigint {
  const row = rows.find(({ version }) => version === to || (/^\d+$/.test(to) && versionOrder(version) === BigInt(to)));
  if (row !== undefined) return row.order;
  throw new HoldfastError("rollback_refused", `Version ${to} has not run on this database.`, {
    next: "Name one that has, and is to stay: holdfast status shows the newest.",
  });
}

function nothingToDo(to: string | undefined): HoldfastError {
  return new HoldfastError(
    "rollback_refused",
    to === undefined ? "Nothing has run on this database." : `Nothing has run on this database after ${to}.`,
    { next: "There is nothing to roll back." },
  );
}
