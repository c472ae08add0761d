import type { Incident } from "../incident/incident.js";
import type { HistoryRow, MigrationFile } from "../migration.js";

/** A run as the table holdfast.runs has it. */
export interface KnownRun {
  readonly id: string;
  readonly startedAt: Date;
}

/** A file that stopped between two of its statements or batches. */
export interface HalfRun {
  readonly row: HistoryRow;
  readonly file: string;
  /** Of its last finished statement; null: none, or it runs in batches. */
  readonly finishedTo: { readonly statement: number; readonly line: number } | null;
}

/** Where an instance stands, as far as a way back depends on it. */
export interface Situation {
  /** `failed`: the last run stopped before its end. `applied`: it did not. `empty`: nothing has run. */
  readonly kind: "failed" | "applied" | "empty";
  /** What the last run that applied anything has applied, by order. */
  readonly lastRun: readonly HistoryRow[];
  /** The first version that a way back leads behind: of the last run, or the half-run file; null: nothing has run. */
  readonly firstVersion: string | null;
  /** The run that failed has left nothing: what a way back takes is of the run before it. */
  readonly isUntouched: boolean;
  /** Of the run that failed; null where none did, or its page is elsewhere. */
  readonly incident: Incident | null;
  readonly halfRun: HalfRun | null;
  readonly unverified: readonly HistoryRow[];
  /** Contracts whose objects are put away and not dropped yet, newest first. */
  readonly retired: readonly HistoryRow[];
}

export interface SituationInput {
  readonly history: readonly HistoryRow[];
  /** Newest first. */
  readonly runs: readonly KnownRun[];
  readonly isInterrupted: boolean;
  /** Of this instance, newest first. */
  readonly incidents: readonly Incident[];
  readonly files: readonly MigrationFile[];
  readonly finishedTo: HalfRun["finishedTo"];
}

export function readSituation(input: SituationInput): Situation {
  const { history, runs, incidents, isInterrupted } = input;
  const rows = byOrder(history.filter(({ state }) => HAS_RUN.has(state)));
  const started = history.find(({ state }) => state === "started");
  const incident = incidents.find((one) => isOf(one, runs[0])) ?? null;
  const hasFailed = incident !== null || isInterrupted || started !== undefined;
  const lastRun = lastRunOf(rows, runs);
  const isOfNewest = lastRun.some((row) => runs[0] !== undefined && timeOf(row) >= runs[0].startedAt.getTime());
  const first = started !== undefined && !isOfNewest ? started : lastRun[0];
  return {
    kind: hasFailed ? "failed" : rows.length === 0 ? "empty" : "applied",
    lastRun,
    firstVersion: first?.version ?? null,
    isUntouched: hasFailed && started === undefined && !isOfNewest,
    incident,
    halfRun: started === undefined ? null : halfRunOf(started, input),
    unverified: rows.filter(({ state }) => state === "unverified"),
    retired: rows.filter(({ state }) => state === "retired").reverse(),
  };
}

const HAS_RUN: ReadonlySet<HistoryRow["state"]> = new Set(["applied", "unverified", "retired"]);

function byOrder(rows: readonly HistoryRow[]): HistoryRow[] {
  return rows.toSorted((a, b) => (a.order < b.order ? -1 : Number(a.order > b.order)));
}

/** An incident of an earlier run is over: a later one went on. */
function isOf({ run }: Incident, newest: KnownRun | undefined): boolean {
  return run.id === newest?.id && run.startedAt === newest.startedAt.toISOString();
}

/** A database that no run has touched (a baseline, an adoption) has no last run: its newest file alone counts as such. */
function lastRunOf(rows: readonly HistoryRow[], runs: readonly KnownRun[]): readonly HistoryRow[] {
  const newest = Math.max(...rows.map(timeOf));
  const run = runs.find(({ startedAt }) => startedAt.getTime() <= newest);
  if (run === undefined) return rows.slice(-1);
  return rows.filter((row) => timeOf(row) >= run.startedAt.getTime());
}

function timeOf({ appliedAt }: HistoryRow): number {
  return appliedAt?.getTime() ?? 0;
}

function halfRunOf(row: HistoryRow, { files, finishedTo }: SituationInput): HalfRun {
  const file = files.find(({ order }) => order === row.order)?.path ?? `${row.version} (${row.description})`;
  return { row, file, finishedTo };
}
