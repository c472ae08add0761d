import { compareSchema } from "./check.js";
import { compareSets } from "./core/compare-sets.js";
import { HoldfastError } from "./core/errors.js";
import type { Drift } from "./core/fingerprint.js";
import type { MigrationFile } from "./core/migration.js";
import type { DatabaseState, HistoryStore, MigrationSource, Session } from "./core/ports.js";
import { schemaVersion } from "./core/schema-version.js";

/** Where an instance stands. */
export interface DatabaseStatus {
  readonly database: string;
  readonly serverVersionNum: number;
  /** The marker; null where the database has none yet. */
  readonly environment: string | null;
  readonly schemaVersion: string | null;
  readonly release: string | null;
  /** Files to run; null where the folder cannot be read. */
  readonly pending: readonly string[] | null;
  readonly held: readonly { readonly version: string; readonly reason: string | null; readonly dueAt: Date | null }[];
  /** Retired by a contract, to be purged when due; until then `undo` brings them back. */
  readonly retired: readonly { readonly version: string; readonly dueAt: Date | null }[];
  readonly unverified: readonly string[];
  /** A run was interrupted and has not been taken up yet: since when. */
  readonly interruptedSince: Date | null;
  readonly isAhead: boolean;
  /** Null: no fingerprint to compare with yet. */
  readonly drift: readonly Drift[] | null;
  /** What stands between this folder and a deploy. */
  readonly faults: readonly HoldfastError[];
}

/** @param release the release of the folder; by default the newest one on the database */
export async function readStatus(
  session: Session,
  { source, history }: { readonly source: MigrationSource; readonly history: HistoryStore },
  release?: string,
): Promise<DatabaseStatus> {
  const state = await history.load(session);
  const { files, faults } = await load(source);
  const newest = state.releases[0]?.version ?? null;
  const compared = files === null ? undefined : compareSets({ ...state, files, release: release ?? newest ?? "0.0.0" });
  const { compared: objects, drift } = await compareSchema(session);
  return {
    ...{ database: state.database, serverVersionNum: state.serverVersionNum, environment: state.environment },
    schemaVersion: schemaVersion(state.history),
    release: newest,
    pending: compared?.pending.map(({ name }) => name) ?? null,
    ...waiting(state),
    interruptedSince: state.interruptedRun?.startedAt ?? null,
    isAhead: compared?.isAhead ?? false,
    drift: objects === null ? null : drift,
    faults: [...faults, ...(compared?.faults ?? [])],
  };
}

function waiting({ history }: DatabaseState): Pick<DatabaseStatus, "held" | "retired" | "unverified"> {
  return {
    held: history
      .filter(({ state }) => state === "held")
      .map(({ version, heldReason, dueAt }) => ({ version, reason: heldReason, dueAt })),
    retired: history.filter(({ state }) => state === "retired").map(({ version, dueAt }) => ({ version, dueAt })),
    unverified: history.filter(({ state }) => state === "unverified").map(({ version }) => version),
  };
}

/** A folder that cannot be read is told beside the rest: the database's own state is still worth knowing. */
async function load(
  source: MigrationSource,
): Promise<{ files: readonly MigrationFile[] | null; faults: readonly HoldfastError[] }> {
  try {
    return { files: await source.load(), faults: [] };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return { files: null, faults: [error] };
  }
}
