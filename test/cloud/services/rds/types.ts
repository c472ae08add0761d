export const INSTANCE = "aws:rds/instance:Instance";
export const CLUSTER = "aws:rds/cluster:Cluster";
export const CLUSTER_INSTANCE = "aws:rds/clusterInstance:ClusterInstance";
export const SUBNET_GROUP = "aws:rds/subnetGroup:SubnetGroup";
export const PARAMETER_GROUP = "aws:rds/parameterGroup:ParameterGroup";
export const CLUSTER_PARAMETER_GROUP = "aws:rds/clusterParameterGroup:ClusterParameterGroup";
/** A manual or final snapshot of an instance; no program asks for it. */
export const SNAPSHOT = "rds-snapshot";
export const CLUSTER_SNAPSHOT = "rds-cluster-snapshot";
/** The automated backups of a database that was deleted with `deleteAutomatedBackups` false. */
export const RETAINED_BACKUP = "rds-retained-backup";
