import type * as pulumi from "@pulumi/pulumi";
import type { BreakGlass } from "../break-glass.js";
import type { DatabaseGeneration } from "./generation.js";
import type { DatabaseParameter, ServerlessCapacity } from "./server.js";

export interface PersistentDatabaseArgs {
  /** "postgres" (RDS for PostgreSQL) or "aurora-postgresql". Changing it later is refused. @default "postgres" */
  readonly engine?: string | undefined;
  /** Major version; AWS moves the minor one. Changing it later needs `majorUpgrade`. @default "17" */
  readonly engineVersion?: string | undefined;
  /** The major version to upgrade to, said a second time: only with it `engineVersion` may rise. Interrupts the database. @default no upgrade */
  readonly majorUpgrade?: string | undefined;
  /** Made with the server: 1 to 63 letters, digits and "_", a letter first. Changing it later is refused. @default "app" */
  readonly databaseName?: string | undefined;
  /** The master user; its password is RDS's alone. Changing it later is refused. @default "holdfast_admin" */
  readonly masterUsername?: string | undefined;
  /** Owns the application's objects and cannot log in; DatabaseAccess makes it. @default "app_owner" */
  readonly ownerRole?: string | undefined;
  /** 1150 to 65535, not 5432 (Security Hub RDS.23). Changing it restarts the database. @default 5433 */
  readonly port?: number | undefined;
  /** Changing it restarts the database. @default "db.m7g.large"; of a cluster's members "db.r7g.large" */
  readonly instanceClass?: string | undefined;
  /** A standby in another zone. Changed in place. Of a cluster: see `readers`. @default true */
  readonly multiAz?: boolean | undefined;
  /** GiB, 20 to 65536; may only grow. What autoscaling added is no difference. Not with Aurora. @default 100 */
  readonly allocatedStorage?: number | undefined;
  /** GiB up to which RDS grows the storage by itself, at least 10 % above `allocatedStorage`; 0 turns it off. Changed in place. @default 1000, or twice the storage */
  readonly maxAllocatedStorage?: number | undefined;
  /** "gp3", "io1" or "io2"; with Aurora "aurora" or "aurora-iopt1". Changed in place. @default "gp3", "aurora" */
  readonly storageType?: string | undefined;
  /** With gp3 only from 400 GiB on (12000 to 64000); needed by io1 and io2. Changed in place. @default gp3's own */
  readonly iops?: number | undefined;
  /** MiB/s, gp3 from 400 GiB on only: 500 to 4000. Changed in place. @default gp3's own */
  readonly storageThroughput?: number | undefined;
  /** Aurora only: readers beside the writer, 0 to 15. Changed in place. @default 1 */
  readonly readers?: number | undefined;
  /** Aurora only: serverless v2 instead of an instance class. Changed in place. @default provisioned */
  readonly serverless?: ServerlessCapacity | undefined;
  /** Days of point-in-time recovery, 7 to 35. Changed in place, at once. @default 7; 35 where the environment is prod or production */
  readonly backupRetentionDays?: number | undefined;
  /** UTC, "hh24:mi-hh24:mi", at least 30 minutes. Changed in place. @default "03:00-03:30" */
  readonly backupWindow?: string | undefined;
  /** UTC, "ddd:hh24:mi-ddd:hh24:mi", 30 minutes to 24 hours, beside the backup window. Changed in place. @default "sun:04:00-sun:04:30" */
  readonly maintenanceWindow?: string | undefined;
  /** Seconds between two samples of the operating system: 1, 5, 10, 15, 30 or 60. Changed in place. @default 60 */
  readonly monitoringInterval?: number | undefined;
  /** 7, 731 or a multiple of 31. Changed in place. @default 7 */
  readonly performanceInsightsRetentionDays?: number | undefined;
  /** Changed in place; static ones take effect at the next restart. `rds.force_ssl` is ours. @default log_statement "ddl", log_min_duration_statement "1000" */
  readonly parameters?: DatabaseParameter[] | undefined;
  /** Certificate authority: rds-ca-rsa2048-g1, rds-ca-rsa4096-g1 or rds-ca-ecc384-g1. Changing it may restart the database. @default "rds-ca-rsa2048-g1" */
  readonly caCertIdentifier?: string | undefined;
  /** Whether changes wait for the maintenance window. A deploy then does less than its preview says. @default true */
  readonly applyImmediately?: boolean | undefined;
  /** ARN of the key that encrypts storage, backups, the master secret, insights and logs: EncryptionKey.arn. Changing it later is refused. */
  readonly keyArn: pulumi.Input<string>;
  /** DatabaseNetwork.subnetGroupName. Changing it later is refused. */
  readonly subnetGroupName: pulumi.Input<string>;
  /** DatabaseNetwork.securityGroupId, and others. Changed in place. */
  readonly securityGroupIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Of the first generation: 1 to 63 lower-case letters, digits and single hyphens. Changing it later is refused. @default "<project>-<stack>-<name>" */
  readonly identifier?: string | undefined;
  /** Every database this component holds, oldest first. One may be added; none is taken away without break-glass. @default [{ name: "main" }] */
  readonly databases?: DatabaseGeneration[] | undefined;
  /** The generation that `connection` points at. Changed in place: the next deploy migrates that one. @default the last of `databases` */
  readonly active?: string | undefined;
  /** "full", or "ephemeral" for stacks that may be destroyed: not for prod or production, not with adopted data. "full" cannot become "ephemeral". @default "full" */
  readonly protection?: string | undefined;
  /** What may be deleted in a later deploy. @default nothing */
  readonly breakGlass?: BreakGlass[] | undefined;
  /** The marker that the database is to carry; prod and production have the longer retention. @default the stack's name */
  readonly environment?: string | undefined;
  /** Tags of every resource, beside our own. Changed in place. @default none */
  readonly tags?: Record<string, pulumi.Input<string>> | undefined;
}
