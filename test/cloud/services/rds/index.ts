import { backupReplication } from "./backup-replication.js";
import { clusterInstance } from "./cluster-instance.js";
import { cluster } from "./cluster.js";
import { eventSubscription } from "./event-subscription.js";
import { instance } from "./instance.js";
import { parameterGroupBehaviours } from "./parameter-groups.js";
import { subnetGroup } from "./subnet-group.js";
import { CLUSTER, CLUSTER_INSTANCE, INSTANCE, SUBNET_GROUP } from "./types.js";

export const rdsBehaviours = {
  [INSTANCE]: instance,
  [CLUSTER]: cluster,
  [CLUSTER_INSTANCE]: clusterInstance,
  [SUBNET_GROUP]: subnetGroup,
  ...parameterGroupBehaviours,
  "aws:rds/eventSubscription:EventSubscription": eventSubscription,
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": backupReplication,
};
