import type { DBCluster, DBInstance, RDSClient } from "@aws-sdk/client-rds";
import type { CloudDatabase, DatabaseApi, DatabaseVerb, NewDatabase, RestoreSource } from "./cloud-database.js";
import { findInstance, removeInstance } from "./instance-api.js";
import { tagList, tagsIn, withRds } from "./rds-client.js";

/** Of Aurora: a cluster, and the members without which nobody answers. */
export function clusterApi(region: string): DatabaseApi {
  return {
    region,
    action: (verb, source) => `rds:${actionOf(verb, source)}`,
    find: (identifier) =>
      withRds(region, async (client) => {
        const found = await findCluster(client, identifier);
        return found === undefined ? undefined : describe(found, await writerOf(client, found));
      }),
    listTagged: (tag, value) =>
      withRds(region, async (client) => {
        const { paginateDescribeDBClusters } = await import("@aws-sdk/client-rds");
        const found: CloudDatabase[] = [];
        for await (const page of paginateDescribeDBClusters({ client }, {})) {
          found.push(...(page.DBClusters ?? []).map((one) => describe(one, undefined)));
        }
        return found.filter(({ tags }) => tags[tag] === value);
      }),
    restore: (source, wish) => withRds(region, (client) => restore(client, source, wish)),
    complete: (found, wish) => withRds(region, (client) => complete(client, found, wish)),
    tag: (arn, tags) =>
      withRds(region, async (client) => {
        const { AddTagsToResourceCommand } = await import("@aws-sdk/client-rds");
        await client.send(new AddTagsToResourceCommand({ ResourceName: arn, Tags: tagList(tags) }));
      }),
    remove: (found) => withRds(region, (client) => removeCluster(client, found)),
  };
}

function actionOf(verb: DatabaseVerb, source?: RestoreSource): string {
  switch (verb) {
    case "restore":
      return source !== undefined && "snapshot" in source
        ? "RestoreDBClusterFromSnapshot"
        : "RestoreDBClusterToPointInTime";
    case "describe":
      return "DescribeDBClusters";
    case "complete":
      return "CreateDBInstance";
    case "tag":
      return "AddTagsToResource";
    case "delete":
      return "DeleteDBCluster";
  }
}

async function findCluster(client: RDSClient, identifier: string): Promise<DBCluster | undefined> {
  const { DescribeDBClustersCommand } = await import("@aws-sdk/client-rds");
  try {
    const { DBClusters } = await client.send(new DescribeDBClustersCommand({ DBClusterIdentifier: identifier }));
    return DBClusters?.[0];
  } catch (error) {
    if (/^DBClusterNotFound/.test((error as Error).name)) return undefined;
    throw error;
  }
}

async function writerOf(client: RDSClient, found: DBCluster): Promise<DBInstance | undefined> {
  const [writer] = membersOf(found);
  return writer === undefined ? undefined : findInstance(client, writer);
}

function membersOf({ DBClusterMembers: members = [] }: DBCluster): string[] {
  const writerFirst = members.toSorted(
    (a, b) => Number(b.IsClusterWriter === true) - Number(a.IsClusterWriter === true),
  );
  return writerFirst.flatMap(({ DBInstanceIdentifier: id }) => id ?? []);
}

function describe(found: DBCluster, writer: DBInstance | undefined): CloudDatabase {
  const { MasterUserSecret: secret } = found;
  return {
    identifier: found.DBClusterIdentifier ?? "",
    arn: found.DBClusterArn ?? "",
    resourceId: found.DbClusterResourceId ?? "",
    status: statusOf(found, writer),
    ...{ host: found.Endpoint, port: found.Port },
    masterSecret: secret?.SecretArn === undefined ? undefined : { arn: secret.SecretArn, keyId: secret.KmsKeyId },
    settings: settingsOf(found, writer),
    ...{ earliestRestorable: found.EarliestRestorableTime, latestRestorable: found.LatestRestorableTime },
    createdAt: found.ClusterCreateTime,
    members: membersOf(found),
    tags: tagsIn(found.TagList),
  };
}

/** A cluster says that it is available while its writer is still being made; a failed writer counts as a failed database. */
function statusOf({ Status: status = "unknown" }: DBCluster, writer: DBInstance | undefined): string {
  return status === "available" && writer !== undefined ? (writer.DBInstanceStatus ?? "unknown") : status;
}

