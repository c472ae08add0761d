import { BackupPlan } from "holdfast";

/** What is there already; with holdfast's own components: `database.arn`, `key.arn`, `network.subnetGroupName`. */
const there = "arn:aws:rds:eu-west-1:123456789012";
const key = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const keyInFrankfurt = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

const backups = new BackupPlan("backups", {
  databaseArns: [`${there}:db:shop-prod-main`, `${there}:cluster:shop-prod-reports`],
  keyArn: key,
  retentionDays: 90,
  lock: { minRetentionDays: 30 },
  copyToRegion: { region: "eu-central-1", keyArn: keyInFrankfurt },
  restoreTesting: { subnetGroupName: "shop-prod", resourceTypes: ["RDS", "Aurora"] },
  // An Aurora cluster has no such replication: its copies are the daily ones.
  replication: {
    region: "eu-central-1",
    keyArn: keyInFrankfurt,
    retentionDays: 14,
    instances: [{ name: "main", arn: `${there}:db:shop-prod-main` }],
  },
});

export const vaultArn = backups.vaultArn;
/** For DatabaseAlarms, which tells of a test that failed. */
export const restoreTestingPlanArn = backups.restoreTestingPlanArn;
