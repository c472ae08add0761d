import * as rds from "@pulumi/aws/rds/index.js";
import * as pulumi from "@pulumi/pulumi";
import { REPLACING_INPUTS } from "../replacing-inputs.js";
import { createAuroraGroups, type AuroraGroups } from "./aurora-parameter-groups.js";
import { finalSnapshotName } from "./final-snapshot.js";
import { createLogGroups } from "./log-groups.js";
import { masterSecretOf, type DatabaseServer, type ServerContext } from "./server.js";

const ENGINE = "aurora-postgresql";
/** The instance class of a member that scales by itself. */
const SERVERLESS_CLASS = "db.serverless";
/** How long an idle member waits before it pauses, where the range begins at 0; AWS's least and its default. */
const PAUSE_SECONDS = 300;
/** Amazon Aurora user guide, "Publishing database logs to Amazon CloudWatch Logs". */
const LOGS = ["iam-db-auth-error", "postgresql"];
/** The tier from which Aurora picks a new writer last. */
const LAST_TIER = 15;

/**
 * An Aurora PostgreSQL cluster: one writer and the readers, behind the same outputs as an instance. Which member writes is Aurora's
 * business: a failover changes nothing here.
 */
export function createCluster(context: ServerContext): DatabaseServer {
  const { settings } = context;
  const groups = createAuroraGroups(context);
  const logs = createClusterLogs(context);
  const cluster = createOnlyCluster(context, groups, logs);
  context.guard.mark(clusterName(context.name), cluster);
  const members = Array.from({ length: 1 + settings.readers }, (_, index) =>
    createMember(context, cluster, groups, index + 1),
  );
  return {
    arn: cluster.arn,
    identifier: cluster.clusterIdentifier,
    resourceId: cluster.clusterResourceId,
    host: cluster.endpoint,
    readerHost: settings.readers === 0 ? pulumi.output(undefined) : cluster.readerEndpoint,
    port: cluster.port,
    masterSecretArn: cluster.masterUserSecrets.apply(masterSecretOf),
    instanceIdentifiers: pulumi.all(members.map(({ identifier }) => identifier)),
    clusterIdentifier: cluster.clusterIdentifier,
  };
}

/** Of the guarded child, from the generation's prefix. */
export function clusterName(name: string): string {
  return `${name}-cluster`;
}

/** Their own function, since the logs of a lost cluster are kept, too. */
export function createClusterLogs(context: ServerContext): pulumi.Resource[] {
  return createLogGroups(context, "cluster", LOGS);
}

function createOnlyCluster(
  context: ServerContext,
  groups: AuroraGroups,
  logs: readonly pulumi.Resource[],
): rds.Cluster {
  const { name, identifier, guard, settings, tags, importId } = context;
  const child = clusterName(name);
  const lift = guard.liftOf([identifier, child]);
  return new rds.Cluster(
    child,
    {
      clusterIdentifier: identifier,
      engine: ENGINE,
      engineMode: "provisioned",
      // The major version only: the minor one is AWS's to move, and a full number would ask for its return.
      engineVersion: settings.engineVersion,
      allowMajorVersionUpgrade: settings.allowsMajorUpgrade,
      autoMinorVersionUpgrade: true,
      databaseName: settings.databaseName,
      masterUsername: settings.masterUsername,
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: settings.keyArn,
      port: settings.port,
      dbSubnetGroupName: settings.subnetGroupName,
      vpcSecurityGroupIds: settings.securityGroupIds,
      networkType: "IPV4",
      dbClusterParameterGroupName: groups.cluster.name,
      dbInstanceParameterGroupName: groups.member.name,
      storageEncrypted: true,
      kmsKeyId: settings.keyArn,
      // Said also where it is the standard one: left out, the provider would keep what was before.
      storageType: settings.storageType,
      ...(settings.serverless !== undefined && { serverlessv2ScalingConfiguration: capacityOf(settings.serverless) }),
      iamDatabaseAuthenticationEnabled: true,
      enableHttpEndpoint: false,
      enableLocalWriteForwarding: false,
      enableGlobalWriteForwarding: false,
      enabledCloudwatchLogsExports: LOGS,
      backupRetentionPeriod: settings.backupRetentionDays,
      preferredBackupWindow: settings.backupWindow,
      preferredMaintenanceWindow: settings.maintenanceWindow,
      copyTagsToSnapshot: true,
      deleteAutomatedBackups: guard.isEphemeral,
      skipFinalSnapshot: guard.isEphemeral,
      finalSnapshotIdentifier: finalSnapshotName(identifier, lift),
      deletionProtection: !guard.isEphemeral && lift === undefined,
      applyImmediately: settings.applyImmediately,
      tags,
    },
    guard.options({ name: child, identifier }, REPLACING_INPUTS["aws:rds/cluster:Cluster"], {
      dependsOn: [...logs],
      ...(importId !== undefined && { import: importId }),
      // AWS takes it only together with a major upgrade, and tells nothing of it afterwards.
      ignoreChanges: settings.allowsMajorUpgrade ? [] : ["dbInstanceParameterGroupName"],
    }),
  );
}

function capacityOf({ minCapacity, maxCapacity }: NonNullable<ServerContext["settings"]["serverless"]>) {
  return { minCapacity, maxCapacity, ...(minCapacity === 0 && { secondsUntilAutoPause: PAUSE_SECONDS }) };
}

/** @param number from 1; a smaller count takes the highest away */
function createMember(
  { guard, name, identifier, settings, tags, monitoringRoleArn }: ServerContext,
  cluster: rds.Cluster,
  groups: AuroraGroups,
  number: number,
): rds.ClusterInstance {
  const child = memberName(name, number);
  return new rds.ClusterInstance(
    child,
    {
      clusterIdentifier: cluster.clusterIdentifier,
      identifier: `${identifier}-${String(number)}`,
      engine: ENGINE,
      instanceClass: settings.serverless === undefined ? settings.instanceClass : SERVERLESS_CLASS,
      dbSubnetGroupName: settings.subnetGroupName,
      dbParameterGroupName: groups.member.name,
      publiclyAccessible: false,
      promotionTier: Math.min(number - 1, LAST_TIER),
      autoMinorVersionUpgrade: true,
      caCertIdentifier: settings.caCertIdentifier,
      copyTagsToSnapshot: true,
      monitoringInterval: settings.monitoringInterval,
      monitoringRoleArn,
      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: settings.keyArn,
      performanceInsightsRetentionPeriod: settings.performanceInsightsRetentionDays,
      preferredMaintenanceWindow: settings.maintenanceWindow,
      forceDestroy: false,
      applyImmediately: settings.applyImmediately,
      tags,
    },
    // No zone: Aurora spreads the members, and one that is named would be replaced when it moves.
    guard.memberOptions(clusterName(name), child, REPLACING_INPUTS["aws:rds/clusterInstance:ClusterInstance"]),
  );
}

function memberName(name: string, number: number): string {
  return `${clusterName(name)}-member-${String(number)}`;
}
