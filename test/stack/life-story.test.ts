import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import {
  DatabaseNetwork,
  EncryptionKey,
  PersistentDatabase,
  SchemaMigrations,
  type PersistentDatabaseArgs,
} from "../../components/index.js";
import { ensureBuilt } from "../support/build.js";
import { cloudOf, KNOWN_SECRET_MARK, type CloudResource, type TestCloud } from "../support/cloud.js";
import { inFolder } from "../support/in-folder.js";
import type { TestDatabase } from "../support/postgres.js";
import { createStackHarness, type RunReport, type StackHarness, type TestStack } from "../support/pulumi.js";
import { startServedCloud, type ServedCloud } from "../support/served-database.js";

const IDENTIFIER = "shop-prod-main";
const BESIDE = "shop-prod-main-restored";
const COMPONENT = "PersistentDatabase main";
const INSTANCE = "Instance main-main-instance";

type Wish = Partial<PersistentDatabaseArgs>;

describe("the life of one database, told by its deploys", function () {
  this.timeout(300_000);
  let world: ServedCloud;
  let cloud: TestCloud;
  let stack: TestStack;
  let wish: Wish;
  let first: CloudResource;
  let restored: TestDatabase;
  const seen: RunReport[] = [];

  before(async () => {
    await ensureBuilt();
    world = await startServedCloud(IDENTIFIER, "holdfast_admin", {
      "sql/0001_create_notes.sql": "CREATE TABLE notes (id bigint PRIMARY KEY, body text);\n",
    });
    cloud = world.cloud;
    stack = await world.harness.createStack({ project: "shop", stack: "prod", program: program() });
  });
  after(() => world.stop());

  const program = (): PulumiFn => () => {
    const key = new EncryptionKey("key");
    const network = new DatabaseNetwork("network", { cidrBlock: "10.20.0.0/24", port: world.port });
    const database = new PersistentDatabase("main", {
      keyArn: key.arn,
      subnetGroupName: network.subnetGroupName,
      securityGroupIds: [network.securityGroupId],
      port: world.port,
      databaseName: world.database.name,
      ...wish,
    });
    const { ran, schemaVersion } = new SchemaMigrations("migrations", {
      connection: database.connection,
      directory: "sql",
      release: "1.0.0",
      execution: "direct",
    });
    return Promise.resolve({ host: database.connection.host, ran, schemaVersion });
  };
  const run = async (operation: "preview" | "up" | "refresh"): Promise<RunReport> => {
    const report = await inFolder(world.harness.home.workDirectory, () => stack[operation]());
    seen.push(report);
    return report;
  };
  /** The preview and the deploy of a wish do this and nothing else, and then there is nothing left, also after a refresh. */
  const changes = async (wanted: Wish, expected: readonly string[]): Promise<RunReport> => {
    wish = wanted;
    assert.deepEqual(changed(await run("preview")), expected);
    const report = await run("up");
    assert.deepEqual(changed(report), expected);
    await standsStill();
    return report;
  };
  const standsStill = async (): Promise<void> => {
    assert.deepEqual(changed(await run("preview")), []);
    await run("refresh");
    assert.deepEqual(changed(await run("preview")), []);
  };
  const write = (name: string, text: string): Promise<void> =>
    writeFile(join(world.harness.home.workDirectory, "sql", name), text);
  const rowsOf = async (database: TestDatabase, query: string): Promise<unknown[]> => {
    const client = await database.client();
    try {
      return (await client.query<Record<string, unknown>>(query)).rows;
    } finally {
      await client.end();
    }
  };

  it("is created, and migrated in the same deploy", async () => {
    wish = { allocatedStorage: 100, backupRetentionDays: 14 };
    const { outputs } = await run("up");
    assert.deepEqual(outputs["ran"], ["0001_create_notes.sql"]);
    first = cloud.database(IDENTIFIER);
    await rowsOf(world.database, "INSERT INTO notes VALUES (1, 'the first')");
    await standsStill();
  });

  it("grows by request: storage, class and days of backup, in place", async () => {
    wish = { allocatedStorage: 200, instanceClass: "db.m7g.xlarge", backupRetentionDays: 35 };
    await changes(wish, [`update ${INSTANCE}`, `update ${COMPONENT}`]);
    const { allocatedStorage, instanceClass, backupRetentionPeriod } = cloud.database(IDENTIFIER).attributes;
    assert.deepEqual([allocatedStorage, instanceClass, backupRetentionPeriod], [200, "db.m7g.xlarge", 35]);
  });

  it("is grown by AWS, moved to a newer minor version and failed over to another zone: none of it is a difference", async () => {
    for (const act of [
      () => cloud.growStorage(IDENTIFIER, 300),
      () => cloud.moveMinorVersion(IDENTIFIER, "17.99"),
      () => cloud.failover(IDENTIFIER),
    ]) {
      act();
      await standsStill();
    }
    const { allocatedStorage, engineVersionActual, availabilityZone } = cloud.database(IDENTIFIER).attributes;
    assert.deepEqual([allocatedStorage, engineVersionActual], [300, "17.99"]);
    assert.notEqual(availabilityZone, first.attributes["availabilityZone"]);
  });

  it("keeps what it has grown to: a limit below it is refused in the preview, with the least that works", async () => {
    const before = wish;
    for (const [maxAllocatedStorage, way] of [
      [0, /grown to 300 GiB.*Set allocatedStorage: 300 beside it/],
      [320, /grown to 300 GiB.*Set 330 at least/],
    ] as const) {
      wish = { ...before, maxAllocatedStorage };
      const { errors } = await inFolder(world.harness.home.workDirectory, () => stack.preview({ mayFail: true }));
      assert.match(errors.join("\n"), way);
    }
    wish = before;
    await standsStill();
  });

  it("goes on where storage has reached its limit, and takes a higher one in place", async () => {
    cloud.growStorage(IDENTIFIER, 1000);
    await run("refresh");
    const expected = [`update ${INSTANCE}`, `update ${COMPONENT}`];
    const before = wish;
    wish = { ...before, monitoringInterval: 30 };
    assert.deepEqual(changed(await run("preview")), expected);
    await changes({ ...before, maxAllocatedStorage: 2000 }, expected);
  });

  it("gets another master password from RDS, which the next migration logs in with", async () => {
    const before = cloud.secretValue(IDENTIFIER);
    cloud.rotateSecret(IDENTIFIER);
    assert.notEqual(cloud.secretValue(IDENTIFIER), before);
    await standsStill();
    await write("0002_add_notes_title.sql", "ALTER TABLE notes ADD COLUMN title text;\n");
    const { outputs } = await changes(wish, ["update Command migrations-run"]);
    assert.deepEqual(outputs["ran"], ["0002_add_notes_title.sql"]);
  });

  it("is restored from a point in time beside itself, and adopted while it serves on", async () => {
    const rows = [{ id: "2", body: "after the restore point" }];
    const id = cloud.pointInTimeRestore(IDENTIFIER, BESIDE);
    restored = await world.restoreBeside(BESIDE);
    await rowsOf(world.database, `INSERT INTO notes VALUES (${rows[0]!.id}, '${rows[0]!.body}')`);
    const databases = [{ name: "main" }, { name: "restored", id, identifier: BESIDE }];
    const report = await changes({ ...wish, databases, active: "main" }, [
      "create LogGroup main-restored-log-postgresql",
      "create LogGroup main-restored-log-upgrade",
      "create Marker main-restored-instance-marker",
      "create ParameterGroup main-restored-parameters-17",
      "import Instance main-restored-instance",
      // What a restore leaves as in a new instance: protection, standby, logs, the managed password.
      "update Instance main-restored-instance",
      `update ${COMPONENT}`,
    ]);
    assert.equal(report.outputs["host"], "localhost");
    const adopted = cloud.database(BESIDE);
    assert.deepEqual([adopted.id, adopted.attributes["deletionProtection"]], [id, true]);
  });

  it("hands over to the restored one, which the same deploy migrates; the former is not touched", async () => {
    await write("0003_index_notes_title.sql", "CREATE INDEX CONCURRENTLY notes_title_idx ON notes (title);\n");
    const former = cloud.database(IDENTIFIER);
    const report = await changes({ ...wish, active: "restored" }, [
      "update Command migrations-run",
      `update ${COMPONENT}`,
      "update SchemaMigrations migrations",
    ]);
    assert.deepEqual(report.outputs["ran"], ["0003_index_notes_title.sql"]);
    assert.equal(report.outputs["host"], "127.0.0.1");
    assert.deepEqual(cloud.database(IDENTIFIER), former);
    const versions = "SELECT version FROM schema_migrations ORDER BY version";
    assert.deepEqual(await rowsOf(world.database, versions), [{ version: "0001" }, { version: "0002" }]);
    assert.equal((await rowsOf(restored, versions)).length, 3);
    assert.equal((await rowsOf(world.database, "SELECT FROM notes")).length, 2);
    assert.equal((await rowsOf(restored, "SELECT FROM notes")).length, 1);
  });

  it("goes to the next major version where that is asked for twice, with a parameter group of it; the former stays on its own", async () => {
    const former = cloud.database(IDENTIFIER);
    const { id } = cloud.database(BESIDE);
    const databases = [{ name: "main", engineVersion: "17" }, wish.databases![1]!];
    wish = { ...wish, databases, engineVersion: "18" };
    const refused = await inFolder(world.harness.home.workDirectory, () => stack.preview({ mayFail: true }));
    assert.match(refused.errors.join("\n"), /engineVersion is "17" and cannot become "18" .*majorUpgrade: "18"/s);
    const report = await changes({ ...wish, majorUpgrade: "18" }, [
      "create ParameterGroup main-restored-parameters-18",
      "delete ParameterGroup main-restored-parameters-17",
      "update Instance main-restored-instance",
      `update ${COMPONENT}`,
    ]);
    assert.deepEqual(report.errors, []);
    const { id: present, attributes } = cloud.database(BESIDE);
    assert.equal(present, id);
    assert.match(String(attributes["engineVersionActual"]), /^18\./);
    assert.equal(attributes["parameterGroupName"], "shop-prod-main-restored-postgres18");
    assert.deepEqual(cloud.database(IDENTIFIER), former);
  });

  it("takes the request for the upgrade back without touching the server", async () => {
    const before = cloud.database(BESIDE);
    await changes({ ...wish, majorUpgrade: undefined }, [
      "update Instance main-restored-instance",
      `update ${COMPONENT}`,
    ]);
    assert.deepEqual(cloud.database(BESIDE), before);
  });

  it("was never replaced, deleted or forgotten, and no run told its password", async () => {
    const calls = cloud.changes().filter(({ act, type }) => act === "delete" && /Instance$|Key$/.test(type));
    assert.deepEqual(calls, []);
    assert.equal(cloud.database(IDENTIFIER).id, first.id);
    const told = JSON.stringify([
      seen.map(({ events, outputs, stdout }) => [events, outputs, stdout]),
      await stack.state(),
    ]);
    assert.ok(!told.includes(KNOWN_SECRET_MARK));
  });
});

