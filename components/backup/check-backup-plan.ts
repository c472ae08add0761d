import type { Fault } from "../fault.js";
import { complianceConfirmation, type BackupPlanSettings } from "./backup-plan-settings.js";
import { findScheduleFault } from "./check-schedule.js";

// Ranges: AWS Backup API reference (BackupRuleInput, Lifecycle, PutBackupVaultLockConfiguration, RestoreTestingPlanForCreate,
// RestoreTestingSelectionForCreate) and developer guide ("Continuous backups and point-in-time recovery").
const LONGEST_RETENTION_DAYS = 36_500;
const LONGEST_WINDOW_MINUTES = 52_560_000;
const LONGEST_CONTINUOUS_DAYS = 35;
const COLD_STORAGE_DAYS = 90;
const LONGEST_VAULT_NAME = 50;
const COPY_SUFFIX_LENGTH = "-copy".length;

/** All that AWS would refuse, or that would let backups fail later without a word. */
export function findBackupPlanFaults(settings: BackupPlanSettings): Fault[] {
  return [
    ...vaultFaults(settings),
    ...dailyFaults(settings),
    ...coldStorageFaults(settings),
    ...continuousFaults(settings),
    ...copyFaults(settings),
    ...lockFaults(settings),
    ...restoreTestingFaults(settings),
    ...replicationFaults(settings),
  ];
}

function vaultFaults({ vaultName, regionCopy }: BackupPlanSettings): Fault[] {
  const longest = LONGEST_VAULT_NAME - (regionCopy === undefined ? 0 : COPY_SUFFIX_LENGTH);
  return when(!/^[\w-]{2,}$/.test(vaultName) || vaultName.length > longest, {
    property: "vaultName",
    value: vaultName,
    allowed: `2 to ${longest} letters, digits, "-" and "_"`,
    way: "name the vault yourself",
  });
}

function dailyFaults({
  schedule,
  startWindowMinutes,
  completionWindowMinutes,
  retentionDays,
}: BackupPlanSettings): Fault[] {
  return [
    ...scheduleFaults("schedule", schedule),
    ...between("startWindowMinutes", startWindowMinutes, 60, LONGEST_WINDOW_MINUTES, "minutes"),
    ...between(
      "completionWindowMinutes",
      completionWindowMinutes,
      startWindowMinutes + 60,
      LONGEST_WINDOW_MINUTES,
      "minutes",
      "give a job an hour more than the time in which it may start",
    ),
    ...between("retentionDays", retentionDays, 1, LONGEST_RETENTION_DAYS, "days"),
  ];
}

function coldStorageFaults({ retentionDays, coldStorageAfterDays: days }: BackupPlanSettings): Fault[] {
  if (days === undefined) return [];
  const highest = LONGEST_RETENTION_DAYS - COLD_STORAGE_DAYS;
  return [
    ...between("coldStorageAfterDays", days, 1, highest, "days"),
    ...when(retentionDays < days + COLD_STORAGE_DAYS, {
      property: "coldStorageAfterDays",
      value: days,
      allowed: `at least ${COLD_STORAGE_DAYS} days less than retentionDays (${retentionDays})`,
      way: "keep recovery points longer, or leave cold storage out: RDS and Aurora make no use of it",
    }),
  ];
}

function continuousFaults({ continuousBackup, continuousRetentionDays: days }: BackupPlanSettings): Fault[] {
  if (!continuousBackup) return [];
  const way = "what must be kept longer lies in the daily recovery points: retentionDays";
  return between("continuousRetentionDays", days, 1, LONGEST_CONTINUOUS_DAYS, "days", way);
}

function copyFaults({ regionCopy, accountCopy, coldStorageAfterDays }: BackupPlanSettings): Fault[] {
  const shortest = coldStorageAfterDays === undefined ? 1 : coldStorageAfterDays + COLD_STORAGE_DAYS;
  const kept = (property: string, days: number): Fault[] =>
    between(property, days, shortest, LONGEST_RETENTION_DAYS, "days");
  return [
    ...(regionCopy === undefined ? [] : regionFaults("copyToRegion.region", regionCopy.region)),
    ...(regionCopy === undefined ? [] : kept("copyToRegion.retentionDays", regionCopy.retentionDays)),
    ...(accountCopy === undefined ? [] : kept("copyToAccount.retentionDays", accountCopy.retentionDays)),
  ];
}

function lockFaults(settings: BackupPlanSettings): Fault[] {
  const { lock } = settings;
  if (lock === undefined) return [];
  return [
    ...oneOf("lock.mode", lock.mode, ["governance", "compliance"]),
    ...lockRangeFaults(settings, lock),
    ...(lock.mode === "compliance" ? complianceFaults(settings) : governanceFaults(lock.changeableForDays)),
  ];
}

