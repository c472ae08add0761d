import assert from "node:assert/strict";
import type { BackupPlanArgs } from "../../../components/backup/backup-plan-args.js";
import { settle } from "../../../components/backup/backup-plan-settings.js";
import { findBackupPlanFaults } from "../../../components/backup/check-backup-plan.js";
import { describeFault } from "../../../components/fault.js";

const MINIMAL: BackupPlanArgs = { databaseArns: ["arn"], keyArn: "key" };
const COPY = { region: "eu-central-1", keyArn: "key" };
const TESTS = { subnetGroupName: "group" };
const REPLICATION = { region: "eu-central-1", keyArn: "key", instances: [{ name: "main", arn: "arn" }] };
const FOR_EVER = "After 3 days nobody can ever unlock shop-prod-backups or delete what lies in it before its time";

const ACCEPTED: Readonly<Record<string, Partial<BackupPlanArgs>>> = {
  "its defaults": {},
  "retention of a day": { retentionDays: 1 },
  "retention of a hundred years": { retentionDays: 36_500 },
  "cold storage 90 days before the end": { coldStorageAfterDays: 30, retentionDays: 120 },
  "an hour to start and another to finish": { startWindowMinutes: 60, completionWindowMinutes: 120 },
  "continuous backup of 35 days": { continuousBackup: true },
  "a lock, which is one of governance mode": { lock: {} },
  "a compliance lock with its sentence": {
    lock: { mode: "compliance", changeableForDays: 3, confirmation: FOR_EVER },
  },
  "a copy in another region": { copyToRegion: COPY },
  "a copy in another account": { copyToAccount: { vaultArn: "arn", retentionDays: 90 } },
  "restore tests": { restoreTesting: TESTS },
  "restore tests of clusters": { restoreTesting: { ...TESTS, resourceTypes: ["RDS", "Aurora"] } },
  "replication of two instances": {
    replication: { ...REPLICATION, instances: [...REPLICATION.instances, { name: "main-g2", arn: "arn" }] },
  },
};

