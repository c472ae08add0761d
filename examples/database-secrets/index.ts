import { DatabaseSecrets } from "holdfast";

/** What is there already; with holdfast's own components: `database.connection`, `key.arn`, `network.subnetIds`. */
const account = "123456789012";
const connection = {
  kind: "rds",
  host: "shop-prod-main.abcdefghijkl.eu-west-1.rds.amazonaws.com",
  port: 5433,
  database: "app",
  user: "holdfast_admin",
  ownerRole: "app_owner",
  resourceId: "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  project: "shop",
  instance: "prod",
  authentication: "secret",
  secretArn: `arn:aws:secretsmanager:eu-west-1:${account}:secret:rds!db-1234-abcdef`,
  region: "eu-west-1",
  identifier: "shop-prod-main",
};

const secrets = new DatabaseSecrets("app", {
  connection,
  keyArn: `arn:aws:kms:eu-west-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
  roles: [{ name: "reporting", rotationDays: 30, readers: [`arn:aws:iam::${account}:role/bi-connector`] }],
  administrators: [`arn:aws:iam::${account}:role/operations`],
  subnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
  securityGroupIds: ["sg-0123456789abcdef0"],
});

/** For `holdfast secret create prod reporting --secret <ARN>`. */
export const reportingSecretArn = secrets.secretArns.apply((arns) => arns["reporting"]);
/** For DatabaseAlarms, which tells of a rotation that failed. */
export const rotationFunctionNames = secrets.rotationFunctionNames;
