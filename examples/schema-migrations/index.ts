import * as command from "@pulumi/command";
import { LocalDatabase, SchemaMigrations } from "holdfast";

const database = new LocalDatabase("main");

const migrations = new SchemaMigrations("main", {
  connection: database.connection,
  directory: "migrations",
  release: "1.0.0",
});

/**
 * Stands for a service: it is deployed only after the migrations went through, and again when the schema it needs changes.
 * That version is known in a preview, unlike what the database turns out to hold.
 */
const service = new command.local.Command(
  "notes",
  {
    create: 'echo "serving notes on schema $REQUIRED_SCHEMA_VERSION"',
    update: 'echo "serving notes on schema $REQUIRED_SCHEMA_VERSION"',
    environment: { REQUIRED_SCHEMA_VERSION: migrations.requiredSchemaVersion },
  },
  { dependsOn: [migrations] },
);

export const instance = migrations.instance;
export const serving = service.stdout;
