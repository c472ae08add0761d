import type * as pulumi from "@pulumi/pulumi";

/** From which value on an alarm speaks. Every change is made in place. */
export interface AlarmThresholds {
  /** Free storage of an instance (of Aurora: its local storage for temporary files). 1 to 65536 GiB. @default 10 */
  readonly freeStorageGib?: number | undefined;
  /** Used part of the data volume, whatever its size has grown to; needs `instanceResourceIds`, RDS only. 50 to 99 percent. @default 85 */
  readonly usedStoragePercent?: number | undefined;
  /** Open connections; about 80 percent of `max_connections` is a good value. 1 to 262143. @default 300 */
  readonly connections?: number | undefined;
  /** Over a quarter of an hour. 1 to 100 percent. @default 90 */
  readonly cpuPercent?: number | undefined;
  /** 1 to 86400 seconds. @default 60 */
  readonly replicaLagSeconds?: number | undefined;
  /** A transaction that holds its locks and does nothing; needs `instanceResourceIds`. 60 to 86400 seconds. @default 900 */
  readonly idleTransactionSeconds?: number | undefined;
  /** Transactions begun since the oldest one that still runs; needs `instanceResourceIds`. 10000 to 2000000000. @default 1000000 */
  readonly openTransactionAge?: number | undefined;
  /** Transaction IDs in use before wraparound at about 2.1 billion. 200000000 to 2000000000. @default 1000000000 */
  readonly usedTransactionIds?: number | undefined;
  /** Write-ahead log that a replication slot holds back. 1 to 65536 GiB. @default 10 */
  readonly slotLagGib?: number | undefined;
  /** Left burst credit of a gp2 volume. 1 to 100 percent. @default 20 */
  readonly burstBalancePercent?: number | undefined;
  /** Left CPU credits of a burstable class. 1 to 5000. @default 20 */
  readonly cpuCredits?: number | undefined;
}

export interface DatabaseAlarmsArgs {
  /** DBInstanceIdentifiers to watch, for example `[database.identifier]`. May be empty where `clusterIdentifier` is given. */
  readonly instanceIdentifiers: pulumi.Input<string>[];
  /** DbiResourceIds ("db-…") of the same instances, in the same order; alarms on Performance Insights need them. @default none, and none of those alarms */
  readonly instanceResourceIds?: pulumi.Input<string>[] | undefined;
  /** DBClusterIdentifier of an Aurora cluster. @default none: RDS instances */
  readonly clusterIdentifier?: pulumi.Input<string> | undefined;
  /** ARN of a customer managed key whose policy lets cloudwatch, events, events.rds and backup publish; encrypts the topic. Required without `topicArn`. */
  readonly keyArn?: pulumi.Input<string> | undefined;
  /** An existing topic, whose policy and key are its owner's. @default a topic of this component */
  readonly topicArn?: pulumi.Input<string> | undefined;
  /** Each gets a message to confirm first. @default none */
  readonly emails?: string[] | undefined;
  /** From where on each alarm rings. @default the default of each */
  readonly thresholds?: AlarmThresholds | undefined;
  /** "gp2" adds an alarm on the volume's burst balance. @default "gp3" */
  readonly storageType?: string | undefined;
  /** A burstable class ("db.t4g.medium") adds an alarm on its CPU credits. @default not burstable */
  readonly instanceClass?: string | undefined;
  /** ARN of a vault: alarms on its failed and its missing backups and copies. @default none of them */
  readonly backupVaultArn?: pulumi.Input<string> | undefined;
  /** ARN of a restore testing plan: tells of its failed tests. @default none */
  readonly restoreTestingPlanArn?: pulumi.Input<string | undefined> | undefined;
  /** Names of rotation functions: an alarm on the errors of each. @default none */
  readonly rotationFunctionNames?: pulumi.Input<string>[] | undefined;
  /** Secrets whose failed rotations are told. @default every secret of the account and region */
  readonly secretArns?: pulumi.Input<string>[] | undefined;
  /** Beside the tags of this component. @default none */
  readonly tags?: Record<string, string> | undefined;
}
