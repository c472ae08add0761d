import { Instance } from "@pulumi/aws/rds/instance.js";
import { ParameterGroup } from "@pulumi/aws/rds/parameterGroup.js";
import * as pulumi from "@pulumi/pulumi";
import { MOVING_INSTANCE_INPUTS, REPLACING_INPUTS } from "../replacing-inputs.js";
import { finalSnapshotName } from "./final-snapshot.js";
import { grownStorageHook } from "./grown-storage.js";
import { identifierOf } from "./identifier.js";
import { createLogGroups } from "./log-groups.js";
import { masterSecretOf, type DatabaseServer, type ServerContext } from "./server.js";

/** What RDS for PostgreSQL writes (Security Hub RDS.9 and RDS.36). */
const LOGS = ["postgresql", "upgrade"];

/** An RDS for PostgreSQL instance that passes every control marked as default, with its parameter group and log groups. */
export function createInstance(context: ServerContext): DatabaseServer {
  const { guard, name, identifier, importId, settings, tags } = context;
  const child = instanceName(name);
  const logGroups = createInstanceLogs(context);
  const instance = new Instance(
    child,
    {
      identifier,
      engine: "postgres",
      engineVersion: settings.engineVersion,
      allowMajorVersionUpgrade: settings.allowsMajorUpgrade,
      autoMinorVersionUpgrade: true,
      // Blue/green is never asked for: the provider deletes the old instance without a final snapshot.
      parameterGroupName: createParameterGroup(context).name,
      dbName: settings.databaseName,
      username: settings.masterUsername,
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: settings.keyArn,
      iamDatabaseAuthenticationEnabled: true,
      caCertIdentifier: settings.caCertIdentifier,
      port: settings.port,
      publiclyAccessible: false,
      dbSubnetGroupName: settings.subnetGroupName,
      vpcSecurityGroupIds: settings.securityGroupIds,
      networkType: "IPV4",
      multiAz: settings.multiAz,
      instanceClass: settings.instanceClass,
      ...storageInputs(context),
      backupRetentionPeriod: settings.backupRetentionDays,
      backupWindow: settings.backupWindow,
      maintenanceWindow: settings.maintenanceWindow,
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: guard.isEphemeral,
      skipFinalSnapshot: guard.isEphemeral,
      finalSnapshotIdentifier: finalSnapshotName(identifier, guard.liftOf([identifier, child])),
      deletionProtection: !guard.isEphemeral && guard.liftOf([identifier, child]) === undefined,
      monitoringInterval: settings.monitoringInterval,
      monitoringRoleArn: context.monitoringRoleArn,
      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: settings.keyArn,
      performanceInsightsRetentionPeriod: settings.performanceInsightsRetentionDays,
      enabledCloudwatchLogsExports: LOGS,
      applyImmediately: settings.applyImmediately,
      tags,
    },
    guard.options(
      { name: child, identifier },
      [...REPLACING_INPUTS["aws:rds/instance:Instance"], ...MOVING_INSTANCE_INPUTS],
      {
        dependsOn: logGroups,
        hooks: { beforeUpdate: [grownStorageHook(child)] },
        ...(importId !== undefined && { import: importId }),
      },
    ),
  );
  guard.mark(child, instance);
  return serverOf(instance);
}

/** Their own function, since the logs of a lost instance are kept, too. */
export function createInstanceLogs(context: ServerContext): pulumi.Resource[] {
  return createLogGroups(context, "instance", LOGS);
}

/** Of the guarded child, from the generation's prefix. */
export function instanceName(name: string): string {
  return `${name}-instance`;
}

function storageInputs({ settings }: ServerContext) {
  const { allocatedStorage, maxAllocatedStorage, storageType, iops, storageThroughput, keyArn } = settings;
  return {
    storageEncrypted: true,
    kmsKeyId: keyArn,
    storageType,
    allocatedStorage,
    maxAllocatedStorage,
    ...(iops !== undefined && { iops }),
    ...(storageThroughput !== undefined && { storageThroughput }),
  };
}

/** One for each major version, so that an upgrade sends version and group together and the old group goes last. */
function createParameterGroup({ component, name, identifier, settings, tags }: ServerContext): ParameterGroup {
  // By the generation, not by the identifier, which a restored database may have from the one that was lost.
  const owner = identifierOf(pulumi.getProject(), pulumi.getStack(), name);
  const family = `postgres${settings.engineVersion}`;
  return new ParameterGroup(
    `${name}-parameters-${settings.engineVersion}`,
    {
      name: `${owner}-${family}`,
      family,
      description: `Parameters of ${identifier} on PostgreSQL ${settings.engineVersion}`,
      parameters: settings.parameters.map(({ name, value, applyMethod }) => ({
        name,
        value,
        applyMethod: applyMethod ?? "immediate",
      })),
      tags,
    },
    {
      parent: component,
      ignoreChanges: [...REPLACING_INPUTS["aws:rds/parameterGroup:ParameterGroup"]],
      deleteBeforeReplace: false,
    },
  );
}

function serverOf(instance: Instance): DatabaseServer {
  return {
    arn: instance.arn,
    identifier: instance.identifier,
    resourceId: instance.resourceId,
    host: instance.address,
    readerHost: pulumi.output(undefined),
    port: instance.port,
    masterSecretArn: instance.masterUserSecrets.apply(masterSecretOf),
    instanceIdentifiers: instance.identifier.apply((identifier) => [identifier]),
    clusterIdentifier: pulumi.output(undefined),
  };
}