/** Whether the lock's range is one, and then whether each rule's retention lies in it. */
function lockRangeFaults(settings: BackupPlanSettings, lock: NonNullable<BackupPlanSettings["lock"]>): Fault[] {
  const { minRetentionDays, maxRetentionDays = LONGEST_RETENTION_DAYS } = lock;
  const faults = [
    ...between("lock.minRetentionDays", minRetentionDays, 1, LONGEST_RETENTION_DAYS, "days"),
    ...between(
      "lock.maxRetentionDays",
      maxRetentionDays,
      Math.max(1, minRetentionDays),
      LONGEST_RETENTION_DAYS,
      "days",
    ),
  ];
  if (faults.length > 0) return faults;
  const way = "a job that keeps less or more than the lock allows fails: change the one or the other";
  return keptDays(settings).flatMap(([property, days]) =>
    between(property, days, minRetentionDays, maxRetentionDays, "days", way),
  );
}

/** How long each rule keeps what it makes in a vault of ours. */
function keptDays(settings: BackupPlanSettings): readonly (readonly [property: string, days: number])[] {
  const { retentionDays, regionCopy, continuousBackup, continuousRetentionDays } = settings;
  return [
    ["retentionDays", retentionDays],
    ...(regionCopy === undefined ? [] : [["copyToRegion.retentionDays", regionCopy.retentionDays] as const]),
    ...(continuousBackup ? [["continuousRetentionDays", continuousRetentionDays] as const] : []),
  ];
}

function governanceFaults(changeableForDays: number | undefined): Fault[] {
  return when(changeableForDays !== undefined, {
    property: "lock.changeableForDays",
    value: changeableForDays,
    allowed: "unset in governance mode, since with it AWS makes a lock of compliance mode, which nobody can ever lift",
    way: "leave it out",
  });
}

function complianceFaults({ lock, vaultName }: BackupPlanSettings): Fault[] {
  const { changeableForDays, confirmation } = lock ?? {};
  const sentence = complianceConfirmation(vaultName, changeableForDays);
  return [
    ...between("lock.changeableForDays", changeableForDays, 3, LONGEST_RETENTION_DAYS, "days"),
    ...when(confirmation !== sentence, {
      property: "lock.confirmation",
      value: confirmation,
      allowed: `exactly "${sentence}"`,
      way: 'a lock of mode "governance" can be lifted by those who hold the right',
    }),
  ];
}

function restoreTestingFaults({ restoreTesting: testing }: BackupPlanSettings): Fault[] {
  if (testing === undefined) return [];
  return [
    ...scheduleFaults("restoreTesting.schedule", testing.schedule),
    ...between("restoreTesting.startWindowHours", testing.startWindowHours, 1, 168, "hours"),
    ...between("restoreTesting.selectionWindowDays", testing.selectionWindowDays, 1, 365, "days"),
    ...between("restoreTesting.validationWindowHours", testing.validationWindowHours, 1, 168, "hours"),
    ...oneOf("restoreTesting.algorithm", testing.algorithm, ["LATEST_WITHIN_WINDOW", "RANDOM_WITHIN_WINDOW"]),
    ...testing.resourceTypes.flatMap((type) => oneOf("restoreTesting.resourceTypes", type, ["RDS", "Aurora"])),
    ...when(testing.resourceTypes.length === 0, {
      property: "restoreTesting.resourceTypes",
      value: [],
      allowed: '"RDS", "Aurora" or both',
      way: "leave restoreTesting out where no restore is to be tested",
    }),
    ...when(!/^\w{1,50}$/.test(testing.name), {
      property: "restoreTesting.name",
      value: testing.name,
      allowed: 'up to 50 letters, digits and "_"',
      way: "name the restore tests yourself",
    }),
  ];
}

function replicationFaults({ replication }: BackupPlanSettings): Fault[] {
  if (replication === undefined) return [];
  const names = replication.instances.map(({ name }) => name);
  return [
    ...regionFaults("replication.region", replication.region),
    ...between("replication.retentionDays", replication.retentionDays, 1, LONGEST_CONTINUOUS_DAYS, "days"),
    ...names.flatMap((name, position) =>
      when(!/^[a-z0-9-]+$/.test(name) || names.indexOf(name) !== position, {
        property: `replication.instances[${position}].name`,
        value: name,
        allowed: 'lower case letters, digits and "-", each name once',
        way: "it is part of a resource's name: choose one that can stay",
      }),
    ),
  ];
}

function scheduleFaults(property: string, schedule: string): Fault[] {
  const fault = findScheduleFault(schedule);
  return when(fault !== undefined, {
    property,
    value: schedule,
    allowed: `an AWS cron expression: ${fault ?? ""}`,
    way: 'for example "cron(0 1 * * ? *)", daily at 01:00',
  });
}

function regionFaults(property: string, region: string): Fault[] {
  return when(!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region), {
    property,
    value: region,
    allowed: "the code of an AWS region",
    way: 'for example "eu-central-1"',
  });
}

function between(
  property: string,
  value: number | undefined,
  lowest: number,
  highest: number,
  unit: string,
  way = `write a whole number of ${unit} in that range`,
): Fault[] {
  const fits = value !== undefined && Number.isInteger(value) && value >= lowest && value <= highest;
  return when(!fits, { property, value, allowed: `${lowest} to ${highest} ${unit}`, way });
}

function oneOf(property: string, value: string, values: readonly string[]): Fault[] {
  const allowed = values.map((each) => `"${each}"`).join(" or ");
  return when(!values.includes(value), { property, value, allowed, way: "write one of them" });
}

function when(isFault: boolean, fault: Fault): Fault[] {
  return isFault ? [fault] : [];
}
