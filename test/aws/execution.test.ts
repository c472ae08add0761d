import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { SchemaMigrations, type DatabaseConnection, type SchemaMigrationsArgs } from "../../components/index.js";
import { ensureBuilt } from "../support/build.js";
import { inFolder } from "../support/in-folder.js";
import { createStackHarness, type RunOptions, type StackHarness, type TestStack } from "../support/pulumi.js";

const CONNECTION: DatabaseConnection = {
  ...{ kind: "rds", host: "db.internal.example", port: 5433, database: "app", user: "holdfast_admin" },
  ...{ ownerRole: "app_owner", resourceId: "db-ABCDEFGHIJKL", project: "shop", instance: "prod" },
  ...{ authentication: "secret", region: "eu-central-1", identifier: "shop-prod-database" },
  secretArn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!db-1234",
};

describe("where the migrations of a database on AWS run", function () {
  this.timeout(120_000);
  let harness: StackHarness;
  let stack: TestStack;

  before(async () => {
    await ensureBuilt();
    harness = await createStackHarness({ files: { "sql/0001_create_notes.sql": "CREATE TABLE notes (id int);\n" } });
    stack = await harness.createStack({ project: "shop", stack: "prod", program: program() });
  });
  after(() => harness.remove());

  const run = (operation: "preview" | "up", args: Partial<SchemaMigrationsArgs> = {}, options: RunOptions = {}) =>
    inFolder(harness.home.workDirectory, () => stack[operation]({ program: program(args), mayFail: true, ...options }));

  it("previews whole, plan and all, and says that up will stop", async () => {
    const preview = await run("preview");
    assert.ok(preview.succeeded, preview.errors.join("\n"));
    const said = preview.diagnostics.map(({ message }) => message).join("\n");
    assert.match(said, /1 migration will run[^]*0001_create_notes\.sql/);
    assert.match(said, /execution "codebuild"[^]*db\.internal\.example:5433[^]*execution: "direct"/);
  });

  it("stops in up before anything is run, in one clean message, and leaves what was made before", async () => {
    const up = await run("up");
    assert.equal(up.succeeded, false);
    const told = up.errors.filter((message) => message.includes("codebuild"));
    assert.equal(told.length, 1, up.errors.join("\n---\n"));
    assert.match(told[0]!, /No migration was run/);
    assert.doesNotMatch(told[0]!, /\n\s+at /);
    const resources = await resourcesOf(stack);
    assert.deepEqual(resources.find(({ type }) => type === "test:index:Database")?.outputs, { connection: CONNECTION });
    assert.ok(!resources.some(({ type }) => type === "command:local:Command"));
  });

  it("refuses a tunnel, which is for people, before anything is made", async () => {
    const preview = await run("preview", { execution: "ssm-tunnel" });
    assert.match(preview.errors.join("\n"), /execution is "ssm-tunnel"[^]*tunnel is for people/);
  });
});

interface StateResource {
  readonly type: string;
  readonly outputs?: object;
}

async function resourcesOf(stack: TestStack): Promise<readonly StateResource[]> {
  return ((await stack.state()).deployment as { resources?: StateResource[] }).resources ?? [];
}

/** Stands for PersistentDatabase: what its component exports. */
class Database extends pulumi.ComponentResource {
  readonly connection: pulumi.Output<DatabaseConnection>;

  constructor(name: string) {
    super("test:index:Database", name);
    this.connection = pulumi.output(CONNECTION);
    this.registerOutputs({ connection: this.connection });
  }
}

function program(args: Partial<SchemaMigrationsArgs> = {}): pulumi.automation.PulumiFn {
  return () => {
    const { connection } = new Database("database");
    const { instance } = new SchemaMigrations("main", { connection, directory: "sql", release: "1.0.0", ...args });
    return Promise.resolve({ instance, connection });
  };
}