describe("the life of an Aurora cluster, told by its deploys", function () {
  this.timeout(300_000);
  let harness: StackHarness;
  let cloud: TestCloud;
  let stack: TestStack;
  let wish: Wish = {};

  before(async () => {
    harness = await createStackHarness({ cloud: true });
    cloud = cloudOf(harness);
    stack = await harness.createStack({ project: "shop", stack: "prod", program });
  });
  after(() => harness.remove());

  const program: PulumiFn = () => {
    const { arn: keyArn } = new EncryptionKey("key");
    const { subnetGroupName, securityGroupId } = new DatabaseNetwork("network", { cidrBlock: "10.20.0.0/24" });
    const place = { keyArn, subnetGroupName, securityGroupIds: [securityGroupId] };
    const database = new PersistentDatabase("main", { engine: "aurora-postgresql", ...place, ...wish });
    return Promise.resolve({ host: database.connection.host });
  };
  const standsStill = async (): Promise<void> => {
    assert.deepEqual(changed(await stack.preview()), []);
    await stack.refresh();
    assert.deepEqual(changed(await stack.preview()), []);
  };
  const changes = async (wanted: Wish, expected: readonly string[]): Promise<RunReport> => {
    wish = wanted;
    assert.deepEqual(changed(await stack.preview()), expected);
    const report = await stack.up();
    assert.deepEqual(changed(report), expected);
    await standsStill();
    return report;
  };

  it("is created, fails over to its reader and is moved to a newer minor version, which are no differences", async () => {
    await stack.up();
    await standsStill();
    cloud.failover(IDENTIFIER);
    cloud.moveMinorVersion(IDENTIFIER, "17.99");
    cloud.rotateSecret(IDENTIFIER);
    await standsStill();
  });

  it("is restored beside itself and handed over to in one deploy, in which the former is not touched", async () => {
    const id = cloud.pointInTimeRestore(IDENTIFIER, BESIDE);
    const former = cloud.database(IDENTIFIER);
    const databases = [{ name: "main" }, { name: "restored", id, identifier: BESIDE }];
    const { outputs } = await changes({ databases }, [
      "create ClusterInstance main-restored-cluster-member-1",
      "create ClusterInstance main-restored-cluster-member-2",
      "create ClusterParameterGroup main-restored-cluster-parameters-17",
      "create LogGroup main-restored-log-iam-db-auth-error",
      "create LogGroup main-restored-log-postgresql",
      "create Marker main-restored-cluster-marker",
      "create ParameterGroup main-restored-member-parameters-17",
      "import Cluster main-restored-cluster",
      "update Cluster main-restored-cluster",
      `update ${COMPONENT}`,
    ]);
    assert.match(String(outputs["host"]), /^shop-prod-main-restored\.cluster-/);
    assert.deepEqual(cloud.database(IDENTIFIER), former);
  });

  it("goes to the next major version with its groups; the former stays on its own", async () => {
    const former = cloud.database(IDENTIFIER);
    const databases = [{ name: "main", engineVersion: "17" }, wish.databases![1]!];
    await changes({ databases, engineVersion: "18", majorUpgrade: "18" }, [
      "create ClusterParameterGroup main-restored-cluster-parameters-18",
      "create ParameterGroup main-restored-member-parameters-18",
      "delete ClusterParameterGroup main-restored-cluster-parameters-17",
      "delete ParameterGroup main-restored-member-parameters-17",
      "update Cluster main-restored-cluster",
      "update ClusterInstance main-restored-cluster-member-1",
      "update ClusterInstance main-restored-cluster-member-2",
      `update ${COMPONENT}`,
    ]);
    assert.match(String(cloud.database(BESIDE).attributes["engineVersionActual"]), /^18\./);
    assert.deepEqual(cloud.database(IDENTIFIER), former);
  });

  it("lets the former go by break-glass, members and all, behind a final snapshot", async () => {
    const expires = new Date(Date.now() + 3_600_000).toISOString();
    wish = { ...wish, breakGlass: [{ id: IDENTIFIER, by: "ada", reason: "replaced", expires }] };
    await stack.up();
    await changes({ ...wish, databases: wish.databases!.slice(1) }, [
      "delete Cluster main-main-cluster",
      "delete ClusterInstance main-main-cluster-member-1",
      "delete ClusterInstance main-main-cluster-member-2",
      "delete ClusterParameterGroup main-main-cluster-parameters-17",
      "delete LogGroup main-main-log-iam-db-auth-error",
      "delete LogGroup main-main-log-postgresql",
      "delete Marker main-main-cluster-marker",
      `delete Parameter main-main-cluster-break-glass-${expires.replaceAll(":", "-")}`,
      "delete ParameterGroup main-main-member-parameters-17",
      `update ${COMPONENT}`,
    ]);
    assert.throws(() => cloud.database(IDENTIFIER));
    const [snapshot] = cloud.resources("rds-cluster-snapshot");
    assert.equal(snapshot?.attributes["sourceIdentifier"], IDENTIFIER);
    assert.equal(cloud.retainedBackups().length, 1);
  });
});

function changed({ changes }: RunReport): string[] {
  return changes.map(({ op, type, name }) => `${op} ${type.split(":").at(-1) ?? ""} ${name}`).sort();
}
