import type { DBInstance, RDSClient } from "@aws-sdk/client-rds";
import type { CloudDatabase, DatabaseApi, DatabaseVerb, NewDatabase, RestoreSource } from "./cloud-database.js";
import { tagList, tagsIn, withRds } from "./rds-client.js";

/** Of RDS for PostgreSQL. */
export function instanceApi(region: string): DatabaseApi {
  return {
    region,
    action: (verb, source) => `rds:${actionOf(verb, source)}`,
    find: (identifier) =>
      withRds(region, async (client) => {
        const found = await findInstance(client, identifier);
        return found === undefined ? undefined : describe(found, await earliestOf(client, identifier));
      }),
    listTagged: (tag, value) =>
      withRds(region, async (client) => {
        const { paginateDescribeDBInstances } = await import("@aws-sdk/client-rds");
        const found: CloudDatabase[] = [];
        for await (const page of paginateDescribeDBInstances({ client }, {})) {
          found.push(...(page.DBInstances ?? []).map((one) => describe(one, undefined)));
        }
        return found.filter(({ tags }) => tags[tag] === value);
      }),
    restore: (source, wish) => withRds(region, (client) => restore(client, source, wish)),
    complete: () => Promise.resolve(),
    tag: (arn, tags) =>
      withRds(region, async (client) => {
        const { AddTagsToResourceCommand } = await import("@aws-sdk/client-rds");
        await client.send(new AddTagsToResourceCommand({ ResourceName: arn, Tags: tagList(tags) }));
      }),
    remove: ({ identifier }) => withRds(region, (client) => removeInstance(client, identifier)),
  };
}

function actionOf(verb: DatabaseVerb, source?: RestoreSource): string {
  switch (verb) {
    case "restore":
      return source !== undefined && "snapshot" in source
        ? "RestoreDBInstanceFromDBSnapshot"
        : "RestoreDBInstanceToPointInTime";
    case "describe":
    case "complete":
      return "DescribeDBInstances";
    case "tag":
      return "AddTagsToResource";
    case "delete":
      return "DeleteDBInstance";
  }
}

export async function findInstance(client: RDSClient, identifier: string): Promise<DBInstance | undefined> {
  const { DescribeDBInstancesCommand } = await import("@aws-sdk/client-rds");
  try {
    const { DBInstances } = await client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }));
    return DBInstances?.[0];
  } catch (error) {
    if (/^DBInstanceNotFound/.test((error as Error).name)) return undefined;
    throw error;
  }
}

/** An instance tells the last restorable instant, its automated backups the first. Unknown where nobody may look them up. */
async function earliestOf(client: RDSClient, identifier: string): Promise<Date | undefined> {
  const { DescribeDBInstanceAutomatedBackupsCommand } = await import("@aws-sdk/client-rds");
  const asked = new DescribeDBInstanceAutomatedBackupsCommand({ DBInstanceIdentifier: identifier });
  try {
    const { DBInstanceAutomatedBackups: found = [] } = await client.send(asked);
    return found[0]?.RestoreWindow?.EarliestTime;
  } catch (error) {
    if (/^(AccessDenied|DBInstance(AutomatedBackup)?NotFound)/.test((error as Error).name)) return undefined;
    throw error;
  }
}

function describe(found: DBInstance, earliestRestorable: Date | undefined): CloudDatabase {
  const { MasterUserSecret: secret, Endpoint: endpoint } = found;
  return {
    identifier: found.DBInstanceIdentifier ?? "",
    arn: found.DBInstanceArn ?? "",
    resourceId: found.DbiResourceId ?? "",
    status: found.DBInstanceStatus ?? "unknown",
    ...{ host: endpoint?.Address, port: endpoint?.Port },
    masterSecret: secret?.SecretArn === undefined ? undefined : { arn: secret.SecretArn, keyId: secret.KmsKeyId },
    settings: settingsOf(found),
    ...{ earliestRestorable, latestRestorable: found.LatestRestorableTime, createdAt: found.InstanceCreateTime },
    members: [],
    tags: tagsIn(found.TagList),
  };
}

function settingsOf(found: DBInstance): CloudDatabase["settings"] {
  return {
    ...{ instanceClass: found.DBInstanceClass, engine: found.Engine ?? "", engineVersion: found.EngineVersion },
    subnetGroup: found.DBSubnetGroup?.DBSubnetGroupName,
    securityGroups: (found.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId: id }) => id ?? []),
    parameterGroup: found.DBParameterGroups?.[0]?.DBParameterGroupName,
    memberParameterGroup: undefined,
    hasIamLogin: found.IAMDatabaseAuthenticationEnabled === true,
    capacity: undefined,
  };
}

async function restore(client: RDSClient, source: RestoreSource, wish: NewDatabase): Promise<void> {
  const { RestoreDBInstanceFromDBSnapshotCommand, RestoreDBInstanceToPointInTimeCommand } =
    await import("@aws-sdk/client-rds");
  const made = asAsked(wish);
  if ("snapshot" in source) {
    const from = { DBSnapshotIdentifier: source.snapshot, DBInstanceIdentifier: wish.identifier };
    await client.send(new RestoreDBInstanceFromDBSnapshotCommand({ ...made, ...from }));
    return;
  }
  const to = source.at === undefined ? { UseLatestRestorableTime: true } : { RestoreTime: source.at };
  const between = { SourceDBInstanceIdentifier: source.database, TargetDBInstanceIdentifier: wish.identifier };
  await client.send(new RestoreDBInstanceToPointInTimeCommand({ ...made, ...between, ...to }));
}

function asAsked({ port, settings, managedPassword, isProtected, tags }: NewDatabase) {
  return {
    DBInstanceClass: settings.instanceClass,
    Port: port,
    DBSubnetGroupName: settings.subnetGroup,
    VpcSecurityGroupIds: [...settings.securityGroups],
    DBParameterGroupName: settings.parameterGroup,
    EnableIAMDatabaseAuthentication: settings.hasIamLogin,
    ...{ PubliclyAccessible: false, CopyTagsToSnapshot: true, DeletionProtection: isProtected },
    ...(managedPassword !== undefined && {
      ManageMasterUserPassword: true,
      MasterUserSecretKmsKeyId: managedPassword.keyId,
    }),
    Tags: tagList(tags),
  };
}

export async function removeInstance(client: RDSClient, identifier: string): Promise<void> {
  const { DeleteDBInstanceCommand } = await import("@aws-sdk/client-rds");
  const forGood = { SkipFinalSnapshot: true, DeleteAutomatedBackups: true };
  await client.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: identifier, ...forGood }));
}
