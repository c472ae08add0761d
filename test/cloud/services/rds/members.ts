import type { CloudRegion } from "../../cloud-region.js";
import type { CloudResource } from "../../store.js";
import { CLUSTER_INSTANCE } from "./types.js";

/** The instances of a cluster, the oldest first. */
export function membersOf(cloud: CloudRegion, cluster: string): CloudResource[] {
  const members = cloud.list(CLUSTER_INSTANCE).filter(({ attributes }) => attributes["clusterIdentifier"] === cluster);
  return members.sort((a, b) => Number(a.hidden["order"]) - Number(b.hidden["order"]));
}

/** The one that writes: after a failover another; by default the oldest. */
export function writerOf(cloud: CloudRegion, cluster: string): CloudResource | undefined {
  const members = membersOf(cloud, cluster);
  return members.find(({ hidden }) => hidden["isWriter"] === true) ?? members[0];
}
