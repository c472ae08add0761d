import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CiReport } from "../../cli/ci/ci-report.js";
import { REVIEWED_PLAN_VARIABLE } from "../../cli/reviewed-plan.js";
import { ensureBuilt } from "../support/build.js";
import { runCli } from "../support/cli.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { createStackHarness, type StackHarness } from "../support/pulumi.js";
import { pulumiCommand, type PulumiCommand } from "../support/pulumi-command.js";

const PROGRAM = `const { LocalDatabase, SchemaMigrations } = require("holdfast");
const database = new LocalDatabase("database");
new SchemaMigrations("migrations", { connection: database.connection, directory: "sql", release: "1.0.0" });
`;
const CREATE = "CREATE TABLE notes (id bigint PRIMARY KEY, body text);\n";
const ADD = "ALTER TABLE notes ADD COLUMN title text;\n";
const LATER = "CREATE TABLE tags (id bigint PRIMARY KEY);\n";

describe("a pull request on the real engine", function () {
  this.timeout(300_000);
  let dataRoot: TestDataRoot;
  let harness: StackHarness;
  let pulumi: PulumiCommand;

  const write = (name: string, text: string): Promise<void> =>
    writeFile(join(harness.home.workDirectory, "sql", name), text);
  const ci = async (): Promise<CiReport> => {
    const { stdout } = await pulumi.run(["preview", "--json"]);
    const cwd = harness.home.workDirectory;
    await writeFile(join(cwd, "preview.json"), stdout);
    const run = await runCli(["ci", "--preview", "preview.json", "--json"], {
      cwd,
      env: { HOLDFAST_HOME: dataRoot.path },
    });
    return run.json() as CiReport;
  };
  const up = (reviewed?: string) =>
    pulumi.run(["up", "--yes"], reviewed === undefined ? {} : { [REVIEWED_PLAN_VARIABLE]: reviewed });

  before(async () => {
    await ensureBuilt();
    dataRoot = await createDataRoot();
    const files = { "sql/0001_create_notes.sql": CREATE, "program.cjs": PROGRAM };
    harness = await createStackHarness({ env: { HOLDFAST_HOME: dataRoot.path }, files });
    pulumi = await pulumiCommand(harness);
    const settings = { name: "shop", runtime: "nodejs", main: "program.cjs" };
    await writeFile(join(harness.home.workDirectory, "Pulumi.yaml"), JSON.stringify(settings));
    await pulumi.run(["stack", "select", "--create", "dev"]);
  });
  after(async () => {
    harness.remove();
    await dataRoot.remove();
  });

  it("says before the first deploy that there is nothing to compare with", async () => {
    const { plan, project, stack } = await ci();
    assert.deepEqual([project, stack], ["shop", "dev"]);
    assert.deepEqual(plan?.comparedWith, { kind: "first-deploy" });
    assert.equal(plan.oldRelease.works, "none");
    const done = await up(plan.digest);
    assert.equal(done.exitCode, 0, done.stdout + done.stderr);
  });

  it("shows what the last deploy left open, with the digest that pulumi preview prints", async () => {
    await write("0002_add_notes_title.sql", ADD);
    const { plan } = await ci();
    assert.deepEqual(
      plan?.pending.map(({ name }) => name),
      ["0002_add_notes_title.sql"],
    );
    assert.equal(plan.comparedWith.kind, "deploy");
    assert.ok(!Number.isNaN(Date.parse((plan.comparedWith as { at: string }).at)));
    const { stdout } = await pulumi.run(["preview"]);
    assert.match(stdout, /1 migration will run:\s+0002_add_notes_title\.sql {2}expand, in one transaction/);
    assert.match(stdout, /Old release still works: yes/);
    assert.match(stdout, new RegExp(`Plan digest: ${plan.digest}`));
  });

  it("deploys the reviewed plan and no other; the plan is no change of the stack", async () => {
    const digest = (await ci()).plan?.digest ?? assert.fail("no plan");
    await write("0003_create_tags.sql", LATER);
    const refused = await up(digest);
    assert.notEqual(refused.exitCode, 0);
    assert.match(refused.stdout + refused.stderr, /What would run now is not the plan that was reviewed/);
    const skipped = await pulumi.run(["up", "--yes", "--skip-preview"], { [REVIEWED_PLAN_VARIABLE]: digest });
    assert.notEqual(skipped.exitCode, 0);
    const { plan } = await ci();
    assert.equal(plan?.pending.length, 2, "something ran");
    const done = await up(plan.digest);
    assert.equal(done.exitCode, 0, done.stdout + done.stderr);
    const again = await pulumi.run(["preview", "--expect-no-changes"], { [REVIEWED_PLAN_VARIABLE]: plan.digest });
    assert.equal(again.exitCode, 0, again.stdout + again.stderr);
    const after = await ci();
    assert.deepEqual([after.plan?.pending, after.plan?.comparedWith.kind], [[], "deploy"]);
  });

  it("refuses an empty plan: a step that gave nothing", async () => {
    await write("0004_create_pins.sql", LATER.replace("tags", "pins"));
    const refused = await up("");
    assert.notEqual(refused.exitCode, 0);
    assert.match(refused.stdout + refused.stderr, /The reviewed plan is empty/);
  });
});
