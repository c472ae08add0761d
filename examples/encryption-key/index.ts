import { EncryptionKey } from "holdfast";

const key = new EncryptionKey("key", {
  description: "All that the shop keeps",
  rotationPeriodInDays: 180,
  tags: { team: "shop" },
});

/** For PersistentDatabase, DatabaseSecrets, BackupPlan, DatabaseAlarms and FileStorage of the same region. */
export const keyArn = key.arn;
/** What break-glass calls it. */
export const aliasName = key.aliasName;
