import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { DatabaseAccess } from "./components/database-access.js";
import { LocalDatabase } from "./components/local-database.js";
import { SchemaMigrations } from "./components/schema-migrations.js";
// Pulumi looks from here for the components that it offers to other languages: all are reached by this line, which loads none.
import type {} from "./components/index.js";
import { loadConfig, type Config } from "./config.js";

/** For what only some stacks need: one on this machine starts without anything of AWS. */
const load = createRequire(__filename);

export = async () => {
  const { version } = JSON.parse(readFileSync(join(__dirname, "package.json"), "utf8")) as { version: string };
  const config = loadConfig(version);
  const place = config.engine === "embedded" ? onThisMachine(config) : await inTheCloud(config);
  if (config.files !== undefined) storeFiles(config, config.files, place.keyArn);
  const { connection, executor } = place;
  // Work on the database comes last: where it stops, its backups and alarms stand already.
  const opts = { dependsOn: place.before };
  const access = new DatabaseAccess("access", { connection, executor, execution: config.execution }, opts);
  const migrations = new SchemaMigrations("migrations", {
    connection: access.connections.migrator,
    release: config.release,
    directory: config.directory,
    format: config.format,
    environment: config.environment,
    schema: config.schema,
    promotedFrom: config.promotedFrom,
    approvals: config.approvals,
    soakSeconds: config.soakSeconds,
    copyLimitBytes: config.copyLimitBytes,
    runOnEveryDeploy: config.runOnEveryDeploy,
    execution: config.execution,
  });
  // `instance` is what the command line reads; the rest is for people and for services of other stacks.
  return {
    instance: migrations.instance,
    connections: access.connections,
    requiredSchemaVersion: migrations.requiredSchemaVersion,
    ran: migrations.ran,
    held: migrations.held,
  };
};

function onThisMachine({ port }: Config) {
  const database = new LocalDatabase("database", { port });
  return { connection: database.connection, executor: "provider", before: [], keyArn: undefined };
}

async function inTheCloud(config: Config) {
  const { startProviders } = load("./start-providers.js") as typeof import("./start-providers.js");
  const providers = await startProviders(config);
  const { onAws } = load("./on-aws.js") as typeof import("./on-aws.js");
  return onAws(config, providers);
}

/** A store of Vercel is beside every engine; a bucket is encrypted with the stack's key. */
function storeFiles({ protection, breakGlass }: Config, files: NonNullable<Config["files"]>, keyArn: Key): void {
  const { FileStorage } = load("./components/file-storage.js") as typeof import("./components/file-storage.js");
  new FileStorage("files", { ...files, protection, breakGlass, ...(files.kind === "s3" && { keyArn }) });
}

type Key = pulumi.Output<string> | undefined;
