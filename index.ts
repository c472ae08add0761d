import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Region } from "@pulumi/aws/index.js";
import { Provider } from "@pulumi/aws/provider.js";
import type * as pulumi from "@pulumi/pulumi";
import {
  BackupPlan,
  DatabaseAccess,
  DatabaseAlarms,
  DatabaseNetwork,
  EncryptionKey,
  FileStorage,
  LocalDatabase,
  PersistentDatabase,
  SchemaMigrations,
  type GuardArgs,
} from "./components/index.js";
import { loadConfig, type Config } from "./config.js";

export = () => {
  const { version } = JSON.parse(readFileSync(join(__dirname, "package.json"), "utf8")) as { version: string };
  const config = loadConfig(version);
  const place = config.engine === "embedded" ? onThisMachine(config) : onAws(config);
  if (config.files !== undefined) storeFiles(config, config.files, place.keyArn);
  const { connection, executor } = place;
  // Work on the database comes last: where it stops, its backups and alarms stand already.
  const opts = { dependsOn: place.before };
  const access = new DatabaseAccess("access", { connection, executor, execution: config.execution }, opts);
  const migrations = new SchemaMigrations("migrations", {
    connection: access.connections.migrator,
    release: config.release,
    directory: config.directory,
    environment: config.environment,
    schema: config.schema,
    approvals: config.approvals,
    soakSeconds: config.soakSeconds,
    copyLimitBytes: config.copyLimitBytes,
    runOnEveryDeploy: config.runOnEveryDeploy,
    execution: config.execution,
  });
  // `instance` is what the command line reads; the rest is for people and for services of other stacks.
  return Promise.resolve({
    instance: migrations.instance,
    connections: access.connections,
    requiredSchemaVersion: migrations.requiredSchemaVersion,
    ran: migrations.ran,
    held: migrations.held,
  });
};

function onThisMachine({ port }: Config) {
  const database = new LocalDatabase("database", { port });
  return { connection: database.connection, executor: "provider", before: [], keyArn: undefined };
}

/** A key, a network, the database in it; its backups in several places, and people who are told when something is wrong. */
function onAws(config: Config) {
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
  const backups = backUp(config, guards, { keyArn, network, database });
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

/** A store of Vercel is beside every engine; a bucket is encrypted with the stack's key. */
function storeFiles({ protection, breakGlass }: Config, files: NonNullable<Config["files"]>, keyArn: Key): void {
  new FileStorage("files", { ...files, protection, breakGlass, ...(files.kind === "s3" && { keyArn }) });
}

type Key = pulumi.Output<string> | undefined;

interface BackedUp {
  readonly keyArn: pulumi.Output<string>;
  readonly network: DatabaseNetwork;
  readonly database: PersistentDatabase;
}

function backUp({ backups, engine }: Config, guards: GuardArgs, { keyArn, network, database }: BackedUp): BackupPlan {
  const { copyRegion, copyVaultArn, restoreTests = true, locked = false, ...schedule } = backups;
  const copy = copyRegion === undefined ? undefined : { region: copyRegion, keyArn: keyIn(copyRegion, guards) };
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
function keyIn(region: string, guards: GuardArgs): pulumi.Output<string> {
  const provider = new Provider("copy-region", { region: region as Region });
  return new EncryptionKey("copy-key", guards, { provider }).arn;
}
