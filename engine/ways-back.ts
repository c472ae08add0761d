import type { ByHandRequest } from "./by-hand.js";
import type { CatalogueEntry } from "./core/catalogue.js";
import { HoldfastError } from "./core/errors.js";
import type { Incident } from "./core/incident/incident.js";
import type { HistoryRow, MigrationFile } from "./core/migration.js";
import type { DatabaseState, Session } from "./core/ports.js";
import { readMigration } from "./core/read-migration.js";
import type { RollbackPlan } from "./core/rehearsal/rollback-plan.js";
import type { TableCount } from "./core/row-counts.js";
import type { World } from "./core/run.js";
import { estimateLoss, type TableCounters } from "./core/ways-back/data-loss.js";
import { readSituation, type HalfRun, type KnownRun, type Situation } from "./core/ways-back/situation.js";
import { waysBack, type Way, type WaysInput } from "./core/ways-back/ways-back.js";
import { planRollback } from "./plan-rollback.js";
import { wrongEnvironment } from "./refusals.js";
import type { RehearsalWorld } from "./rehearse.js";
import { readJournal } from "./steps/outside/journal.js";

/** The ways back as they stand now, and what goes one of them. */
export interface WaysBack {
  readonly situation: Situation;
  readonly ways: readonly Way[];
  /** Set where it can be rolled back: what was rehearsed is what runs. */
  readonly rollback: RollbackPlan | null;
  /** The backup a restore takes. */
  readonly backup: CatalogueEntry | null;
  /** Why the database could not be asked; null: it was. */
  readonly unreachable: string | null;
}

export interface WaysWorld {
  readonly world: World;
  readonly rehearsal: RehearsalWorld;
  /** As a person calls the instance. */
  readonly name: string;
  /** Newest first; what is in AWS's keeping is in it as far as it is noted here. */
  listBackups(): Promise<readonly CatalogueEntry[]>;
}

/**
 * Finds out which ways lead back from where the database stands, and what each would lose. Changes nothing; rolling back is
 * rehearsed. A database that does not answer still has its backups.
 *
 * @throws HoldfastError wrong_environment, folder_missing and what else the folder is refused for
 */
export async function findWaysBack(request: ByHandRequest, at: WaysWorld): Promise<WaysBack> {
  const files = await at.world.source.load();
  const incidents = (await at.world.incidents?.list()) ?? [];
  const backups = await at.listBackups();
  const facts = await readFacts(request, at, files).catch(unreachableOnly);
  const situation = readSituation({ ...facts, files, incidents });
  const backup = chooseBackup(backups, situation, facts.unreachable !== null);
  const rollback = facts.unreachable === null ? await rehearsed(request, at, situation, facts.history) : NOT_ASKED;
  const ways = waysBack({
    ...{ instance: at.name, now: at.world.clock.now(), situation, rollback, backup, unreachable: facts.unreachable },
    estimate: "whyNot" in backup ? NO_ESTIMATE : estimateLoss(countedThen(backup, incidents), facts.counters),
  });
  return {
    ...{ situation, ways, unreachable: facts.unreachable },
    rollback: "whyNot" in rollback ? null : rollback,
    backup: "whyNot" in backup ? null : backup,
  };
}

const NOT_ASKED = { whyNot: "Nothing is rehearsed while the database does not answer." };
const NO_ESTIMATE = { basis: null, estimates: [] };

interface Facts {
  readonly history: readonly HistoryRow[];
  readonly runs: readonly KnownRun[];
  readonly isInterrupted: boolean;
  readonly finishedTo: HalfRun["finishedTo"];
  readonly counters: readonly TableCounters[];
  readonly unreachable: string | null;
}

/** Exit code 4: no connection. Anything else is no state to go back from, but a fault to be told. */
function unreachableOnly(error: unknown): Facts {
  if (!(error instanceof HoldfastError) || error.exitCode !== 4) throw error;
  const none = { history: [], runs: [], isInterrupted: false, finishedTo: null, counters: [] };
  return { ...none, unreachable: error.message };
}

async function readFacts(
  { environment }: ByHandRequest,
  { world }: WaysWorld,
  files: readonly MigrationFile[],
): Promise<Facts> {
  const session = await world.sessions.open("read-only");
  try {
    const state = await world.history.load(session);
    const { environment: marked } = state;
    if (environment !== undefined && marked !== null && marked !== environment)
      throw wrongEnvironment(state, environment);
    return {
      history: state.history,
      runs: await readRuns(session),
      isInterrupted: state.interruptedRun !== null,
      finishedTo: await readFinished(session, world, state, files),
      counters: await readCounters(session),
      unreachable: null,
    };
  } finally {
    await session.close();
  }
}

