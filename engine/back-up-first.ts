import { fingerprintDigest } from "./core/fingerprint.js";
import type { BackupEntry, DatabaseState, RunContext } from "./core/ports.js";
import type { MigrateRequest, World } from "./core/run.js";
import { schemaVersion } from "./core/schema-version.js";
import { whileKeptAlive } from "./keep-session-alive.js";
import { destructiveVersions, isDestructive, needsBackup, type RunPlan } from "./plan-run.js";
import { needlessExcuse, noBackup } from "./refusals.js";
import { takeFingerprint } from "./steps/take-fingerprint.js";

/** No way back, no migration. @throws HoldfastError no_backup, invalid_usage */
export function refuseWithoutWayBack(plan: RunPlan, { noBackupBecause }: MigrateRequest, world: World): void {
  if (world.backup !== undefined) {
    if (noBackupBecause !== undefined) throw needlessExcuse();
    return;
  }
  if (!needsBackup(plan) || noBackupBecause !== undefined) return;
  throw noBackup(plan.run.some(({ file }) => file.analysed.execution === "contract"));
}

/**
 * A restore point before anything pending runs. Before anything is destroyed, a backup of this kind must have been proven by
 * a drill lately; where it was not, this one is.
 * @returns null where nothing is to run, or the database has no way to back up and the request says why
 * @throws HoldfastError backup_failed, drill_failed
 */
export async function backUpFirst(
  ctx: RunContext,
  { backup }: World,
  plan: RunPlan,
  state: DatabaseState,
): Promise<BackupEntry | null> {
  if (backup === undefined || !needsBackup(plan)) return null;
  const versions = [...plan.run.map(({ decision }) => decision.version), ...plan.purge.map(({ version }) => version)];
  const request = {
    reason: `before ${versions.join(", ")}`,
    schemaVersion: schemaVersion(state.history),
    release: state.releases[0]?.version ?? null,
    pendingVersions: versions,
    contracts: destructiveVersions(plan),
    fingerprint: fingerprintDigest(await takeFingerprint(ctx.session)),
  };
  const entry = await whileKeptAlive(ctx, () => backup.take(request));
  ctx.killPoint("backup-taken");
  if (isDestructive(plan)) await prove(ctx, backup, entry);
  return entry;
}

async function prove(ctx: RunContext, backup: NonNullable<World["backup"]>, entry: BackupEntry): Promise<void> {
  const provenAt = await backup.lastProvenAt();
  const oldest = ctx.clock.now().getTime() - ctx.policy.drillMaxAgeMs;
  if (provenAt === null || provenAt.getTime() < oldest) await backup.drill(entry);
}
