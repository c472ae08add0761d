import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import {
  CreateDBInstanceCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
  type Tag,
} from "@aws-sdk/client-rds";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SchemaMigrations, type DatabaseConnection, type SchemaMigrationsArgs } from "../../components/index.js";
import { checksumOf } from "../../engine/core/normalise-text.js";
import { ensureBuilt } from "../support/build.js";
import { makeCertificate, type TestCertificate } from "../support/certificate.js";
import { runCli, type CliRun } from "../support/cli.js";
import { copyDatabase } from "../support/copy-database.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { OWNER_ROLE } from "../support/engine.js";
import { startFaultyAws, type FaultyAws } from "../support/faulty-aws.js";
import { inFolder } from "../support/in-folder.js";
import { MOTO_REGION, startMoto, type Moto } from "../support/moto.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";
import { createStackHarness, type RunOptions, type StackHarness, type TestStack } from "../support/pulumi.js";
import { startRdsFront, type RdsFront } from "../support/rds-front.js";

const CREATE = "CREATE TABLE notes (id bigint PRIMARY KEY, body text);\n";
const DROP = "-- @phase contract\n-- @closes 0002\nALTER TABLE notes DROP COLUMN body;\n";

describe("a stack with a database on AWS", function () {
  this.timeout(240_000);
  let database: TestDatabase;
  let certificate: TestCertificate;
  let front: RdsFront;
  let moto: Moto;
  let aws: FaultyAws;
  /** Stands for the endpoint of whatever is restored. */
  let besideFront: RdsFront;
  let beside: TestDatabase | undefined;
  let dataRoot: TestDataRoot;
  let harness: StackHarness;
  let stack: TestStack;
  let rds: RDSClient;
  let connection: DatabaseConnection;

  before(async () => {
    await ensureBuilt();
    certificate = makeCertificate();
    [database, moto, dataRoot] = await Promise.all([
      createDatabase({ ownerRole: OWNER_ROLE }),
      startMoto(),
      createDataRoot({ withBinaries: false }),
    ]);
    front = await startRdsFront(database, { certificate });
    besideFront = await startRdsFront(database, {
      certificate,
      databaseOf: async () => (beside ??= await copyDatabase(database)).name,
    });
    aws = await startFaultyAws(moto.url);
    aws.rewrite("DescribeDBInstances", atBesideFront);
    harness = await createStackHarness({
      env: {
        ...moto.env,
        AWS_ENDPOINT_URL: aws.url,
        PGSSLROOTCERT: certificate.certificate,
        HOLDFAST_HOME: dataRoot.path,
      },
      files: { "sql/0001_create_notes.sql": CREATE, "holdfast.json": '{"directory": "sql", "instances": {}}' },
    });
    rds = new RDSClient({ region: MOTO_REGION, endpoint: moto.url, credentials: CREDENTIALS });
    connection = await makeInstance("shop-prod-database", database.name);
    stack = await harness.createStack({ project: "shop", stack: "prod", program: program(), config: CONFIG });
  });
  after(async () => {
    harness.remove();
    rds.destroy();
    await Promise.all([front.stop(), besideFront.stop(), aws.stop(), beside?.drop()]);
    await moto.stop();
    await database.drop();
    await dataRoot.remove();
    certificate.remove();
  });

  const program = (args: Partial<SchemaMigrationsArgs> = {}): pulumi.automation.PulumiFn => {
    return () => {
      const made = new Database("database", connection);
      const given = { connection: made.connection, directory: "sql", release: "1.0.0", execution: "direct", ...args };
      const { instance, ran } = new SchemaMigrations("main", given);
      return Promise.resolve({ instance, ran });
    };
  };
  const run = (operation: "preview" | "up", args: Partial<SchemaMigrationsArgs> = {}, options: RunOptions = {}) =>
    inFolder(harness.home.workDirectory, () => stack[operation]({ program: program(args), ...options }));
  const write = (name: string, text: string) => writeFile(join(harness.home.workDirectory, "sql", name), text);
  const holdfast = (args: readonly string[], env: Record<string, string> = {}): Promise<CliRun> => {
    const path = `${dirname(harness.cli)}:${process.env["PATH"] ?? ""}`;
    return runCli(args, { cwd: harness.home.workDirectory, env: { ...harness.env, PATH: path, ...env } });
  };
  /** AWS gives a restored database an endpoint of its own, which nobody here answers at. */
  const atBesideFront = (answer: string): string =>
    answer.replaceAll(
      /<Address>shop-prod-database-[^<]*<\/Address>(.*?)<Port>\d+</gs,
      `<Address>${besideFront.host}</Address>$1<Port>${besideFront.port}<`,
    );
  const restoredAnew = async (): Promise<void> => {
    await beside?.drop();
    beside = undefined;
  };
  const snapshots = async (): Promise<string[]> => {
    const { DBSnapshots = [] } = await rds.send(new DescribeDBSnapshotsCommand({ SnapshotType: "manual" }));
    return DBSnapshots.map(({ DBSnapshotIdentifier = "" }) => DBSnapshotIdentifier);
  };
  async function makeInstance(identifier: string, name: string): Promise<DatabaseConnection> {
    const { DBInstance } = await rds.send(
      new CreateDBInstanceCommand({
        ...{ DBInstanceIdentifier: identifier, Engine: "postgres", DBInstanceClass: "db.t4g.micro" },
        ...{ AllocatedStorage: 20, MasterUsername: database.user, MasterUserPassword: "not-for-long" },
      }),
    );
    const secrets = new SecretsManagerClient({ region: MOTO_REGION, endpoint: moto.url, credentials: CREDENTIALS });
    const SecretString = JSON.stringify({ username: database.user, password: database.password });
    const { ARN } = await secrets.send(new CreateSecretCommand({ Name: `rds!${identifier}`, SecretString }));
    secrets.destroy();
    return {
      ...{ kind: "rds", host: front.host, port: front.port, database: name, user: database.user },
      ...{ ownerRole: OWNER_ROLE, project: "shop", instance: "prod", region: MOTO_REGION, identifier },
      ...{ resourceId: DBInstance?.DbiResourceId ?? "", authentication: "secret", secretArn: ARN },
    };
  }

  it("is migrated by up, behind a snapshot; a second up has nothing to do", async () => {
    const { outputs } = await run("up");
    assert.deepEqual(outputs["ran"], ["0001_create_notes.sql"]);
    const taken = await snapshots();
    assert.equal(taken.length, 1);
    assert.match(taken[0]!, /^shop-prod-database-\d{8}t\d{6}z-v0$/);
    assert.deepEqual((await run("up")).changes, []);
    assert.deepEqual((await run("preview")).changes, []);
    assert.deepEqual(await snapshots(), taken);
  });

  it("keeps the password out of the state, the event log and every output", async () => {
    await write("0002_add_notes_title.sql", "ALTER TABLE notes ADD COLUMN title text;\n");
    const report = await run("up", { release: "1.1.0" });
    assert.deepEqual(report.outputs["ran"], ["0002_add_notes_title.sql"]);
    const state = await stack.state();
    const seen = JSON.stringify([state, report.events, report.stdout, report.stderr]);
    assert.ok(seen.includes(connection.secretArn!));
    assert.ok(!seen.includes(database.password));
    const inputs = report.steps.map(({ newInputs }) => JSON.stringify(newInputs)).join();
    for (const own of [dataRoot.path, harness.home.workDirectory]) assert.ok(!inputs.includes(own));
  });

  it("answers to its name in every command that looks", async () => {
    const status = await holdfast(["status", "prod", "--json"]);
    assert.equal(status.exitCode, 0, status.stderr);
    const [{ schemaVersion, release, backup }] = (status.json() as { instances: [Status] }).instances;
    assert.deepEqual([schemaVersion, release, (await snapshots()).includes(backup.id)], ["0002", "1.1.0", true]);
    const query = await holdfast(["sql", "prod", "SELECT current_user AS who", "--json"]);
    assert.deepEqual(query.json(), { rows: [{ who: OWNER_ROLE }] }, query.stderr);
    for (const command of ["check", "info"]) {
      const { exitCode, stderr } = await holdfast([command, "prod"]);
      assert.equal(exitCode, 0, stderr);
    }
    const all = await holdfast(["status"]);
    assert.match(all.stdout, /Not asked[^]*prod/);
  });

  it("is planned, migrated and backed up by the command line, behind snapshots of its own", async () => {
    await write("0003_index_notes_title.sql", "CREATE INDEX CONCURRENTLY notes_title_idx ON notes (title);\n");
    const before = (await snapshots()).length;
    const plan = await holdfast(["plan", "prod", "--release", "1.2.0"]);
    assert.match(plan.stdout, /0003_index_notes_title\.sql/, plan.stderr);
    const migrated = await holdfast(["migrate", "prod", "--release", "1.2.0"]);
    assert.equal(migrated.exitCode, 0, migrated.stderr);
    assert.match(migrated.stderr, /Backed up as shop-prod-database-\d{8}t\d{6}z-v0002/);
    const backup = await holdfast(["backup", "prod", "--json"]);
    assert.equal((backup.json() as { kind: string }).kind, "snapshot", backup.stderr);
    assert.equal((await snapshots()).length, before + 2);
    const listed = await holdfast(["backups", "prod"]);
    assert.match(listed.stdout, /before 0003/);
    assert.ok(
      ![plan, migrated, backup, listed].some(({ stdout, stderr }) => `${stdout}${stderr}`.includes(database.password)),
    );
  });

  it("holds a contract, and refuses an approved one, since no snapshot was proven", async () => {
    await write("0004_drop_notes_body.sql", DROP);
    const held = await run("up", { release: "1.3.0" });
    assert.deepEqual(held.outputs["ran"], ["0003_index_notes_title.sql"].slice(1));
    const approvals = [{ version: "0004", checksum: checksumOf(DROP), by: "ada" }];
    const refused = await run("up", { release: "1.4.0", approvals }, { mayFail: true });
    assert.equal(refused.succeeded, false);
    assert.match(
      refused.errors.join("\n"),
      /0004_drop_notes_body\.sql is a contract, which runs only behind a proven backup: no snapshot of prod was ever proven by a drill; drill it first: holdfast drill prod/,
    );
    await rm(join(harness.home.workDirectory, "sql/0004_drop_notes_body.sql"));
  });

  it("is found also where the first up failed, which leaves a stack without outputs", async () => {
    const staging = await harness.createStack({
      project: "shop",
      stack: "staging",
      program: program(),
      config: CONFIG,
    });
    const failed = await inFolder(harness.home.workDirectory, () =>
      staging.up({ program: program({ execution: "codebuild" }), mayFail: true }),
    );
    assert.match(failed.errors.join("\n"), /No migration was run/);
    assert.deepEqual(await staging.stack.outputs(), {});
    const status = await holdfast(["status", "staging"]);
    assert.equal(status.exitCode, 0, status.stderr);
    assert.match(status.stdout, /staging\s.*0003/);
  });

  it("keeps its outputs where a later up fails", async () => {
    const failed = await run("up", { release: "1.5.0", execution: "codebuild" }, { mayFail: true });
    assert.equal(failed.succeeded, false);
    const { exitCode, stderr } = await holdfast(["sql", "prod", "SELECT 1"]);
    assert.equal(exitCode, 0, stderr);
  });

  it("is restored beside, and the copy answers to its own name, with a marker of its own", async () => {
    await restoredAnew();
    const newest = (await snapshots())
      .filter((id) => id.startsWith("shop-prod-database-20"))
      .sort()
      .at(-1);
    const restored = await holdfast(["restore", "prod", "--as", "prod-saved", "--json"]);
    assert.equal(restored.exitCode, 0, restored.stderr);
    const report = restored.json() as RestoreJson;
    assert.deepEqual([report.instance, report.backup, report.manifest], ["prod-saved", newest, SCHEMA_AS_IT_WAS]);
    assert.deepEqual(report.live, { schema: [], tables: [], isSchemaComparable: true });
    const status = await holdfast(["status", "prod-saved"]);
    assert.match(status.stdout, /prod-saved\s+0003/, status.stderr);
    const marker = "SELECT value FROM settings WHERE key = 'holdfast.environment'";
    const marked = await holdfast(["sql", "prod-saved", marker, "--json"]);
    assert.deepEqual(marked.json(), { rows: [{ value: "prod-saved" }] });
    assert.ok(!`${restored.stdout}${restored.stderr}`.includes(database.password));
    const again = await holdfast(["restore", "prod", "--as", "prod-saved"]);
    assert.equal(again.exitCode, 2);
    assert.match(again.stderr, /already a database shop-prod-database-prod-saved on AWS/);
  });

  it("is taken over by the restored one through the stack's settings: shown first, written where that is asked", async () => {
    const file = join(harness.home.workDirectory, "Pulumi.prod.yaml");
    const before = await readFile(file, "utf8");
    const shown = await holdfast(["switch", "prod", "--to", "prod-saved"]);
    assert.equal(shown.exitCode, 0, shown.stderr);
    assert.match(shown.stdout, /pulumi config set --path 'holdfast:databases\[1\]\.name' prod-saved/);
    assert.match(shown.stdout, /Nothing was changed in AWS/);
    assert.equal(await readFile(file, "utf8"), before);
    const written = await holdfast(["switch", "prod", "--to", "prod-saved", "--yes"]);
    assert.equal(written.exitCode, 0, written.stderr);
    const { config } = parse(await readFile(file, "utf8")) as { config: Record<string, unknown> };
    const identifier = "shop-prod-database-prod-saved";
    assert.deepEqual(config["holdfast:databases"], [
      { name: "main" },
      { name: "prod-saved", identifier, id: connection.resourceId },
    ]);
    const marker = "SELECT value FROM settings WHERE key = 'holdfast.environment'";
    const marked = await holdfast(["sql", "prod-saved", marker, "--json"]);
    assert.deepEqual(marked.json(), { rows: [{ value: "prod" }] });
    const stranger = await holdfast(["switch", "staging", "--to", "prod-saved"]);
    assert.equal(stranger.exitCode, 3);
    assert.match(stranger.stderr, /was not restored from the database of staging/);
    await writeFile(file, before);
  });

  it("is restored to an instant between the two that AWS names", async () => {
    await restoredAnew();
    const restored = await holdfast(["restore", "prod", "--to", "latest", "--as", "prod-latest"]);
    assert.equal(restored.exitCode, 0, restored.stderr);
    assert.match(restored.stdout, /Restored prod as prod-latest, beside it: to its end/);
  });

  it("is restored to the second before a migration began, as the history of the live one has it", async () => {
    await restoredAnew();
    const [{ at } = { at: "" }] = (
      (
        await holdfast([
          "sql",
          "prod",
          "SELECT extract(epoch FROM started_at) AS at FROM schema_migrations WHERE version = '0003'",
          "--json",
        ])
      ).json() as { rows: { at: string }[] }
    ).rows;
    const restored = await holdfast(["restore", "prod", "--before", "0003", "--as", "prod-before-0003", "--json"]);
    assert.equal(restored.exitCode, 0, restored.stderr);
    const { backup, reachedAt } = restored.json() as { backup: string | null; reachedAt: string };
    const wanted = Number(at) * 1000;
    assert.equal(backup, null);
    assert.ok(Date.parse(reachedAt) < wanted && wanted - Date.parse(reachedAt) <= 1001, `${reachedAt} before ${at}`);
  });

  it("runs an approved contract once a drill has proven a snapshot, which status shows", async () => {
    await restoredAnew();
    const drill = await holdfast(["drill", "prod"]);
    assert.equal(drill.exitCode, 0, drill.stderr);
    assert.match(drill.stdout, /prod: shop-prod-database-\S+ is proven/);
    const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand());
    assert.ok(!DBInstances.some(({ DBInstanceIdentifier: id = "" }) => id.includes("-drill-")));
    const status = await holdfast(["status", "prod"]);
    assert.doesNotMatch(status.stdout, /never/);
    await write("0004_drop_notes_body.sql", DROP);
    const approvals = [{ version: "0004", checksum: checksumOf(DROP), by: "ada" }];
    const { outputs } = await run("up", { release: "1.7.0", approvals });
    assert.deepEqual(outputs["ran"], ["0004_drop_notes_body.sql"]);
    const [relied] = await rds
      .send(new DescribeDBSnapshotsCommand({ SnapshotType: "manual" }))
      .then(({ DBSnapshots = [] }) => DBSnapshots.filter(({ TagList = [] }) => TagList.some(isContract)));
    assert.ok(relied, "the snapshot it relied on says so");
  });

  it("migrates a restored database that is adopted in its place by the next up", async () => {
    const restored = await createDatabase({ ownerRole: OWNER_ROLE });
    const former = connection;
    try {
      connection = await makeInstance("shop-prod-database-g2", restored.name);
      const preview = await run("preview", { release: "1.8.0" });
      assert.deepEqual(
        preview.changes.filter(({ type }) => type === "command:local:Command").map(({ op }) => op),
        ["update"],
      );
      const { outputs } = await run("up", { release: "1.8.0" });
      assert.equal((outputs["ran"] as string[]).length, 4);
      assert.ok((await snapshots()).some((id) => id.startsWith("shop-prod-database-g2-")));
    } finally {
      connection = former;
      await restored.drop();
    }
  });

  it("stops where the database is one of a test's simulated cloud", async () => {
    const former = connection;
    connection = { ...former, resourceId: "simulated-db-1" };
    const report = await run("up", { release: "1.9.0" }, { mayFail: true });
    connection = former;
    assert.match(report.errors.join("\n"), /simulated-db-1 never was on AWS/);
  });

  it("says clearly why it cannot be asked: no Pulumi, no such stack, never deployed", async () => {
    const none = await holdfast(["status", "prod"], { PATH: "/nonexistent" });
    assert.equal(none.exitCode, 4);
    assert.match(none.stderr, /stack prod cannot be asked[^]*no pulumi on PATH[^]*stack_unreadable/);
    await writeFile(join(harness.home.workDirectory, "Pulumi.nowhere.yaml"), "");
    const unknown = await holdfast(["status", "nowhere"]);
    assert.equal(unknown.exitCode, 4);
    assert.match(unknown.stderr, /no stack named 'nowhere'/);
    await harness.createStack({ project: "shop", stack: "empty", program: program(), config: CONFIG });
    const empty = await holdfast(["status", "empty"]);
    assert.equal(empty.exitCode, 4);
    assert.match(empty.stderr, /has no database yet[^]*never deployed, or no up/);
    const misspelt = await holdfast(["status", "prot"]);
    assert.equal(misspelt.exitCode, 2);
    assert.match(misspelt.stderr, /Did you mean prod\?/);
  });
});

/** With it the stack has a settings file. */
const CONFIG = { "shop:colour": "blue" };
const CREDENTIALS = { accessKeyId: "testing", secretAccessKey: "testing" };

const SCHEMA_AS_IT_WAS = { tables: null, isSchemaSame: true };

interface RestoreJson {
  readonly instance: string;
  readonly backup: string;
  readonly manifest: object;
  readonly live: object;
}

function isContract({ Key, Value }: Tag): boolean {
  return Key === "holdfast:contracts" && Value === "0004";
}

interface Status {
  readonly schemaVersion: string;
  readonly release: string;
  readonly backup: { readonly id: string };
}

/** Stands for PersistentDatabase, under its type: what it exports stays in the state. */
class Database extends pulumi.ComponentResource {
  readonly connection: pulumi.Output<DatabaseConnection>;

  constructor(name: string, connection: DatabaseConnection) {
    super("holdfast:index:PersistentDatabase", name);
    this.connection = pulumi.output(connection);
    this.registerOutputs({ connection: this.connection });
  }
}
