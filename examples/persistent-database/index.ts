import { DatabaseNetwork, EncryptionKey, PersistentDatabase } from "holdfast";

const key = new EncryptionKey("key");
const network = new DatabaseNetwork("network", { cidrBlock: "10.20.0.0/24" });
const place = {
  keyArn: key.arn,
  subnetGroupName: network.subnetGroupName,
  securityGroupIds: [network.securityGroupId],
};

/** RDS for PostgreSQL: an instance and its standby in another zone. */
const shop = new PersistentDatabase("shop", {
  ...place,
  engineVersion: "17",
  instanceClass: "db.m7g.xlarge",
  allocatedStorage: 400,
  iops: 12_000,
  storageThroughput: 500,
  backupRetentionDays: 35,
  parameters: [{ name: "max_connections", value: "500", applyMethod: "pending-reboot" }],
});

/** Aurora behind the same outputs: a writer and two readers that scale by themselves. */
const reports = new PersistentDatabase("reports", {
  ...place,
  engine: "aurora-postgresql",
  databaseName: "reports",
  readers: 2,
  serverless: { minCapacity: 0.5, maxCapacity: 16 },
});

/** For DatabaseAccess, which makes the roles of services and people; it holds no password. */
export const shopConnection = shop.connection;
export const reportsConnection = reports.connection;
/** For BackupPlan and DatabaseAlarms. */
export const databaseArns = [shop.arn, reports.arn];
export const reportsReaderHost = reports.readerHost;
