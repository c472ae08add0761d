import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { LocalDatabase, SchemaMigrations } from "../../components/index.js";
import { readMigrationsFolder } from "../../components/migrations-folder.js";
import { ensureBuilt } from "../support/build.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { inFolder } from "../support/in-folder.js";
import { createStackHarness, type StackHarness, type TestStack } from "../support/pulumi.js";

const FIRST = "-- migrate:up\nCREATE TABLE notes (id bigint PRIMARY KEY);\n-- migrate:down\nDROP TABLE notes;\n";
const CONTRACT = "-- migrate:up\n-- @phase contract\n-- @closes 20240131120000\nDROP TABLE notes;\n-- migrate:down\n";
const FILES = { "20240131120000_create_notes.sql": FIRST, "20240201120000_drop_notes.sql": CONTRACT };

describe("SchemaMigrations with a folder of another tool", function () {
  this.timeout(300_000);
  let dataRoot: TestDataRoot;
  let harness: StackHarness;
  let stack: TestStack;

  before(async () => {
    await ensureBuilt();
    dataRoot = await createDataRoot();
    const files = Object.fromEntries(Object.entries(FILES).map(([name, text]) => [`db/${name}`, text]));
    harness = await createStackHarness({ env: { HOLDFAST_HOME: dataRoot.path }, files });
    stack = await harness.createStack({ project: "shop", program: program("dbmate") });
  });
  after(async () => {
    harness.remove();
    await dataRoot.remove();
  });

  it("previews and runs its files, and knows the version that services need", async () => {
    await inFolder(harness.home.workDirectory, async () => {
      const preview = await stack.preview({ program: program("dbmate") });
      const said = preview.diagnostics.map(({ message }) => message).join("\n");
      assert.match(said, /migrations? will run[^]*20240131120000_create_notes\.sql/);
      const { outputs } = await stack.up({ program: program("dbmate") });
      assert.equal(outputs["required"], "20240131120000");
      assert.deepEqual((outputs["ran"] as string[])[0], "20240131120000_create_notes.sql");
      const again = await stack.preview({ program: program("dbmate") });
      assert.deepEqual(
        again.steps.filter(({ op }) => op !== "same").map(({ op }) => op),
        [],
      );
    });
  });

  it("refuses a format that nobody has, in the preview", async () => {
    const report = await stack.preview({ program: program("rails"), mayFail: true });
    assert.match(report.errors.join("\n"), /format is "rails"; allowed: holdfast, dbmate, flyway/);
  });
});

describe("the digest of a folder of another tool", () => {
  let folder: string;
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "holdfast-folder-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("changes with a file in a subfolder, and with the way down, not with line ends", () => {
    write({ "20240131120000_init/migration.sql": "CREATE TABLE a (id int);\n" });
    const first = readMigrationsFolder(folder, "prisma");
    assert.equal(first.requiredSchemaVersion, "20240131120000");
    write({ "20240131120000_init/migration.sql": "CREATE TABLE a (id int);\r\n" });
    assert.equal(readMigrationsFolder(folder, "prisma").digest, first.digest);
    write({ "20240131120000_init/down.sql": "DROP TABLE a;\n" });
    assert.notEqual(readMigrationsFolder(folder, "prisma").digest, first.digest);
  });
});

function program(format: string): pulumi.automation.PulumiFn {
  return () => {
    const { connection } = new LocalDatabase("main");
    const migrations = new SchemaMigrations("main", { connection, directory: "db", format, release: "1.0.0" });
    return Promise.resolve({ required: migrations.requiredSchemaVersion, ran: migrations.ran });
  };
}
