import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { LocalDatabase, SchemaMigrations } from "../../components/index.js";
import { readConfig } from "../../config.js";
import { findLocalInstance } from "../../engine/adapters/local/instance-file.js";
import { checksumOf } from "../../engine/core/normalise-text.js";
import { ensureBuilt } from "../support/build.js";
import { runCli, type CliRun } from "../support/cli.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { inFolder } from "../support/in-folder.js";
import {
  createStackHarness,
  type RunOptions,
  type RunReport,
  type StackHarness,
  type TestStack,
} from "../support/pulumi.js";

const CREATE = "CREATE TABLE orders (id bigint PRIMARY KEY, note text);\n";
const EXPAND = `ALTER TABLE orders ADD COLUMN remark text;

-- @rollback
ALTER TABLE orders DROP COLUMN remark;
`;
const UNSAFE_INDEX = "CREATE INDEX orders_remark ON orders (remark);\n";
const SAFE_INDEX = "CREATE INDEX CONCURRENTLY orders_remark ON orders (remark);\n";
const FILL = `-- @phase backfill
-- @batch table=orders key=id
UPDATE orders SET remark = note WHERE remark IS NULL AND note IS NOT NULL AND id BETWEEN :from AND :to;

-- @verify
SELECT NOT EXISTS (SELECT FROM orders WHERE note IS NOT NULL AND remark IS NULL);
`;
const CONTRACT = `-- @phase contract
-- @closes 0002
ALTER TABLE orders DROP COLUMN note;
`;
const OTHER = "CREATE TABLE teams (id bigint PRIMARY KEY);\n";
const LATER = "CREATE TABLE badges (id bigint PRIMARY KEY);\n";

