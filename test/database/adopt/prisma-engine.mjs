/**
 * Applies a folder with Prisma's own schema engine, as `prisma migrate deploy` does: the engine that Prisma's command line downloads as a
 * binary, here as the WebAssembly that npm has. Arguments: the folder, the database's address.
 */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as engineModule from "@prisma/schema-engine-wasm/schema_engine_bg";

const [directory, connectionString] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const wasm = readFileSync(join(require.resolve("@prisma/schema-engine-wasm"), "..", "schema_engine_bg.wasm"));
const { instance } = await WebAssembly.instantiate(wasm, { "./schema_engine_bg.js": engineModule });
engineModule.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start();

const datamodel = 'datasource db {\n  provider = "postgresql"\n}\n';
const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString }));
const engine = await engineModule.SchemaEngine.new(
  { datamodels: [["schema.prisma", datamodel]] },
  () => undefined,
  adapter,
);
const names = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
await engine.applyMigrations({
  filters: { externalTables: [], externalEnums: [] },
  migrationsList: {
    baseDir: directory,
    shadowDbInitScript: "",
    lockfile: {
      path: "migration_lock.toml",
      content: readFileSync(join(directory, "migration_lock.toml"), "utf8"),
    },
    migrationDirectories: names
      .map(({ name }) => name)
      .sort()
      .map((name) => ({
        path: name,
        migrationFile: {
          path: "migration.sql",
          content: { tag: "ok", value: readFileSync(join(directory, name, "migration.sql"), "utf8") },
        },
      })),
  },
});
// The adapter's pool would wait for its idle time.
process.exit(0);
