import { DatabaseNetwork } from "holdfast";

const network = new DatabaseNetwork("network", {
  cidrBlock: "10.20.0.0/24",
  // The offices, by VPN or peering. Services take the clients' group instead, and need no line here.
  allowedCidrBlocks: ["10.1.0.0/16"],
  // What a runner in this network calls while it migrates.
  endpoints: ["secretsmanager", "rds", "kms", "logs", "s3"],
});

/** For PersistentDatabase. */
export const subnetGroupName = network.subnetGroupName;
export const securityGroupId = network.securityGroupId;
/** For every service, function and runner that connects. */
export const clientSecurityGroupId = network.clientSecurityGroupId;
export const subnetIds = network.subnetIds;
