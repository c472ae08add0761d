import assert from "node:assert/strict";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { LocalDatabase, SchemaMigrations, type SchemaMigrationsArgs } from "../../components/index.js";
import { ensureBuilt } from "../support/build.js";
import { runCli, type CliRun } from "../support/cli.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { inFolder } from "../support/in-folder.js";
import {
  createStackHarness,
  type RunOptions,
  type RunReport,
  type StackHarness,
  type TestStack,
} from "../support/pulumi.js";

const STAGING = "organization/shop/staging";
const CREATE = "CREATE TABLE notes (id bigint PRIMARY KEY, body text);\n";
const ADD = "ALTER TABLE notes ADD COLUMN title text;\n";
const MORE = "ALTER TABLE notes ADD COLUMN mood text;\n";

describe("a stack that takes only what another one has proven", function () {
  this.timeout(300_000);
  let dataRoot: TestDataRoot;
  let harness: StackHarness;
  let staging: TestStack;
  let prod: TestStack;

  before(async () => {
    await ensureBuilt();
    dataRoot = await createDataRoot();
    harness = await createStackHarness({
      env: { HOLDFAST_HOME: dataRoot.path },
      files: { "sql/0001_create_notes.sql": CREATE },
    });
    prod = await harness.createStack({ project: "shop", stack: "prod", program: program() });
  });
  after(async () => {
    harness.remove();
    await dataRoot.remove();
  });

  const program =
    (args: Partial<SchemaMigrationsArgs> = {}): PulumiFn =>
    () => {
      const database = new LocalDatabase("database");
      const migrations = new SchemaMigrations("migrations", {
        connection: database.connection,
        directory: "sql",
        release: "1.0.0",
        ...args,
      });
      return Promise.resolve({ instance: migrations.instance, ran: migrations.ran });
    };
  const promoted = (operation: "preview" | "up", release = "1.0.0", options: RunOptions = {}): Promise<RunReport> =>
    inFolder(harness.home.workDirectory, () =>
      prod[operation]({ program: program({ release, promotedFrom: STAGING }), ...options }),
    );
  const stage = (release = "1.0.0"): Promise<RunReport> =>
    inFolder(harness.home.workDirectory, () => staging.up({ program: program({ release }) }));
  const path = (name: string) => join(harness.home.workDirectory, "sql", name);
  const write = (name: string, text: string) => writeFile(path(name), text);
  /** The one clean message with which preview and `up` stop. */
  const refusal = async (release?: string): Promise<string> => {
    const messages: string[] = [];
    for (const operation of ["preview", "up"] as const) {
      const report = await promoted(operation, release, { mayFail: true });
      assert.equal(report.succeeded, false);
      const told = report.errors.filter((message) => message.includes(STAGING));
      assert.equal(told.length, 1, report.errors.join("\n---\n"));
      assert.doesNotMatch(told[0] ?? "", /\n\s+at /);
      messages.push(told[0] ?? "");
    }
    return messages.join("\n");
  };

  /** A checkout with one more file, whose stack `live` is prod; `pulumi` there tells the outputs of both. */
  const checkout = async (): Promise<(...args: string[]) => Promise<CliRun>> => {
    const root = join(dataRoot.path, "checkout");
    const instanceOf = async ({ stack }: TestStack) => JSON.stringify((await stack.outputs())["instance"]?.value);
    const answers = `*"--stack live"*) cat live.json;; *"--stack ${STAGING}"*) cat staging.json;; *) exit 1;;`;
    const files = {
      "Pulumi.yaml": "name: elsewhere\nruntime: nodejs\n",
      "Pulumi.live.yaml": "config: {}\n",
      "holdfast.json": '{"instances": {"live": {"environment": "prod"}}}',
      "live.json": await instanceOf(prod),
      "staging.json": await instanceOf(staging),
      "bin/pulumi": `#!/bin/sh\ncase "$*" in ${answers} esac\n`,
      "migrations/0003_add_notes_mood.sql": MORE,
    };
    await cp(path(""), join(root, "migrations"), { recursive: true });
    await mkdir(join(root, "bin"));
    for (const [name, text] of Object.entries(files)) await writeFile(join(root, name), text, { mode: 0o755 });
    const env = { HOLDFAST_HOME: dataRoot.path, PATH: `${join(root, "bin")}:${process.env["PATH"] ?? ""}` };
    return (...args) => runCli(args, { cwd: root, env });
  };

  it("refuses what is pending while that stack does not exist, in words that say so", async () => {
    assert.match(
      await refusal(),
      /takes only what .*staging has applied and verified, and 0001_create_notes\.sql cannot be looked up there: unknown stack/,
    );
  });

  it("refuses it while that stack was never deployed", async () => {
    staging = await harness.createStack({ project: "shop", stack: "staging", program: program() });
    assert.match(await refusal(), /0001_create_notes\.sql cannot be looked up there: it has no output "instance"/);
  });

  it("runs what was proven there", async () => {
    await stage();
    const { outputs } = await promoted("up");
    assert.deepEqual(outputs["ran"], ["0001_create_notes.sql"]);
  });

  it("shows no change on a second deploy, nor when the other stack has gone ahead", async () => {
    assert.deepEqual((await promoted("up")).changes, []);
    await write("0002_add_notes_title.sql", ADD);
    await stage("1.1.0");
    await rm(path("0002_add_notes_title.sql"));
    assert.deepEqual((await promoted("up")).changes, []);
  });

  it("refuses a file that is not there, or is there with another text, each by name; the proven ones are not named", async () => {
    await write("0002_add_notes_title.sql", ADD);
    await write("0003_add_notes_mood.sql", MORE);
    const missing = await refusal("1.2.0");
    assert.match(missing, /0003_add_notes_mood\.sql has not been applied there/);
    assert.doesNotMatch(missing, /0002/);
    await rm(path("0003_add_notes_mood.sql"));
    await write("0002_add_notes_title.sql", `-- another comment\n${ADD}`);
    assert.match(await refusal("1.2.0"), /0002_add_notes_title\.sql was applied there with another checksum/);
    await write("0002_add_notes_title.sql", ADD);
    assert.deepEqual((await promoted("up", "1.2.0")).outputs["ran"], ["0002_add_notes_title.sql"]);
  });

  it("is told by status from any checkout, and kept by plan and migrate by hand", async () => {
    const holdfast = await checkout();
    const { stdout, stderr } = await holdfast("status", "live", "--release", "1.3.0");
    const line = /waits +0003_add_notes_mood\.sql: on organization\/shop\/staging it has not been applied$/m;
    assert.match(stdout, line, stderr);
    const { instances } = (await holdfast("status", "live", "--json")).json() as { instances: { waits?: unknown }[] };
    assert.deepEqual(instances[0]?.waits, [
      { file: "0003_add_notes_mood.sql", stack: STAGING, why: "has not been applied there" },
    ]);
    for (const command of ["plan", "migrate"]) {
      const refused = await holdfast(command, "live", "--release", "1.3.0");
      assert.equal(refused.exitCode, 3, refused.stdout);
      assert.match(refused.stderr, /0003_add_notes_mood\.sql has not been applied there[^]*\[not_promoted\]/);
    }
  });

  it("shows no change when the other stack is gone, as long as nothing is pending", async () => {
    await inFolder(harness.home.workDirectory, () => staging.destroy());
    assert.deepEqual((await promoted("up", "1.2.0")).changes, []);
  });

  it("goes without the gate once nobody asks for it", async () => {
    await write("0003_add_notes_mood.sql", MORE);
    const { outputs } = await inFolder(harness.home.workDirectory, () =>
      prod.up({ program: program({ release: "1.3.0" }) }),
    );
    assert.deepEqual(outputs["ran"], ["0003_add_notes_mood.sql"]);
  });

  it("is no stack that proves itself, and no short name", async () => {
    for (const promotedFrom of ["organization/shop/prod", "staging"]) {
      const report = await inFolder(harness.home.workDirectory, () =>
        prod.preview({ program: program({ promotedFrom }), mayFail: true }),
      );
      assert.match(report.errors.join("\n"), new RegExp(`promotedFrom is "${promotedFrom}"`));
    }
  });
});
