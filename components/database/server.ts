import type * as pulumi from "@pulumi/pulumi";
import type { Guard } from "../guard.js";

/** One server of a PersistentDatabase, instance or cluster: what the component hands on. */
export interface DatabaseServer {
  /** Of the DB instance or cluster. */
  readonly arn: pulumi.Output<string>;
  /** DBInstanceIdentifier or DBClusterIdentifier. */
  readonly identifier: pulumi.Output<string>;
  /** DbiResourceId or DbClusterResourceId. */
  readonly resourceId: pulumi.Output<string>;
  /** Where the writer listens. */
  readonly host: pulumi.Output<string>;
  /** Where readers listen; undefined where there are none. */
  readonly readerHost: pulumi.Output<string | undefined>;
  readonly port: pulumi.Output<number>;
  /** The secret that RDS keeps for the master user; its value is never read here. */
  readonly masterSecretArn: pulumi.Output<string>;
  /** Of the instance, or of the cluster's members. */
  readonly instanceIdentifiers: pulumi.Output<string[]>;
  readonly clusterIdentifier: pulumi.Output<string | undefined>;
}

/** What createInstance and createCluster are given, checked and with every default filled in. */
export interface ServerContext {
  /** Parent of every child. */
  readonly component: pulumi.ComponentResource;
  readonly guard: Guard;
  /** Prefix of the children's names: the component's name and the generation's. */
  readonly name: string;
  /** DBInstanceIdentifier or DBClusterIdentifier in AWS. */
  readonly identifier: string;
  /** Set for an adopted database: its physical id, to import instead of creating. */
  readonly importId: string | undefined;
  /** False where a lost generation of the same identifier has them already. */
  readonly makesLogGroups: boolean;
  readonly settings: ServerSettings;
  /** Tags of every child. */
  readonly tags: Record<string, pulumi.Input<string>>;
  /** For enhanced monitoring; the component's own role, shared by its generations. */
  readonly monitoringRoleArn: pulumi.Input<string>;
}

/** A PersistentDatabase's arguments with its defaults; undefined where the engine has no such value. */
export interface ServerSettings {
  /** "postgres" or "aurora-postgresql". */
  readonly engine: string;
  /** Major version, "17". */
  readonly engineVersion: string;
  /** True in the deploy that asks for a major upgrade. */
  readonly allowsMajorUpgrade: boolean;
  readonly databaseName: string;
  readonly masterUsername: string;
  readonly port: number;
  readonly instanceClass: string;
  readonly multiAz: boolean;
  /** GiB; instances only. */
  readonly allocatedStorage: number;
  /** GiB; 0 turns autoscaling off; instances only. */
  readonly maxAllocatedStorage: number;
  readonly storageType: string;
  readonly iops: number | undefined;
  /** MiB/s. */
  readonly storageThroughput: number | undefined;
  /** Readers beside the writer; clusters only. */
  readonly readers: number;
  /** Clusters only; undefined: provisioned. */
  readonly serverless: ServerlessCapacity | undefined;
  readonly backupRetentionDays: number;
  /** UTC, "hh24:mi-hh24:mi". */
  readonly backupWindow: string;
  /** UTC, "ddd:hh24:mi-ddd:hh24:mi". */
  readonly maintenanceWindow: string;
  /** Seconds. */
  readonly monitoringInterval: number;
  readonly performanceInsightsRetentionDays: number;
  /** The parameter group's: the program's, and ours where they are safety's. */
  readonly parameters: readonly DatabaseParameter[];
  readonly keyArn: pulumi.Input<string>;
  readonly subnetGroupName: pulumi.Input<string>;
  readonly securityGroupIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly caCertIdentifier: string;
  /** True: changes do not wait for the maintenance window. */
  readonly applyImmediately: boolean;
}

/** A database that was never made has none, whatever the SDK's type says. */
export function masterSecretOf(secrets: readonly { readonly secretArn: string }[] | undefined): string {
  return secrets?.[0]?.secretArn ?? "";
}

export interface ServerlessCapacity {
  /** Aurora capacity units: 0 to 256 in steps of 0.5. */
  readonly minCapacity: number;
  /** 1 to 256 in steps of 0.5. */
  readonly maxCapacity: number;
}

export interface DatabaseParameter {
  /** As PostgreSQL or RDS spells it. */
  readonly name: string;
  /** In the unit of the parameter. */
  readonly value: string;
  /** "immediate", or "pending-reboot" which static parameters need. @default "immediate" */
  readonly applyMethod?: string | undefined;
}
