import { DatabaseAlarms } from "holdfast";

/** What is there already; with holdfast's own components: `database.identifier`, `key.arn`, `backups.vaultArn`. */
const account = "eu-west-1:123456789012";

const alarms = new DatabaseAlarms("alarms", {
  instanceIdentifiers: ["shop-prod-main"],
  instanceResourceIds: ["db-ABCDEFGHIJKLMNOPQRSTUVWXYZ"],
  keyArn: `arn:aws:kms:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
  emails: ["on-call@example.com"],
  thresholds: { connections: 700, freeStorageGib: 20 },
  backupVaultArn: `arn:aws:backup:${account}:backup-vault:shop-prod-backups`,
  secretArns: [`arn:aws:secretsmanager:${account}:secret:rds!db-1234-abcdef`],
});

export const topicArn = alarms.topicArn;
export const alarmNames = alarms.alarmNames;
