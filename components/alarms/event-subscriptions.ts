/** Which events of RDS reach the topic, by kind of source. */
export interface EventSubscriptionDefinition {
  /** Of the subscription's logical name. */
  readonly key: string;
  readonly sourceType: string;
  readonly categories: readonly string[];
  /** Of AWS Security Hub, which asks for the first two or three categories. */
  readonly control: string;
}

const PARAMETER_GROUPS: EventSubscriptionDefinition = {
  key: "parameter-group-events",
  sourceType: "db-parameter-group",
  categories: ["configuration change"],
  control: "RDS.21",
};

const SECURITY_GROUPS: EventSubscriptionDefinition = {
  key: "security-group-events",
  sourceType: "db-security-group",
  categories: ["configuration change", "failure"],
  control: "RDS.22",
};

const INSTANCES: EventSubscriptionDefinition = {
  key: "instance-events",
  sourceType: "db-instance",
  categories: ["maintenance", "configuration change", "failure", "failover", "low storage", "deletion"],
  control: "RDS.20",
};

const CLUSTERS: EventSubscriptionDefinition = {
  key: "cluster-events",
  sourceType: "db-cluster",
  categories: ["maintenance", "failure", "failover", "deletion"],
  control: "RDS.19",
};

/** Categories: Amazon RDS user guide, "Amazon RDS event categories and event messages". */
export function eventSubscriptions(hasCluster: boolean): EventSubscriptionDefinition[] {
  return [INSTANCES, ...(hasCluster ? [CLUSTERS] : []), PARAMETER_GROUPS, SECURITY_GROUPS];
}
