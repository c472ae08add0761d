import { byHand, type ByHandRequest } from "./by-hand.js";
import { asMigration } from "./core/adopt/as-migration.js";
import { readHistory } from "./core/adopt/read-history.js";
import type { ToolFolder } from "./core/adopt/read-tool-folder.js";
import type { Tool, ToolFile } from "./core/adopt/tool-folder.js";
import type { ToolHistory } from "./core/adopt/tool-history.js";
import { HoldfastError, joinFaults } from "./core/errors.js";
import type { Migration } from "./core/migration.js";
import type { DatabaseState, RunContext } from "./core/ports.js";
import { readMigration } from "./core/read-migration.js";
import type { World } from "./core/run.js";
import { recordingRun } from "./record-run.js";
import { readToolHistory } from "./steps/adopt/read-tool-history.js";
import { inTransaction, sendPipelined } from "./steps/contracts/in-transaction.js";

export interface Adoption {
  readonly tool: Tool;
  /** As the tool's reader has read it. */
  readonly folder: ToolFolder;
  /** `schema.table`, where the tool's history table has not its usual name. */
  readonly table?: string;
}

export interface AdoptReport {
  readonly tool: Tool;
  /** The tool's history table, which is as it was: `public.schema_migrations`. */
  readonly table: string;
  /** File names that are marked as applied now. */
  readonly marked: readonly string[];
  /** That were in Holdfast's history before, and stay as they are. */
  readonly known: readonly string[];
  /** That are still to run. */
  readonly pending: readonly string[];
}

/**
 * Takes over from another tool: what its history says has been applied is marked as applied in Holdfast's own, with the checksum of
 * the file as it is now. All rows are written in one transaction, under the lock of a deploy; the tool's table is only read. Where
 * Holdfast knows it all already, nothing is written.
 *
 * @throws HoldfastError with all faults of folder and history at once; then nothing is marked
 */
export async function adopt(
  request: ByHandRequest & { readonly release: string },
  world: World,
  { tool, folder, table }: Adoption,
): Promise<AdoptReport> {
  const { files } = folder;
  refuse([...folder.faults, ...grammarFaults(files)]);
  return byHand(request, world, async (ctx, state) => {
    const theirs = await readToolHistory(ctx.session, tool, table);
    const known = new Set(state.history.map(({ order }) => order));
    const { applied, faults } = readHistory(theirs, files, ({ order }) => known.has(order));
    refuse(faults);
    if (applied.length === 0 && known.size === 0) throw nothingApplied(theirs);
    const fresh = applied.filter(({ order }) => !known.has(order));
    if (fresh.length > 0) await mark(ctx, state, request, fresh.map(asMigration).map(readMigration));
    const done = new Set([...known, ...applied.map(({ order }) => order)]);
    return {
      ...{ tool, table: theirs.table, marked: fresh.map(({ name }) => name) },
      known: files.filter(({ order }) => known.has(order)).map(({ name }) => name),
      pending: files.filter(({ order }) => !done.has(order)).map(({ name }) => name),
    };
  });
}

async function mark(
  ctx: RunContext,
  state: DatabaseState,
  request: ByHandRequest & { readonly release: string },
  migrations: readonly Migration[],
): Promise<void> {
  const { release } = request;
  const rows = () => migrations.map((migration) => ctx.history.record({ migration, state: "applied", release }));
  await recordingRun(ctx, { request, state, isEmptyStart: false }, () =>
    inTransaction(ctx, [], (session) => sendPipelined(session, rows())),
  );
}

/** A file that cannot be read would stop every later run: it is told now. */
function grammarFaults(files: readonly ToolFile[]): HoldfastError[] {
  return files.flatMap((file) => {
    try {
      readMigration(asMigration(file));
      return [];
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      return [error];
    }
  });
}

function refuse(faults: readonly HoldfastError[]): void {
  const fault = joinFaults(faults);
  if (fault !== undefined) throw fault;
}

function nothingApplied({ tool, table }: ToolHistory): HoldfastError {
  return new HoldfastError("adopt_refused", `${table} is empty: ${tool} has applied nothing here.`, {
    next: `There is nothing to take over. Drop the table if ${tool} is not used any more, and deploy: holdfast migrate.`,
  });
}
