import type { DatabaseConnection } from "../../engine/core/database-connection.js";

/** The same database, entered as one of its roles. */
export function connectionAs(user: string, ownerRole: string, connection: DatabaseConnection): DatabaseConnection {
  const { kind, host, port, database, resourceId, project, instance, region, identifier } = connection;
  const at = { kind, host, port, database, user, ownerRole, resourceId, project, instance };
  // Beside the superuser's, in the instance's folder of the data root.
  if (kind === "embedded") {
    return { ...at, authentication: "file", passwordFile: `${project}/${instance}/passwords/${user}` };
  }
  return {
    ...at,
    authentication: "iam",
    ...(region !== undefined && { region }),
    ...(identifier !== undefined && { identifier }),
  };
}
