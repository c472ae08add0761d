import type * as pulumi from "@pulumi/pulumi";
import { BackupPlan } from "./components/backup-plan.js";
import { DatabaseAlarms } from "./components/database-alarms.js";
import { DatabaseNetwork } from "./components/database-network.js";
import { EncryptionKey } from "./components/encryption-key.js";
import type { GuardArgs } from "./components/guard.js";
import { PersistentDatabase } from "./components/persistent-database.js";
import type { Config } from "./config.js";
import type { AwsProviders } from "./start-providers.js";

/** A key, a network, the database in it; its backups in several places, and people who are told when something is wrong. */
export function onAws(config: Config, providers: AwsProviders) {
  const guards = { protection: config.protection, breakGlass: config.breakGlass };
  const { arn: keyArn } = new EncryptionKey("key", guards);
  const network = new DatabaseNetwork("network", { ...config.network, port: config.database.port });
  const database = new PersistentDatabase("database", {
    ...{ ...config.database, ...guards, keyArn },
    engine: config.engine,
    environment: config.environment,
    databases: config.databases,
    active: config.activeDatabase,
    subnetGroupName: network.subnetGroupName,
    securityGroupIds: [network.securityGroupId],
  });
  const isCluster = config.engine === "aurora-postgresql";
  const backups = backUp(config, guards, { keyArn, network, database, providers });
  const alarms = new DatabaseAlarms("alarms", {
    ...{ ...config.alarms, keyArn },
    // A cluster is watched as a whole.
    instanceIdentifiers: isCluster ? [] : [database.identifier],
    // Alarms on transactions, and on the share of the volume that is used, come by way of Performance Insights.
    instanceResourceIds: isCluster ? undefined : [database.resourceId],
    clusterIdentifier: isCluster ? database.identifier : undefined,
    instanceClass: config.database.instanceClass,
    backupVaultArn: backups.vaultArn,
    restoreTestingPlanArn: backups.restoreTestingPlanArn,
    secretArns: [database.masterSecretArn],
  });
  return { connection: database.connection, executor: "command", before: [backups, alarms], keyArn };
}

interface BackedUp {
  readonly keyArn: pulumi.Output<string>;
  readonly network: DatabaseNetwork;
  readonly database: PersistentDatabase;
  readonly providers: AwsProviders;
}

function backUp({ backups, engine }: Config, guards: GuardArgs, on: BackedUp): BackupPlan {
  const { keyArn, network, database, providers } = on;
  const { copyRegion: region, copyVaultArn, restoreTests = true, locked = false, ...schedule } = backups;
  const copy =
    region === undefined || providers.copy === undefined
      ? undefined
      : { region, keyArn: keyOf(providers.copy, guards) };
  return new BackupPlan("backups", {
    ...{ ...schedule, ...guards, keyArn },
    databaseArns: [database.arn],
    lock: locked ? {} : undefined,
    copyToRegion: copy,
    copyToAccount: copyVaultArn === undefined ? undefined : { vaultArn: copyVaultArn },
    restoreTesting: restoreTests
      ? {
          subnetGroupName: network.subnetGroupName,
          securityGroupIds: [network.securityGroupId],
          resourceTypes: [engine === "postgres" ? "RDS" : "Aurora"],
        }
      : undefined,
    // Aurora has no such replication; its recovery points are copied by the plan.
    replication:
      copy === undefined || engine !== "postgres"
        ? undefined
        : { ...copy, instances: [{ name: "main", arn: database.arn }] },
  });
}

/** What is copied to another region is encrypted with a key of that region. */
function keyOf(provider: pulumi.ProviderResource, guards: GuardArgs): pulumi.Output<string> {
  return new EncryptionKey("copy-key", guards, { provider }).arn;
}
