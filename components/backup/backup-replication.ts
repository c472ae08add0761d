import * as rds from "@pulumi/aws/rds/index.js";
import * as pulumi from "@pulumi/pulumi";
import { cleanError } from "../fault.js";
import type { BackupPlanSettings } from "./backup-plan-settings.js";

/** Sends automated backups to the second region: each resource lives there, by its `region` input. */
export function createBackupReplication(
  component: pulumi.ComponentResource,
  name: string,
  { region, keyArn, retentionDays, instances }: NonNullable<BackupPlanSettings["replication"]>,
): void {
  for (const instance of instances) {
    new rds.InstanceAutomatedBackupsReplication(
      `${name}-replication-${instance.name}`,
      {
        region,
        kmsKeyId: keyArn,
        retentionPeriod: retentionDays,
        sourceDbInstanceArn: pulumi.output(instance.arn).apply(refuseCluster),
      },
      // An instance has one replication to a region. Stopping it keeps what was replicated for its retention.
      { parent: component, deleteBeforeReplace: true },
    );
  }
}

function refuseCluster(arn: string): string {
  if (!arn.includes(":cluster:")) return arn;
  throw cleanError(
    `replication.instances holds ${arn}. Automated backups of Aurora clusters cannot be replicated: ` +
      "its daily recovery points reach another region by copyToRegion.",
  );
}
