import { DatabaseAlarms, DatabaseNetwork, EncryptionKey, PersistentDatabase } from "holdfast";

const key = new EncryptionKey("key");
const network = new DatabaseNetwork("network", { cidrBlock: "10.20.0.0/24" });
const database = new PersistentDatabase("main", {
  keyArn: key.arn,
  subnetGroupName: network.subnetGroupName,
  securityGroupIds: [network.securityGroupId],
});

const alarms = new DatabaseAlarms("alarms", {
  instanceIdentifiers: [database.identifier],
  instanceResourceIds: [database.resourceId],
  keyArn: key.arn,
  // Each has to confirm a first message.
  emails: ["on-call@example.com"],
  thresholds: { connections: 700, freeStorageGib: 20 },
  secretArns: [database.masterSecretArn],
});

export const topicArn = alarms.topicArn;
export const alarmNames = alarms.alarmNames;
