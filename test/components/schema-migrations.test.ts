import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  LocalDatabase,
  SchemaMigrations,
  type MigratedInstance,
  type SchemaMigrationsArgs,
} from "../../components/index.js";
import { findLocalInstance, type LocalInstance } from "../../engine/adapters/local/instance-file.js";
import { stopLocalInstance } from "../../engine/adapters/local/instances.js";
import { checksumOf } from "../../engine/core/normalise-text.js";
import { ensureBuilt } from "../support/build.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { inFolder } from "../support/in-folder.js";
import {
  createStackHarness,
  type RunOptions,
  type RunReport,
  type StackHarness,
  type TestStack,
} from "../support/pulumi.js";

const CREATE = "CREATE TABLE notes (id bigint PRIMARY KEY, body text);\n-- @rollback\nDROP TABLE notes;\n";
const ADD = "ALTER TABLE notes ADD COLUMN title text;\n";
const DROP = "-- @phase contract\n-- @closes 0002\nALTER TABLE notes DROP COLUMN body;\n";

describe("SchemaMigrations on the real engine", function () {
  this.timeout(300_000);
  let dataRoot: TestDataRoot;
  let harness: StackHarness;
  let stack: TestStack;
  let folder: string;

  before(async () => {
    await ensureBuilt();
    dataRoot = await createDataRoot();
    harness = await createStackHarness({
      env: { HOLDFAST_HOME: dataRoot.path },
      files: { "sql/0001_create_notes.sql": CREATE },
    });
    folder = join(harness.home.workDirectory, "sql");
    stack = await harness.createStack({ project: "shop", program: program() });
  });
  after(async () => {
    harness.remove();
    await dataRoot.remove();
  });

  const run = (operation: "preview" | "up", args: Partial<SchemaMigrationsArgs> = {}, options: RunOptions = {}) =>
    inFolder(harness.home.workDirectory, () => stack[operation]({ program: program(args), ...options }));
  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  const instance = async (): Promise<LocalInstance> =>
    (await findLocalInstance({ project: "shop", name: "dev", root: dataRoot.path }))!;

  it("knows before the first deploy what will run", async () => {
    const preview = await run("preview");
    assert.match(said(preview), /1 migration will run[^]*0001_create_notes\.sql {2}expand, in one transaction/);
    assert.equal(await instance(), undefined);
  });

  it("stops a first deploy with a broken file, preview and up alike, in one message and before anything runs", async () => {
    await write("0002_add_notes_title.sql", "ALTER TABLE notes ADD COLUM title text;\n");
    for (const operation of ["preview", "up"] as const) {
      const report = await run(operation, {}, { mayFail: true });
      assert.equal(report.succeeded, false);
      const told = report.errors.filter((message) => message.includes("0002_add_notes_title.sql"));
      assert.equal(told.length, 1, report.errors.join("\n---\n"));
      assert.match(told[0]!, /sql\/0002_add_notes_title\.sql:1:\d+: syntax error/);
      assert.doesNotMatch(told[0]!, /\n\s+at /);
    }
    await rm(join(folder, "0002_add_notes_title.sql"));
    assert.deepEqual(await tables(await instance()), []);
  });

  it("brings the database to the release and tells what it did", async () => {
    const { outputs } = await run("up");
    const made = await instance();
    assert.deepEqual(await tables(made), ["notes"]);
    const told = outputs["instance"] as MigratedInstance;
    assert.equal(told.schemaVersion, "0001");
    assert.equal(told.release, "1.0.0");
    assert.deepEqual(told.appliedMigrations, [{ version: "0001", checksum: checksumOf(CREATE), state: "applied" }]);
    assert.equal(told.connection.resourceId, made.resourceId);
    assert.equal(told.backupsAt, "shop/backups/dev/database");
    assert.deepEqual(outputs["ran"], ["0001_create_notes.sql"]);
  });

  it("does nothing on a second deploy, however the folder is checked out", async () => {
    await write("0001_create_notes.sql", `\uFEFF${CREATE.replaceAll("\n", "\r\n")}`);
    assert.deepEqual((await run("up")).changes, []);
    await write("0001_create_notes.sql", CREATE);
  });

  it("keeps passwords and paths of this machine out of inputs, state and event log", async () => {
    const report = await run("up", { release: "1.0.1" });
    const password = await readFile((await instance()).passwordFile, "utf8");
    const seen = `${JSON.stringify(await stack.state())}${JSON.stringify(report.events)}${report.stdout}${report.stderr}`;
    assert.ok(seen.includes("HOLDFAST_REQUEST"));
    assert.ok(!seen.includes(password));
    const inputs = report.steps.map(({ newInputs }) => JSON.stringify(newInputs)).join();
    assert.ok(!inputs.includes(dataRoot.path) && !inputs.includes(harness.home.workDirectory));
  });

  it("updates in place, never replaces: the preview names the new file only", async () => {
    await write("0002_add_notes_title.sql", ADD);
    const preview = await run("preview", { release: "1.1.0" });
    assert.match(said(preview), /1 migration will run:\s+0002_add_notes_title\.sql/);
    const { changes, outputs } = await run("up", { release: "1.1.0" });
    const kinds = changes.filter(({ type }) => type !== "pulumi:pulumi:Stack").map(({ op }) => op);
    assert.deepEqual([...new Set(kinds)], ["update"]);
    assert.deepEqual(outputs["ran"], ["0002_add_notes_title.sql"]);
  });

  it("holds a contract until a later release and an approval, and says so in preview and outputs", async () => {
    await write("0003_drop_notes_body.sql", DROP);
    const preview = await run("preview", { release: "1.2.0" });
    assert.match(said(preview), /1 migration held:\s+0003_drop_notes_body\.sql {2}.*not approved/);
    const { outputs } = await run("up", { release: "1.2.0" });
    assert.deepEqual(
      (outputs["held"] as { version: string }[]).map(({ version }) => version),
      ["0003"],
    );
    assert.deepEqual(await columns(await instance()), ["id", "body", "title"]);
    const approvals = [{ version: "0003", checksum: checksumOf(DROP), by: "ada" }];
    const approved = await run("up", { release: "1.2.1", approvals });
    assert.deepEqual(approved.outputs["ran"], ["0003_drop_notes_body.sql"]);
    assert.ok(!(await columns(await instance())).includes("body"));
  });

  it("fails preview and up with every fault of the folder in one message, and touches nothing", async () => {
    await write("0001_create_notes.sql", CREATE.replace("body", "text"));
    await write("0004_drop_notes.sql", "DROP TABLE notes;\n");
    await write("not a migration.sql", "SELECT 1;\n");
    const before = await columns(await instance());
    for (const operation of ["preview", "up"] as const) {
      const report = await run(operation, { release: "1.3.0" }, { mayFail: true });
      assert.equal(report.succeeded, false);
      assert.equal(report.errors.filter((message) => message.includes("not a migration.sql")).length, 1);
    }
    await rm(join(folder, "not a migration.sql"));
    const report = await run("preview", { release: "1.3.0" }, { mayFail: true });
    const [told, ...others] = report.errors.filter((message) => message.includes("0004_drop_notes.sql"));
    assert.match(told!, /0001_create_notes\.sql was changed after it was applied/);
    assert.match(told!, /0004_drop_notes\.sql:1:1: the statement drops table notes/);
    assert.deepEqual(others, []);
    await rm(join(folder, "0004_drop_notes.sql"));
    await write("0001_create_notes.sql", CREATE);
    assert.deepEqual(await columns(await instance()), before);
  });

  it("tells which statement failed on the database and what stays applied, and goes on once it is mended", async () => {
    await write("0004_create_tags.sql", "CREATE TABLE tags (id bigint PRIMARY KEY);\n");
    await write("0005_fill_tags.sql", "INSERT INTO tags VALUES (1);\nINSERT INTO tags VALUES (1);\n");
    const failed = await run("up", { release: "1.3.0" }, { mayFail: true });
    assert.equal(failed.succeeded, false);
    const told = failed.errors.join("\n");
    assert.match(told, /sql\/0005_fill_tags\.sql:2:1.*tags_pkey/);
    assert.match(told, /23505/);
    assert.match(told, /0004_create_tags\.sql/);
    assert.doesNotMatch(told, /\n\s+at \S+ \(/);
    await write("0005_fill_tags.sql", "INSERT INTO tags VALUES (1);\n");
    const { outputs } = await run("up", { release: "1.3.0" });
    assert.deepEqual(outputs["ran"], ["0005_fill_tags.sql"]);
  });

  it("notices that the whole folder is gone", async () => {
    const report = await run("preview", { release: "1.3.0", directory: "elsewhere" }, { mayFail: true });
    assert.match(report.errors.join("\n"), /migrations folder elsewhere does not exist/);
  });

  it("starts a stopped server by itself", async () => {
    await stopLocalInstance(await instance());
    const { outputs } = await run("up", { release: "1.4.0" });
    assert.equal((outputs["instance"] as MigratedInstance).release, "1.4.0");
  });

  it("runs at every commit where that is asked for", async () => {
    const preview = await run("preview", { directory: "migrations", runOnEveryDeploy: true }, { mayFail: true });
    const request = preview.steps.find(({ name }) => name === "main-run")!.newInputs["environment"];
    assert.match(JSON.stringify(request), /\\"commit\\":\\"[0-9a-f]{40}/);
  });

  it("leaves the schema as it is when the stack is destroyed", async () => {
    await stack.destroy();
    assert.deepEqual(await tables(await instance()), ["notes", "tags"]);
  });
});

function program(args: Partial<SchemaMigrationsArgs> = {}): pulumi.automation.PulumiFn {
  return () => {
    const database = new LocalDatabase("main");
    const migrations = new SchemaMigrations("main", {
      connection: database.connection,
      directory: "sql",
      release: "1.0.0",
      ...args,
    });
    const { instance, ran, held, requiredSchemaVersion } = migrations;
    return Promise.resolve({ instance, ran, held, required: requiredSchemaVersion });
  };
}

function said({ diagnostics }: RunReport): string {
  return diagnostics.map(({ message }) => message).join("\n");
}

async function tables(instance: LocalInstance): Promise<string[]> {
  const own = ["schema_migrations", "system_versions", "settings"];
  const rows = await query(instance, "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
  return rows.filter((name) => !own.includes(name));
}

async function columns(instance: LocalInstance): Promise<string[]> {
  const sql = `SELECT attname AS name FROM pg_attribute
               WHERE attrelid = 'notes'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`;
  return query(instance, sql);
}

async function query(instance: LocalInstance, sql: string): Promise<string[]> {
  const client = await connectLocal(instance);
  try {
    return (await client.query<{ name: string }>(sql)).rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
}
