import { DatabaseNetwork, DatabaseSecrets, EncryptionKey, PersistentDatabase } from "holdfast";

/** Who may read the password, and who makes it. */
const reader = "arn:aws:iam::123456789012:role/bi-connector";
const administrator = "arn:aws:iam::123456789012:role/operations";

const key = new EncryptionKey("key");
// The rotation runs inside the network and calls Secrets Manager.
const network = new DatabaseNetwork("network", { cidrBlock: "10.20.0.0/24", endpoints: ["secretsmanager"] });
const database = new PersistentDatabase("main", {
  keyArn: key.arn,
  subnetGroupName: network.subnetGroupName,
  securityGroupIds: [network.securityGroupId],
});

const secrets = new DatabaseSecrets("app", {
  connection: database.connection,
  keyArn: key.arn,
  roles: [{ name: "reporting", rotationDays: 30, readers: [reader] }],
  administrators: [administrator],
  subnetIds: network.subnetIds,
  securityGroupIds: [network.clientSecurityGroupId],
});

/** For `holdfast secret create <stack> reporting --secret <ARN>`, which makes the password. */
export const reportingSecretArn = secrets.secretArns.apply((arns) => arns["reporting"]);
/** For DatabaseAlarms, which tells of a rotation that failed. */
export const rotationFunctionNames = secrets.rotationFunctionNames;
