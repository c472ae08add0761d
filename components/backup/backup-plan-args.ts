import type * as pulumi from "@pulumi/pulumi";
import type { BreakGlass } from "../break-glass.js";

/** What keeps recovery points from being deleted before their time, whoever asks. */
export interface VaultLockArgs {
  /**
   * "governance": whoever holds the right `backup:DeleteBackupVaultLockConfiguration` can lift it.
   * "compliance": after `changeableForDays` nobody can ever lift it, the account's root user and AWS included.
   * @default "governance"
   */
  readonly mode?: string | undefined;
  /** Jobs that would keep a recovery point for less fail. 1 to 36500 days. @default 7 */
  readonly minRetentionDays?: number | undefined;
  /** Jobs that would keep a recovery point for more fail. 1 to 36500 days. @default no limit */
  readonly maxRetentionDays?: number | undefined;
  /** Days in which a compliance lock can still be taken back; required for it, else not allowed. At least 3. */
  readonly changeableForDays?: number | undefined;
  /** For a compliance lock, the sentence that the refusal without it asks for, word by word. */
  readonly confirmation?: string | undefined;
}

/** A second vault in another region of this account, to which each daily recovery point is copied. */
export interface RegionCopyArgs {
  /** For example "eu-central-1". Fixed once deployed. */
  readonly region: string;
  /** ARN of a customer managed key of that region. Fixed once deployed. */
  readonly keyArn: pulumi.Input<string>;
  /** 1 to 36500 days. @default `retentionDays` of the plan */
  readonly retentionDays?: number | undefined;
}

/** A vault of another account, to which each daily recovery point is copied. */
export interface AccountCopyArgs {
  /** ARN of the vault there, whose access policy allows this account `backup:CopyIntoBackupVault`. */
  readonly vaultArn: pulumi.Input<string>;
  /** 1 to 36500 days. @default `retentionDays` of the plan */
  readonly retentionDays?: number | undefined;
}

/** Restores of the newest recovery points on a schedule, which AWS Backup makes, times and deletes by itself. */
export interface RestoreTestingArgs {
  /** Subnet group in which test databases are made. Without one AWS looks for a default VPC. */
  readonly subnetGroupName: pulumi.Input<string>;
  /** Security groups of test databases. @default the default group of the VPC */
  readonly securityGroupIds?: pulumi.Input<string>[] | undefined;
  /** "RDS" for instances, "Aurora" for clusters; the ARNs of the plan are sorted by it. @default ["RDS"] */
  readonly resourceTypes?: string[] | undefined;
  /** AWS cron, in UTC unless `scheduleTimezone` says otherwise. @default "cron(0 6 ? * SUN *)" */
  readonly schedule?: string | undefined;
  /** IANA name of a time zone. @default "Etc/UTC" */
  readonly scheduleTimezone?: string | undefined;
  /** Tests start at a time of AWS's choosing in this window. 1 to 168 hours. @default 8 */
  readonly startWindowHours?: number | undefined;
  /** "LATEST_WITHIN_WINDOW" or "RANDOM_WITHIN_WINDOW". @default "LATEST_WITHIN_WINDOW" */
  readonly algorithm?: string | undefined;
  /** Recovery points of this many days are tested. 1 to 365. @default 7 */
  readonly selectionWindowDays?: number | undefined;
  /** The test database is kept this long, for a check of your own. 1 to 168 hours. @default 1 */
  readonly validationWindowHours?: number | undefined;
  /** Up to 50 letters, digits and "_". @default project, stack and component name, joined by "_" */
  readonly name?: string | undefined;
}

/** One RDS instance whose automated backups are replicated. */
export interface ReplicatedInstance {
  /** Part of the child's name: choose once. Lower case letters, digits and "-". */
  readonly name: string;
  /** ARN of an RDS instance; Aurora has no such replication. */
  readonly arn: pulumi.Input<string>;
}

/** Snapshots and write-ahead log of RDS instances, sent to another region as they are made: point-in-time recovery there. */
export interface BackupReplicationArgs {
  /** For example "eu-central-1". */
  readonly region: string;
  /** ARN of a customer managed key of that region. */
  readonly keyArn: pulumi.Input<string>;
  /** Whose backups are replicated. */
  readonly instances: ReplicatedInstance[];
  /** How far back a recovery there can reach. 1 to 35 days. @default 7 */
  readonly retentionDays?: number | undefined;
}

export interface BackupPlanArgs {
  /** ARNs of the RDS instances and Aurora clusters to back up. At least one. A change replaces the selection, which holds no data. */
  readonly databaseArns: pulumi.Input<pulumi.Input<string>[]>;
  /** ARN of the customer managed key that encrypts the recovery points. Fixed once deployed. */
  readonly keyArn: pulumi.Input<string>;
  /** 2 to 50 letters, digits, "-" and "_". Fixed once deployed. @default `<project>-<stack>-<name>` */
  readonly vaultName?: string | undefined;
  /** AWS cron, in UTC unless `scheduleTimezone` says otherwise; not within an hour before a backup or maintenance window of the databases. @default "cron(0 1 * * ? *)" */
  readonly schedule?: string | undefined;
  /** IANA name of a time zone. @default "Etc/UTC" */
  readonly scheduleTimezone?: string | undefined;
  /** A job that has not started by then is given up. 60 to 52560000 minutes. @default 60 */
  readonly startWindowMinutes?: number | undefined;
  /** A job that has not finished by then is cancelled. At least an hour more than `startWindowMinutes`. @default 480 */
  readonly completionWindowMinutes?: number | undefined;
  /** 1 to 36500 days. Applies to recovery points made from then on. @default 35 */
  readonly retentionDays?: number | undefined;
  /** Days until cold storage; at least 90 fewer than `retentionDays`. AWS ignores it for RDS and Aurora today. @default never */
  readonly coldStorageAfterDays?: number | undefined;
  /** Beside the tags of this component. @default none */
  readonly recoveryPointTags?: Record<string, string> | undefined;
  /** Also keeps a continuous backup in the vault. AWS Backup then rules the databases' own backup window and retention. @default false */
  readonly continuousBackup?: boolean | undefined;
  /** 1 to 35 days, where AWS ends it. @default 35 */
  readonly continuousRetentionDays?: number | undefined;
  /** A lock of the vault, against whoever may delete recovery points. @default no lock: the access policy alone denies deletion */
  readonly lock?: VaultLockArgs | undefined;
  /** A second vault, in another region. @default no copy */
  readonly copyToRegion?: RegionCopyArgs | undefined;
  /** A vault of another account, which makes it. @default no copy */
  readonly copyToAccount?: AccountCopyArgs | undefined;
  /** A plan that restores a recovery point again and again, to prove that it can be. @default no restore tests */
  readonly restoreTesting?: RestoreTestingArgs | undefined;
  /** Automated backups and the log, in another region. @default no replication */
  readonly replication?: BackupReplicationArgs | undefined;
  /** "full": no deploy deletes a vault. "ephemeral": a review stack, destroyed with its recovery points. @default "full" */
  readonly protection?: string | undefined;
  /** Vaults, by name, that may be deleted; takes two deploys. @default none */
  readonly breakGlass?: BreakGlass[] | undefined;
  /** Beside the tags of this component. @default none */
  readonly tags?: Record<string, string> | undefined;
}
