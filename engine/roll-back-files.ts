import { byHand, type ByHandRequest } from "./by-hand.js";
import { analyseMigration } from "./core/analyse-migration.js";
import { HoldfastError } from "./core/errors.js";
import type { MigrationFile } from "./core/migration.js";
import type { BackupEntry, BackupPort, DatabaseState, RunContext } from "./core/ports.js";
import { readMigration } from "./core/read-migration.js";
import { chooseRollback, isLossy, type RollbackPlan, type RollbackStop } from "./core/rehearsal/rollback-plan.js";
import type { World } from "./core/run.js";
import { schemaVersion } from "./core/schema-version.js";
import { whileKeptAlive } from "./keep-session-alive.js";
import { filesThatRan } from "./plan-rollback.js";
import { needlessExcuse } from "./refusals.js";
import { policyOf } from "./run-context.js";
import { sendPipelined } from "./steps/contracts/in-transaction.js";
import { rollBackFile } from "./steps/roll-back-file.js";
import { storeFingerprint } from "./steps/take-fingerprint.js";

export interface RolledBack {
  readonly version: string;
  readonly file: string;
  readonly durationMs: number;
}

export interface RollbackReport {
  /** Newest first. */
  readonly rolledBack: readonly RolledBack[];
  readonly stop: RollbackStop | null;
  /** Null where the request says why there is none. */
  readonly backup: BackupEntry | null;
}

/**
 * Runs what was planned, after a backup, under the deploy's lock. The next deploy of the folder runs the files again.
 *
 * @throws HoldfastError rollback_refused where the database is no longer as it was planned for; no_backup, backup_failed,
 * drill_failed; statement_failed, deadline_exceeded, interrupted: the steps before stay rolled back
 */
export async function rollBack(request: ByHandRequest, world: World, plan: RollbackPlan): Promise<RollbackReport> {
  const files = await world.source.load();
  await refuseWithoutWayBack(request, world, plan);
  return byHand(request, world, async (ctx, state) => {
    refuseChanged(plan, state, files);
    await ctx.history.ensure(ctx.session);
    const backup = await backUp(ctx, world, plan, state);
    const { noBackupBecause } = request;
    const run = await ctx.history.startRun(ctx.session, {
      ...{ release: ctx.release, isEmptyStart: false },
      ...(noBackupBecause !== undefined && { noBackupBecause }),
    });
    const rolledBack = await runSteps(ctx, plan, filesThatRan(files, state.history));
    await storeFingerprint(ctx);
    await sendPipelined(ctx.session, [ctx.history.finishRun(run)]);
    return { rolledBack, stop: plan.stop, backup };
  });
}

async function runSteps(
  ctx: RunContext,
  { steps }: RollbackPlan,
  folder: readonly MigrationFile[],
): Promise<RolledBack[]> {
  const rolledBack: RolledBack[] = [];
  for (const { version, file, checksum } of steps) {
    const found = folder.find((one) => one.checksum === checksum);
    if (found === undefined) throw changed(file);
    if (ctx.signal.aborted) throw stopped(file);
    const startedAt = ctx.clock.now().getTime();
    await rollBackFile(ctx, analyseMigration(readMigration(found), ctx.parser, folder));
    rolledBack.push({ version, file, durationMs: ctx.clock.now().getTime() - startedAt });
    ctx.progress({ kind: "note", message: `  rolled back ${file}` });
  }
  return rolledBack;
}

/** No way back, no rollback. What would be lost must be in a backup that can be proven. */
async function refuseWithoutWayBack(request: ByHandRequest, world: World, plan: RollbackPlan): Promise<void> {
  const { noBackupBecause } = request;
  if (world.backup !== undefined) {
    if (noBackupBecause !== undefined) throw needlessExcuse();
    if (isLossy(plan)) await refuseUnproven(request, world.backup, world.clock.now());
    return;
  }
  if (noBackupBecause !== undefined && !isLossy(plan)) return;
  throw new HoldfastError("no_backup", "This database has no way to back up that Holdfast knows.", {
    next: isLossy(plan)
      ? "The rollback takes data, so --no-backup-because does not admit it. Write a new migration that mends what is wrong."
      : 'Take a backup by hand and say so: --no-backup-because "…" (kept in the history).',
  });
}

async function refuseUnproven(request: ByHandRequest, backup: BackupPort, now: Date): Promise<void> {
  const oldest = new Date(now.getTime() - policyOf({ release: "", ...request }).drillMaxAgeMs);
  const why = await backup.whyUnproven?.(oldest);
  if (why === undefined) return;
  throw new HoldfastError("rollback_refused", `The rollback takes data, and ${why}.`, {
    next: "Drill it first: holdfast drill <instance>; then roll back. Or write a new migration that mends what is wrong.",
  });
}

/** The newest files that have run must be those that were rehearsed. */
function refuseChanged({ steps }: RollbackPlan, { history }: DatabaseState, files: readonly MigrationFile[]): void {
  const lowest = steps.at(-1);
  const { candidates } = chooseRollback(history, files, undefined);
  const order = files.find(({ checksum }) => checksum === lowest?.checksum)?.order;
  const now = filesThatRan(files, history).filter((file) => order !== undefined && file.order >= order);
  const planned = steps.map(({ version }) => version).reverse();
  if (candidates.length === 0 || now.map(({ version }) => version).join() !== planned.join())
    throw changed("The database");
}

function changed(what: string): HoldfastError {
  return new HoldfastError("rollback_refused", `${what} has changed since the rollback was rehearsed.`, {
    next: "Run it again: it is rehearsed anew. Nothing was changed.",
  });
}

function stopped(next: string): HoldfastError {
  return new HoldfastError("interrupted", `The rollback was stopped before ${next}.`, {
    next: "Run it again: what is rolled back stays so, and it goes on from there.",
  });
}

async function backUp(
  ctx: RunContext,
  { backup }: World,
  plan: RollbackPlan,
  state: DatabaseState,
): Promise<BackupEntry | null> {
  if (backup === undefined) return null;
  const versions = plan.steps.map(({ version }) => version);
  const entry = await whileKeptAlive(ctx, () =>
    backup.take({
      reason: `before rolling back ${versions.join(", ")}`,
      schemaVersion: schemaVersion(state.history),
      release: state.releases[0]?.version ?? null,
      pendingVersions: [],
      contracts: isLossy(plan) ? versions : [],
      fingerprint: null,
    }),
  );
  const provenAt = isLossy(plan) ? await backup.lastProvenAt() : ctx.clock.now();
  const oldest = ctx.clock.now().getTime() - ctx.policy.drillMaxAgeMs;
  if (provenAt === null || provenAt.getTime() < oldest) await backup.drill(entry);
  return entry;
}
