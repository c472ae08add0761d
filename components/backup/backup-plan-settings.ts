import type { BackupPlanArgs, RestoreTestingArgs, VaultLockArgs } from "./backup-plan-args.js";

/** Every setting of a plan, with its default in place. */
export type BackupPlanSettings = ReturnType<typeof settle>;

/** @param scope what names that nobody chose begin with: project, stack and component. */
export function settle(args: BackupPlanArgs, scope: readonly string[]) {
  const retentionDays = args.retentionDays ?? 35;
  return {
    vaultName: args.vaultName ?? scope.join("-"),
    schedule: args.schedule ?? "cron(0 1 * * ? *)",
    scheduleTimezone: args.scheduleTimezone ?? "Etc/UTC",
    startWindowMinutes: args.startWindowMinutes ?? 60,
    completionWindowMinutes: args.completionWindowMinutes ?? 480,
    retentionDays,
    coldStorageAfterDays: args.coldStorageAfterDays,
    continuousBackup: args.continuousBackup ?? false,
    continuousRetentionDays: args.continuousRetentionDays ?? 35,
    lock: args.lock && settleLock(args.lock),
    regionCopy: args.copyToRegion && {
      ...args.copyToRegion,
      retentionDays: args.copyToRegion.retentionDays ?? retentionDays,
    },
    accountCopy: args.copyToAccount && {
      ...args.copyToAccount,
      retentionDays: args.copyToAccount.retentionDays ?? retentionDays,
    },
    restoreTesting: args.restoreTesting && settleRestoreTesting(args.restoreTesting, scope),
    replication: args.replication && { ...args.replication, retentionDays: args.replication.retentionDays ?? 7 },
  };
}

function settleLock(lock: VaultLockArgs) {
  return { ...lock, mode: lock.mode ?? "governance", minRetentionDays: lock.minRetentionDays ?? 7 };
}

function settleRestoreTesting(testing: RestoreTestingArgs, scope: readonly string[]) {
  return {
    subnetGroupName: testing.subnetGroupName,
    securityGroupIds: testing.securityGroupIds ?? [],
    resourceTypes: testing.resourceTypes ?? ["RDS"],
    schedule: testing.schedule ?? "cron(0 6 ? * SUN *)",
    scheduleTimezone: testing.scheduleTimezone ?? "Etc/UTC",
    startWindowHours: testing.startWindowHours ?? 8,
    algorithm: testing.algorithm ?? "LATEST_WITHIN_WINDOW",
    selectionWindowDays: testing.selectionWindowDays ?? 7,
    validationWindowHours: testing.validationWindowHours ?? 1,
    // AWS allows letters, digits and "_" only.
    name: testing.name ?? scope.join("_").replace(/\W/g, "_"),
  };
}

/** What must be written to make a lock that nobody can ever lift. */
export function complianceConfirmation(vaultName: string, changeableForDays: number | undefined): string {
  return `After ${changeableForDays ?? "N"} days nobody can ever unlock ${vaultName} or delete what lies in it before its time`;
}
