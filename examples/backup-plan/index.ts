import * as aws from "@pulumi/aws";
import { BackupPlan, DatabaseNetwork, EncryptionKey, PersistentDatabase } from "holdfast";

const key = new EncryptionKey("key");
const network = new DatabaseNetwork("network", { cidrBlock: "10.20.0.0/24" });
const database = new PersistentDatabase("main", {
  keyArn: key.arn,
  subnetGroupName: network.subnetGroupName,
  securityGroupIds: [network.securityGroupId],
});

// What is copied to another region is encrypted by a key of that region.
const frankfurt = new aws.Provider("frankfurt", { region: "eu-central-1" });
const copyKey = new EncryptionKey("copy-key", {}, { provider: frankfurt });
const elsewhere = { region: "eu-central-1", keyArn: copyKey.arn };

const backups = new BackupPlan("backups", {
  databaseArns: [database.arn],
  keyArn: key.arn,
  retentionDays: 90,
  lock: { minRetentionDays: 30 },
  copyToRegion: elsewhere,
  restoreTesting: { subnetGroupName: network.subnetGroupName },
  // Point-in-time recovery in the other region. Aurora has no such replication: its copies are the daily ones.
  replication: { ...elsewhere, retentionDays: 14, instances: [{ name: "main", arn: database.arn }] },
});

export const vaultArn = backups.vaultArn;
/** For DatabaseAlarms, which tells of a test that failed. */
export const restoreTestingPlanArn = backups.restoreTestingPlanArn;
