import { byHand, type ByHandRequest } from "./by-hand.js";
import { HoldfastError } from "./core/errors.js";
import type { MigrationFile } from "./core/migration.js";
import { isVersion, versionOrder } from "./core/migration-name.js";
import { readMigration } from "./core/read-migration.js";
import type { World } from "./core/run.js";
import { recordingRun } from "./record-run.js";
import { inTransaction, sendPipelined } from "./steps/contracts/in-transaction.js";

export interface BaselineReport {
  /** File names that are marked as applied now. */
  readonly marked: readonly string[];
  /** That were in the history before, and stay as they are. */
  readonly known: readonly string[];
}

/**
 * Marks the files up to a version as applied, without running them: for a database that has them from before Holdfast. All rows
 * are written in one transaction; from here on the schema is compared by its fingerprint.
 *
 * @throws HoldfastError invalid_usage where the folder has no such version; what is wrong with a file
 */
export async function baseline(
  request: ByHandRequest & { readonly release: string },
  world: World,
  version: string,
): Promise<BaselineReport> {
  const files = await world.source.load();
  const last = isVersion(version) ? files.find(({ order }) => order === versionOrder(version)) : undefined;
  if (last === undefined) throw unknownVersion(version, files);
  const migrations = files.filter(({ order }) => order <= last.order).map(readMigration);
  return byHand(request, world, async (ctx, state) => {
    const known = new Set(state.history.map(({ order }) => order));
    const fresh = migrations.filter(({ order }) => !known.has(order));
    const rows = () =>
      fresh.map((migration) => ctx.history.record({ migration, state: "applied", release: request.release }));
    await recordingRun(ctx, { request, state, isEmptyStart: false }, () =>
      inTransaction(ctx, [], (session) => sendPipelined(session, rows())),
    );
    const names = (isKnown: boolean) =>
      migrations.filter(({ order }) => known.has(order) === isKnown).map(({ name }) => name);
    return { marked: names(false), known: names(true) };
  });
}

function unknownVersion(version: string, files: readonly MigrationFile[]): HoldfastError {
  const versions = files.map((file) => file.version);
  const shown = versions.length > 6 ? [...versions.slice(0, 3), "…", ...versions.slice(-2)] : versions;
  return new HoldfastError("invalid_usage", `The folder has no migration ${version}.`, {
    next: `Name the last one that already ran: ${shown.join(", ")}.`,
  });
}
