import { clusterName, createClusterLogs } from "./aurora-cluster.js";
import { createInstanceLogs, instanceName } from "./rds-instance.js";
import { AURORA } from "./resolve-settings.js";
import type { ServerContext } from "./server.js";

/** Keeps of a database that is gone its logs and its marker, so that nothing is ever made in its place. */
export function keepLost(context: ServerContext, id: string): void {
  const { guard, name, identifier, settings } = context;
  if (settings.engine === AURORA) {
    createClusterLogs(context);
    guard.markLost({ name: clusterName(name), identifier }, "aws:rds/cluster:Cluster", id);
    return;
  }
  createInstanceLogs(context);
  guard.markLost({ name: instanceName(name), identifier }, "aws:rds/instance:Instance", id);
}
