import * as backup from "@pulumi/aws/backup/index.js";
import * as pulumi from "@pulumi/pulumi";
import { cleanError } from "../fault.js";
import type { BackupPlanSettings } from "./backup-plan-settings.js";

type RestoreTesting = NonNullable<BackupPlanSettings["restoreTesting"]>;

export interface RestoreTestingRequest {
  /** Of the BackupPlan component. */
  readonly name: string;
  readonly testing: RestoreTesting;
  readonly vaultArn: pulumi.Input<string>;
  readonly roleArn: pulumi.Input<string>;
  readonly databaseArns: pulumi.Output<string[]>;
  readonly hasContinuousBackup: boolean;
  readonly tags: Record<string, pulumi.Input<string>>;
}

/** In the spelling of AWS Backup, the part of an ARN that tells what it is of, and the selection's name. */
const RESOURCE_TYPES: Readonly<Record<string, { arnPart: string; selection: string; noun: string }>> = {
  RDS: { arnPart: ":db:", selection: "instances", noun: "an RDS instance" },
  Aurora: { arnPart: ":cluster:", selection: "clusters", noun: "an Aurora cluster" },
};

/** Restores that AWS Backup makes on a schedule from this vault alone, into the given subnets, and deletes after. */
export function createRestoreTesting(
  component: pulumi.ComponentResource,
  request: RestoreTestingRequest,
): backup.RestoreTestingPlan {
  const { name, testing, vaultArn, tags } = request;
  const plan = new backup.RestoreTestingPlan(
    `${name}-restore-testing`,
    {
      name: testing.name,
      scheduleExpression: testing.schedule,
      scheduleExpressionTimezone: testing.scheduleTimezone,
      startWindowHours: testing.startWindowHours,
      recoveryPointSelection: {
        algorithm: testing.algorithm,
        includeVaults: [vaultArn],
        recoveryPointTypes: request.hasContinuousBackup ? ["CONTINUOUS", "SNAPSHOT"] : ["SNAPSHOT"],
        selectionWindowDays: testing.selectionWindowDays,
      },
      tags,
    },
    { parent: component },
  );
  for (const type of new Set(testing.resourceTypes)) createSelection(component, request, plan, type);
  return plan;
}

function createSelection(
  component: pulumi.ComponentResource,
  { name, testing, roleArn, databaseArns }: RestoreTestingRequest,
  plan: backup.RestoreTestingPlan,
  type: string,
): void {
  const { selection = "" } = RESOURCE_TYPES[type] ?? {};
  new backup.RestoreTestingSelection(
    `${name}-restore-testing-${selection}`,
    {
      name: selection,
      restoreTestingPlanName: plan.name,
      iamRoleArn: roleArn,
      protectedResourceType: type,
      protectedResourceArns: databaseArns.apply((arns) => arnsOfType(arns, type)),
      restoreMetadataOverrides: metadataOverrides(testing),
      validationWindowHours: testing.validationWindowHours,
    },
    { parent: component },
  );
}

function arnsOfType(arns: readonly string[], type: string): string[] {
  const { arnPart = "", noun = "" } = RESOURCE_TYPES[type] ?? {};
  const found = arns.filter((arn) => arn.includes(arnPart));
  if (found.length > 0) return found;
  throw cleanError(
    `restoreTesting.resourceTypes holds "${type}", and no ARN of databaseArns is that of ${noun}: ${arns.join(", ")}`,
  );
}

/** AWS infers the rest; lists are JSON in a string. Source: AWS Backup developer guide, "Restore testing inferred metadata". */
function metadataOverrides({
  subnetGroupName,
  securityGroupIds,
}: RestoreTesting): Record<string, pulumi.Input<string>> {
  return {
    dbSubnetGroupName: subnetGroupName,
    ...(securityGroupIds.length > 0 && { vpcSecurityGroupIds: pulumi.jsonStringify(securityGroupIds) }),
  };
}
