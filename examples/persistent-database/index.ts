import { DatabaseNetwork, EncryptionKey, PersistentDatabase } from "holdfast";

const key = new EncryptionKey("key");
const network = new DatabaseNetwork("network", { cidrBlock: "10.20.0.0/24" });

const database = new PersistentDatabase("main", {
  keyArn: key.arn,
  subnetGroupName: network.subnetGroupName,
  securityGroupIds: [network.securityGroupId],
  instanceClass: "db.m7g.large",
  allocatedStorage: 100,
  backupRetentionDays: 14,
  // A database that was restored beside this one is adopted as a further generation:
  // databases: [{ name: "main" }, { name: "main-g2", id: "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ", identifier: "shop-prod-main-g2" }],
});

/** For DatabaseAccess, SchemaMigrations and DatabaseSecrets: where it is and who logs in, never a password. */
export const connection = database.connection;
/** For BackupPlan. */
export const databaseArn = database.arn;
/** For DatabaseAlarms. */
export const identifier = database.identifier;