/** More than anybody goes back. */
const LISTED_RUNS = 500;

async function readRuns(session: Session): Promise<KnownRun[]> {
  if (!(await isThere(session, "holdfast.runs"))) return [];
  const rows = await session.query(
    `SELECT id::text, (date_part('epoch', started_at) * 1000)::text AS started FROM holdfast.runs ORDER BY id DESC LIMIT ${LISTED_RUNS}`,
  );
  return rows.map(({ id, started }) => ({ id: id ?? "", startedAt: new Date(Number(started)) }));
}

async function isThere(session: Session, table: string): Promise<boolean> {
  const [row] = await session.query("SELECT to_regclass($1) IS NOT NULL AS is", [table]);
  return row?.["is"] === "t";
}

/** Of a file that runs statement by statement: how far it got. */
async function readFinished(
  session: Session,
  world: World,
  { history }: DatabaseState,
  files: readonly MigrationFile[],
): Promise<HalfRun["finishedTo"]> {
  const row = history.find(({ state }) => state === "started");
  const file = files.find(({ order }) => order === row?.order);
  if (row === undefined || file === undefined || !(await isThere(session, "holdfast.statement_journal"))) return null;
  const finished = (await readJournal(session, row.version)).filter(({ isFinished }) => isFinished).length;
  const { body } = readMigration(file);
  const last = (await world.loadParser()).parse(body.text)[finished - 1];
  if (last === undefined) return null;
  return { statement: finished, line: body.line + body.text.slice(0, last.offset).split("\n").length - 1 };
}

const COUNTERS = `
SELECT format('%I.%I', schemaname, relname) AS name, (n_tup_ins + n_tup_upd + n_tup_del)::text AS written, n_live_tup::text AS rows
FROM pg_stat_user_tables WHERE schemaname NOT IN ('holdfast', 'holdfast_retired')
  AND relname NOT IN ('schema_migrations', 'system_versions')`;

async function readCounters(session: Session): Promise<TableCounters[]> {
  const rows = await session.query(COUNTERS);
  return rows.map(({ name, written, rows: live }) => ({
    ...{ table: name ?? "", written: Number(written), rows: Number(live) },
  }));
}

/** The very backup the last run took; else the newest before it. A database that is gone goes back to the newest there is. */
function chooseBackup(
  entries: readonly CatalogueEntry[],
  { firstVersion, lastRun }: Situation,
  isGone: boolean,
): WaysInput["backup"] {
  const since = lastRun[0]?.appliedAt ?? null;
  const own = entries.find(({ manifest }) => firstVersion !== null && manifest.pendingVersions.includes(firstVersion));
  const earlier = entries.find(({ takenAt }) => since !== null && takenAt <= since);
  const chosen = isGone ? entries[0] : (own ?? earlier);
  if (chosen !== undefined) return chosen;
  if (entries.length === 0) return { whyNot: "There is no backup of it on this machine." };
  return { whyNot: "No backup on this machine was taken before the last run." };
}

function countedThen(
  backup: CatalogueEntry,
  incidents: readonly Incident[],
): { written: Readonly<Record<string, number>> | undefined; rows: readonly TableCount[] } {
  const written = incidents.find((one) => one.backup?.id === backup.id)?.written;
  return { written, rows: "tables" in backup.manifest ? backup.manifest.tables : [] };
}

/** The files of the last run, newest first, on a throw-away server. */
async function rehearsed(
  request: ByHandRequest,
  { world, rehearsal }: WaysWorld,
  { lastRun, halfRun }: Situation,
  history: readonly HistoryRow[],
): Promise<WaysInput["rollback"]> {
  const first = lastRun[0];
  if (first === undefined) return { whyNot: "No run has applied a file here." };
  if (halfRun !== null)
    return { whyNot: `${halfRun.file} is half-run: it must be done before anything is rolled back.` };
  const stays = history.filter(({ order, state }) => order < first.order && HAS_RUN.has(state)).at(-1);
  try {
    // Without a file that stays, only the newest can be named.
    const to = stays ?? (lastRun.length > 1 ? first : undefined);
    return await planRollback(request, { world, rehearsal }, to?.version);
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code === "interrupted") throw error;
    return { whyNot: error.message };
  }
}

const HAS_RUN: ReadonlySet<HistoryRow["state"]> = new Set(["applied", "unverified", "retired"]);