/** What is refused, and how the refusal begins. */
const REFUSED: readonly (readonly [args: Partial<BackupPlanArgs>, said: string])[] = [
  [{ vaultName: "a" }, 'vaultName is "a"; allowed: 2 to 50 letters'],
  [{ vaultName: "shop prod" }, 'vaultName is "shop prod"; allowed: 2 to 50 letters'],
  [{ vaultName: "v".repeat(46), copyToRegion: COPY }, `vaultName is "${"v".repeat(46)}"; allowed: 2 to 45`],
  [{ schedule: "daily" }, 'schedule is "daily"; allowed: an AWS cron expression: it is not of the form'],
  [{ startWindowMinutes: 59 }, "startWindowMinutes is 59; allowed: 60 to"],
  [{ startWindowMinutes: 90.5 }, "startWindowMinutes is 90.5; allowed: 60 to"],
  [{ completionWindowMinutes: 119 }, "completionWindowMinutes is 119; allowed: 120 to"],
  [{ startWindowMinutes: 480 }, "completionWindowMinutes is 480; allowed: 540 to"],
  [{ retentionDays: 0 }, "retentionDays is 0; allowed: 1 to 36500 days"],
  [{ retentionDays: 36_501 }, "retentionDays is 36501; allowed: 1 to 36500 days"],
  [{ coldStorageAfterDays: 0, retentionDays: 365 }, "coldStorageAfterDays is 0; allowed: 1 to 36410 days"],
  [
    { coldStorageAfterDays: 30, retentionDays: 119 },
    "coldStorageAfterDays is 30; allowed: at least 90 days less than retentionDays (119)",
  ],
  [{ continuousBackup: true, continuousRetentionDays: 36 }, "continuousRetentionDays is 36; allowed: 1 to 35 days"],
  [{ copyToRegion: { ...COPY, region: "Frankfurt" } }, 'copyToRegion.region is "Frankfurt"; allowed: the code'],
  [{ copyToRegion: { ...COPY, retentionDays: 0 } }, "copyToRegion.retentionDays is 0; allowed: 1 to 36500 days"],
  [
    { coldStorageAfterDays: 30, retentionDays: 200, copyToAccount: { vaultArn: "arn", retentionDays: 100 } },
    "copyToAccount.retentionDays is 100; allowed: 120 to 36500 days",
  ],
  [{ lock: { mode: "forever" } }, 'lock.mode is "forever"; allowed: "governance" or "compliance"'],
  [{ lock: { minRetentionDays: 0 } }, "lock.minRetentionDays is 0; allowed: 1 to 36500 days"],
  [{ lock: { maxRetentionDays: 6 } }, "lock.maxRetentionDays is 6; allowed: 7 to 36500 days"],
  [{ lock: { maxRetentionDays: 30 } }, "retentionDays is 35; allowed: 7 to 30 days"],
  [{ lock: {}, retentionDays: 6 }, "retentionDays is 6; allowed: 7 to 36500 days"],
  [{ lock: {}, copyToRegion: { ...COPY, retentionDays: 6 } }, "copyToRegion.retentionDays is 6; allowed: 7 to"],
  [
    { lock: {}, continuousBackup: true, continuousRetentionDays: 6 },
    "continuousRetentionDays is 6; allowed: 7 to 36500 days",
  ],
  [{ lock: { changeableForDays: 3 } }, "lock.changeableForDays is 3; allowed: unset in governance mode"],
  [
    { lock: { mode: "compliance", changeableForDays: 2, confirmation: FOR_EVER.replace("3", "2") } },
    "lock.changeableForDays is 2; allowed: 3 to 36500 days",
  ],
  [
    { lock: { mode: "compliance", changeableForDays: 3 } },
    `lock.confirmation is not set; allowed: exactly "${FOR_EVER}"`,
  ],
  [
    { lock: { mode: "compliance", changeableForDays: 3, confirmation: "yes" } },
    `lock.confirmation is "yes"; allowed: exactly "${FOR_EVER}"`,
  ],
  [{ restoreTesting: { ...TESTS, schedule: "cron(0 5 * * *)" } }, "restoreTesting.schedule is"],
  [{ restoreTesting: { ...TESTS, startWindowHours: 0 } }, "restoreTesting.startWindowHours is 0; allowed: 1 to 168"],
  [{ restoreTesting: { ...TESTS, selectionWindowDays: 366 } }, "restoreTesting.selectionWindowDays is 366; allowed: 1"],
  [
    { restoreTesting: { ...TESTS, validationWindowHours: 169 } },
    "restoreTesting.validationWindowHours is 169; allowed",
  ],
  [{ restoreTesting: { ...TESTS, algorithm: "NEWEST" } }, 'restoreTesting.algorithm is "NEWEST"; allowed: '],
  [{ restoreTesting: { ...TESTS, resourceTypes: ["EBS"] } }, 'restoreTesting.resourceTypes is "EBS"; allowed: '],
  [{ restoreTesting: { ...TESTS, resourceTypes: [] } }, 'restoreTesting.resourceTypes is []; allowed: "RDS"'],
  [{ restoreTesting: { ...TESTS, name: "weekly-tests" } }, 'restoreTesting.name is "weekly-tests"; allowed: up to 50'],
  [{ replication: { ...REPLICATION, retentionDays: 36 } }, "replication.retentionDays is 36; allowed: 1 to 35 days"],
  [{ replication: { ...REPLICATION, region: "eu" } }, 'replication.region is "eu"; allowed: the code of an AWS region'],
  [
    { replication: { ...REPLICATION, instances: [...REPLICATION.instances, ...REPLICATION.instances] } },
    'replication.instances[1].name is "main"; allowed: ',
  ],
];

describe("a backup plan's arguments", () => {
  for (const [what, args] of Object.entries(ACCEPTED)) {
    it(`may ask for ${what}`, () => assert.deepEqual(faultsOf(args), []));
  }

  for (const [args, said] of REFUSED) {
    it(`are refused, with range and way: ${said}`, () => {
      const faults = faultsOf(args);
      assert.equal(faults.length, 1, faults.join("\n"));
      assert.ok(faults[0]?.startsWith(said), faults[0]);
    });
  }

  it("are refused with all faults at once", () => {
    assert.equal(faultsOf({ retentionDays: 0, startWindowMinutes: 1, schedule: "" }).length, 3);
  });
});

function faultsOf(args: Partial<BackupPlanArgs>): string[] {
  return findBackupPlanFaults(settle({ ...MINIMAL, ...args }, ["shop", "prod", "backups"])).map(describeFault);
}
