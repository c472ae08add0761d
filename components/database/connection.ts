import * as pulumi from "@pulumi/pulumi";
import type { DatabaseConnection } from "../../engine/core/database-connection.js";
import { AURORA } from "./resolve-settings.js";
import type { DatabaseServer, ServerSettings } from "./server.js";

/** How the master user reaches a server: by the secret that RDS keeps, which is named here and never read. */
export function connectionTo(
  server: DatabaseServer,
  { engine, databaseName, masterUsername }: ServerSettings,
  ownerRole: string,
): pulumi.Output<DatabaseConnection> {
  const { host, port, resourceId, masterSecretArn, arn, identifier } = server;
  return pulumi.output({ host, port, resourceId, masterSecretArn, arn, identifier }).apply((at) => ({
    kind: engine === AURORA ? "aurora" : "rds",
    host: at.host,
    port: at.port,
    database: databaseName,
    user: masterUsername,
    ownerRole,
    resourceId: at.resourceId,
    project: pulumi.getProject(),
    instance: pulumi.getStack(),
    authentication: "secret",
    secretArn: at.masterSecretArn,
    // "arn:aws:rds:eu-central-1:…": where it is, whatever the provider's region is by now.
    region: at.arn.split(":")[3] ?? "",
    identifier: at.identifier,
  }));
}
