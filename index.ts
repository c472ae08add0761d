import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LocalDatabase, SchemaMigrations } from "./components/index.js";
import { loadConfig } from "./config.js";

export = () => {
  const { version } = JSON.parse(readFileSync(join(__dirname, "package.json"), "utf8")) as { version: string };
  const config = loadConfig(version);
  const database = new LocalDatabase("database", { port: config.port });
  const migrations = new SchemaMigrations("migrations", {
    connection: database.connection,
    release: config.release,
    directory: config.directory,
    environment: config.environment,
    schema: config.schema,
    approvals: config.approvals,
    soakSeconds: config.soakSeconds,
    copyLimitBytes: config.copyLimitBytes,
    runOnEveryDeploy: config.runOnEveryDeploy,
  });
  // `instance` is what the command line reads; the rest is for people and for services of other stacks.
  return Promise.resolve({
    instance: migrations.instance,
    requiredSchemaVersion: migrations.requiredSchemaVersion,
    ran: migrations.ran,
    held: migrations.held,
  });
};
