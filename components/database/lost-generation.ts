import type { Guard } from "../guard.js";
import { clusterName } from "./aurora-cluster.js";
import { instanceName } from "./rds-instance.js";
import { AURORA } from "./resolve-settings.js";

/** Keeps the marker of a database that is gone, so that nothing is ever made in its place. */
export function markLost(
  guard: Guard,
  engine: string,
  name: string,
  { identifier, lost }: { readonly identifier: string; readonly lost: string },
): void {
  const isCluster = engine === AURORA;
  const child = isCluster ? clusterName(name) : instanceName(name);
  const type = isCluster ? "aws:rds/cluster:Cluster" : "aws:rds/instance:Instance";
  guard.markLost({ name: child, identifier }, type, lost);
}