function settingsOf(found: DBCluster, writer: DBInstance | undefined): CloudDatabase["settings"] {
  const { MinCapacity: min, MaxCapacity: max } = found.ServerlessV2ScalingConfiguration ?? {};
  return {
    ...{ instanceClass: writer?.DBInstanceClass, engine: found.Engine ?? "", engineVersion: found.EngineVersion },
    subnetGroup: found.DBSubnetGroup,
    securityGroups: (found.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId: id }) => id ?? []),
    parameterGroup: found.DBClusterParameterGroup,
    memberParameterGroup: writer?.DBParameterGroups?.[0]?.DBParameterGroupName,
    hasIamLogin: found.IAMDatabaseAuthenticationEnabled === true,
    capacity: min === undefined || max === undefined ? undefined : { min, max },
  };
}

async function restore(client: RDSClient, source: RestoreSource, wish: NewDatabase): Promise<void> {
  const { RestoreDBClusterFromSnapshotCommand, RestoreDBClusterToPointInTimeCommand } =
    await import("@aws-sdk/client-rds");
  const made = asAsked(wish);
  if ("snapshot" in source) {
    const { engine, engineVersion } = wish.settings;
    const from = { SnapshotIdentifier: source.snapshot, Engine: engine, EngineVersion: engineVersion };
    await client.send(new RestoreDBClusterFromSnapshotCommand({ ...made, ...from }));
    return;
  }
  const to = source.at === undefined ? { UseLatestRestorableTime: true } : { RestoreToTime: source.at };
  const from = { SourceDBClusterIdentifier: source.database };
  await client.send(new RestoreDBClusterToPointInTimeCommand({ ...made, ...from, ...to }));
}

function asAsked({ identifier, port, settings, isProtected, tags }: NewDatabase) {
  const { capacity } = settings;
  return {
    DBClusterIdentifier: identifier,
    Port: port,
    DBSubnetGroupName: settings.subnetGroup,
    VpcSecurityGroupIds: [...settings.securityGroups],
    DBClusterParameterGroupName: settings.parameterGroup,
    EnableIAMDatabaseAuthentication: settings.hasIamLogin,
    ...{ CopyTagsToSnapshot: true, DeletionProtection: isProtected },
    ...(capacity !== undefined && {
      ServerlessV2ScalingConfiguration: { MinCapacity: capacity.min, MaxCapacity: capacity.max },
    }),
    Tags: tagList(tags),
  };
}

/** `-1` and so on are the names that a stack gives the members of a cluster it adopts. */
const FIRST_MEMBER = "-0";

/** A restore gives a cluster that nobody can log in to: its writer is made here, of the class of the old one's. */
async function complete(client: RDSClient, found: CloudDatabase, wish: NewDatabase): Promise<void> {
  const { CreateDBInstanceCommand, ModifyDBClusterCommand } = await import("@aws-sdk/client-rds");
  const { identifier, settings, managedPassword, tags } = wish;
  if (managedPassword !== undefined && found.masterSecret === undefined) {
    const asked = { ManageMasterUserPassword: true, MasterUserSecretKmsKeyId: managedPassword.keyId };
    await client.send(
      new ModifyDBClusterCommand({ DBClusterIdentifier: identifier, ApplyImmediately: true, ...asked }),
    );
  }
  if (found.members.length > 0) return;
  await client
    .send(
      new CreateDBInstanceCommand({
        ...{ DBInstanceIdentifier: `${identifier}${FIRST_MEMBER}`, DBClusterIdentifier: identifier },
        ...{ DBInstanceClass: settings.instanceClass, Engine: settings.engine, PubliclyAccessible: false },
        DBParameterGroupName: settings.memberParameterGroup,
        Tags: tagList(tags),
      }),
    )
    .catch((error: unknown) => {
      // Made by a request whose answer was lost.
      if (!/^DBInstanceAlreadyExists/.test((error as Error).name)) throw error;
    });
}

async function removeCluster(client: RDSClient, { identifier, members }: CloudDatabase): Promise<void> {
  const { DeleteDBClusterCommand } = await import("@aws-sdk/client-rds");
  for (const member of members) await removeInstance(client, member);
  await client.send(
    new DeleteDBClusterCommand({
      DBClusterIdentifier: identifier,
      ...{ SkipFinalSnapshot: true, DeleteAutomatedBackups: true },
    }),
  );
}
