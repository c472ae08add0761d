import { EncryptionKey } from "holdfast";

const key = new EncryptionKey("key", {
  description: "The shop's database, its backups and its secrets",
  rotationPeriodInDays: 180,
});

/** For PersistentDatabase, BackupPlan, DatabaseAlarms, DatabaseSecrets and FileStorage. */
export const keyArn = key.arn;
/** What people and break-glass call it. */
export const aliasName = key.aliasName;