describe("the story of a contract, on the real engine", function () {
  this.timeout(300_000);
  let dataRoot: TestDataRoot;
  let harness: StackHarness;
  let stack: TestStack;
  let release = "1.0.0";

  before(async () => {
    await ensureBuilt();
    dataRoot = await createDataRoot();
    harness = await createStackHarness({
      env: { HOLDFAST_HOME: dataRoot.path },
      files: { "sql/0001_create_orders.sql": CREATE },
    });
    stack = await harness.createStack({ project: "contracts", program });
  });
  after(async () => {
    harness.remove();
    await dataRoot.remove();
  });

  /** Reads the stack's settings as this project's own program does. */
  const program = (): Promise<Record<string, unknown>> => {
    const { approvals } = readConfig(pulumi.runtime.allConfig(), { environment: pulumi.getStack(), release });
    const { connection } = new LocalDatabase("database");
    const migrations = new SchemaMigrations("migrations", { connection, directory: "sql", release, approvals });
    return Promise.resolve({ ran: migrations.ran, held: migrations.held, applied: migrations.appliedMigrations });
  };
  const run = (operation: "preview" | "up", options: RunOptions = {}): Promise<RunReport> =>
    inFolder(harness.home.workDirectory, () => stack[operation](options));
  const write = (name: string, text: string) => writeFile(join(harness.home.workDirectory, "sql", name), text);
  const remove = (name: string) => rm(join(harness.home.workDirectory, "sql", name));
  /** What preview and `up` both stop with. */
  const refusal = async (): Promise<string> => {
    const told: string[] = [];
    for (const operation of ["preview", "up"] as const) {
      const report = await run(operation, { mayFail: true });
      assert.equal(report.succeeded, false, operation);
      told.push(report.errors.join("\n"));
    }
    return told.join("\n");
  };
  const query = async (sql: string): Promise<unknown[]> => {
    const instance = await findLocalInstance({ project: "contracts", name: "dev", root: dataRoot.path });
    const client = await connectLocal(instance!);
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const holdfast = (...args: string[]): Promise<CliRun> =>
    runCli(args, { cwd: harness.home.workDirectory, env: { HOLDFAST_HOME: dataRoot.path } });
  /** As a reviewer does it, into Pulumi.dev.yaml. */
  const approve = async (checksum: string, expires: Date): Promise<void> => {
    const values = { version: "0005", checksum, by: "ada@example.org", expires: expires.toISOString() };
    for (const [key, value] of Object.entries(values)) {
      await stack.stack.setConfig(`holdfast:approvals[0].${key}`, { value }, true);
    }
  };
  const states = ({ outputs }: RunReport): string[] =>
    (outputs["applied"] as { version: string; state: string }[]).map(({ version, state }) => `${version} ${state}`);
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);

  it("starts with a release and its data", async () => {
    assert.deepEqual((await run("up")).outputs["ran"], ["0001_create_orders.sql"]);
    await query("INSERT INTO orders VALUES (1, 'fragile')");
  });

  it("an unsafe pull request fails the preview, with the fix in the user's own names", async () => {
    release = "1.1.0";
    await write("0002_add_orders_remark.sql", EXPAND);
    await write("0003_index_orders_remark.sql", UNSAFE_INDEX);
    await write("0004_fill_orders_remark.sql", FILL);
    const told = await refusal();
    assert.match(told, /sql\/0003_index_orders_remark\.sql:1:1: /);
    assert.match(told, /CREATE INDEX CONCURRENTLY orders_remark ON orders/);
    assert.deepEqual(await query("SELECT version FROM schema_migrations"), [{ version: "0001" }]);
  });

  it("fixed, it passes, and is deployed", async () => {
    await write("0003_index_orders_remark.sql", SAFE_INDEX);
    await run("preview");
    assert.equal(((await run("up")).outputs["ran"] as string[]).length, 3);
    assert.deepEqual(await query("SELECT * FROM orders"), [{ id: "1", note: "fragile", remark: "fragile" }]);
  });

  it("a contract in the release of its expand is too early: refused where it is approved, held where it is not", async () => {
    await write("0005_drop_orders_note.sql", CONTRACT);
    await approve(checksumOf(CONTRACT), inDays(14));
    assert.match(await refusal(), /0005_drop_orders_note\.sql was approved too early: .* came with release 1\.1\.0/);
    await stack.stack.removeConfig("holdfast:approvals");
  });

  it("later, without an approval, it is held and reported; the rest runs, and the deploy succeeds", async () => {
    release = "1.2.0";
    await write("0006_create_teams.sql", OTHER);
    const { outputs } = await run("up");
    assert.deepEqual(outputs["held"], [{ version: "0005", reason: "it is not approved" }]);
    assert.deepEqual(outputs["ran"], ["0006_create_teams.sql"]);
    assert.deepEqual(await query("SELECT note FROM orders"), [{ note: "fragile" }]);
  });

  it("--include-held insists, and is refused", async () => {
    const insisted = await holdfast("migrate", "dev", "--dir", "sql", "--release", "1.2.0", "--include-held");
    assert.equal(insisted.exitCode, 3, insisted.stdout);
    assert.match(insisted.stderr, /0005_drop_orders_note\.sql is held .* \[approval_missing\]/);
  });

  it("a file that changed after it was approved voids the approval", async () => {
    await approve(checksumOf(CONTRACT), inDays(14));
    await write("0005_drop_orders_note.sql", CONTRACT.replace("note", "remark"));
    assert.match(await refusal(), /was approved by ada@example\.org with another checksum: the file has changed since/);
    await write("0005_drop_orders_note.sql", CONTRACT);
  });

  it("an approval that has run out is refused", async () => {
    await approve(checksumOf(CONTRACT), inDays(-1));
    assert.match(await refusal(), /but the approval expired at /);
  });

  it("approved and due, it retires, behind later files that ran before it: never late-merged", async () => {
    await approve(checksumOf(CONTRACT), inDays(14));
    const { outputs, changes } = await run("up");
    assert.deepEqual(outputs["ran"], ["0005_drop_orders_note.sql"]);
    assert.ok(!changes.some(({ op }) => /replace|delete/.test(op)));
    await assert.rejects(query("SELECT note FROM orders"), /column "note" does not exist/);
  });

  it("undone, the old release works again; the spent approval does not bring the contract back", async () => {
    const undone = await holdfast("undo", "dev", "0005", "--dir", "sql");
    assert.equal(undone.exitCode, 0, undone.stderr);
    for (const name of ["0005_drop_orders_note.sql", "0006_create_teams.sql"]) await remove(name);
    release = "1.1.0";
    assert.deepEqual((await run("up")).outputs["ran"], []);
    assert.deepEqual(await query("SELECT id, note FROM orders"), [{ id: "1", note: "fragile" }]);
    await write("0005_drop_orders_note.sql", CONTRACT);
    await write("0006_create_teams.sql", OTHER);
    release = "1.2.1";
    const [held] = (await run("up")).outputs["held"] as { reason: string }[];
    assert.match(held?.reason ?? "", /undone and needs a new approval/);
  });

  it("approved anew it retires, and a later release purges it, whatever else that brings", async () => {
    await approve(checksumOf(CONTRACT), inDays(15));
    assert.equal(states(await run("up")).at(4), "0005 retired");
    release = "1.3.0";
    await write("0007_create_badges.sql", LATER);
    assert.deepEqual(
      states(await run("up")),
      ["1", "2", "3", "4", "5", "6", "7"].map((at) => `000${at} applied`),
    );
    const left =
      "SELECT attname AS name FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attnum > 0 AND NOT attisdropped";
    assert.deepEqual(await query(left), [{ name: "id" }, { name: "remark" }]);
    assert.deepEqual((await run("up")).changes, []);
  });
});
