import assert from "node:assert/strict";
import { AddTagsToResourceCommand, DescribeDBInstancesCommand, DescribeDBSnapshotsCommand } from "@aws-sdk/client-rds";
import { databaseApi } from "../../engine/adapters/aws/database-api.js";
import { drillAt, type AwsDrillRequest, type DrillSite } from "../../engine/adapters/aws/drill-on-aws.js";
import { snapshotApi } from "../../engine/adapters/aws/snapshot-api.js";
import { snapshotBackups } from "../../engine/adapters/aws/snapshot-backups.js";
import { systemClock } from "../../engine/adapters/system-clock.js";
import type { DatabaseConnection } from "../../engine/core/database-connection.js";
import type { Inspection, ThrowAway } from "../../engine/core/inspection.js";
import type { BackupEntry, BackupPort } from "../../engine/core/ports.js";
import { IDENTIFIER, makeCluster, makeInstance, startAwsWorld, type AwsWorld } from "../support/aws-database.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { recordProgress, refusalOf } from "../support/engine.js";
import type { AwsTrouble } from "../support/faulty-aws.js";
import { MOTO_REGION } from "../support/moto.js";

const SOUND: Inspection = {
  ...{ tables: null, rows: null, isSchemaSame: true, indexes: null, bytesRead: null, verified: 3 },
  ...{ takesWrites: true, findings: [] },
};
const WRONG: Inspection = {
  ...SOUND,
  findings: [{ about: "write", level: "fault", subject: "writes", message: "It takes no writes.", next: "" }],
};
const REQUEST = {
  ...{ reason: "before 0008", schemaVersion: "0007", release: "1.4.0", pendingVersions: ["0008"], contracts: [] },
  fingerprint: "ab".repeat(32),
};
const PATIENCE = { faultsMs: 500, credentialsMs: 500, busyMs: 500 };

describe("a drill of a database on AWS", function () {
  this.timeout(120_000);
  let world: AwsWorld;
  let dataRoot: TestDataRoot;
  let connection: DatabaseConnection;

  before(async () => {
    world = await startAwsWorld();
  });
  beforeEach(async () => {
    dataRoot = await createDataRoot({ withBinaries: false });
    await world.moto.reset();
    world.aws.calm();
    connection = await makeInstance(world);
  });
  afterEach(() => dataRoot.remove());
  after(() => world.stop());

  const backups = (): BackupPort =>
    snapshotBackups({
      ...{ connection, api: snapshotApi(connection), environment: "prod", clock: systemClock, pollMs: 10 },
      ...{ catalogue: dataRoot.path, patience: PATIENCE, signal: new AbortController().signal },
      ...{ progress: () => undefined, killPoint: () => undefined },
    });
  const snapshot = (): Promise<BackupEntry> => backups().take(REQUEST);
  const drilling = (changes: Partial<DrillSite & AwsDrillRequest> = {}) => {
    const { events, progress } = recordProgress();
    const seen: ThrowAway[] = [];
    const site: DrillSite = {
      ...{ api: databaseApi(connection.kind, MOTO_REGION), snapshots: snapshotApi(connection), progress },
      ...{ clock: systemClock, signal: new AbortController().signal, pollMs: 10, patience: PATIENCE },
      ...changes,
    };
    const inspect = (found: ThrowAway) => {
      seen.push(found);
      return Promise.resolve(SOUND);
    };
    const request = { connection, inspect, root: dataRoot.path, progress, signal: site.signal, ...changes };
    const notes = () => events.flatMap((event) => (event.kind === "note" ? [event.message] : []));
    return { run: () => drillAt(site, request), seen, notes };
  };
  const instances = async (): Promise<string[]> => {
    const { DBInstances = [] } = await world.rds.send(new DescribeDBInstancesCommand());
    return DBInstances.map(({ DBInstanceIdentifier: id = "" }) => id);
  };
  const tagOf = async (id: string): Promise<string | undefined> => {
    const asked = new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: id });
    const [found] = (await world.rds.send(asked)).DBSnapshots ?? [];
    return found?.TagList?.find(({ Key }) => Key === "holdfast:proven-at")?.Value;
  };

  it("restores the newest snapshot, has it looked through, notes the proof in AWS, and leaves nothing", async () => {
    const entry = await snapshot();
    const { run, seen } = drilling();
    const proof = await run();
    assert.deepEqual([proof.id, proof.checked], [entry.id, SOUND]);
    assert.equal(await tagOf(entry.id), proof.provenAt.toISOString());
    assert.deepEqual(await instances(), [IDENTIFIER]);
    const [asked] = world.aws.bodies("RestoreDBInstanceFromDBSnapshot");
    assert.match(asked?.get("DBInstanceIdentifier") ?? "", /^shop-prod-database-drill-[0-9a-f]{8}$/);
    assert.equal(asked?.get("DeletionProtection"), "false");
    const [{ connection: at, expected } = {}] = seen;
    assert.match(at?.host ?? "", /^shop-prod-database-drill-/);
    assert.deepEqual(expected, { tables: null, schemaVersion: "0007", fingerprint: "ab".repeat(32) });
    const [deleted] = world.aws.bodies("DeleteDBInstance");
    assert.deepEqual([deleted?.get("SkipFinalSnapshot"), deleted?.get("DeleteAutomatedBackups")], ["true", "true"]);
  });

  it("satisfies what contracts ask for, on every machine", async () => {
    await snapshot();
    const port = backups();
    const oldest = new Date(Date.now() - 1000);
    assert.match((await port.whyUnproven?.(oldest)) ?? "", /holdfast drill prod/);
    const { provenAt } = await drilling().run();
    assert.deepEqual(await port.lastProvenAt(), provenAt);
    assert.equal(await port.whyUnproven?.(oldest), undefined);
  });

  it("of Aurora throws its member away, too", async () => {
    await world.moto.reset();
    connection = await makeCluster(world);
    await snapshot();
    await drilling().run();
    assert.deepEqual(await instances(), ["shop-prod-cluster-1"]);
    assert.deepEqual(
      world.aws.asked.filter((action) => action.startsWith("Delete")),
      ["DeleteDBInstance", "DeleteDBCluster"],
    );
  });

  it("that finds something else than was backed up proves nothing, and throws away all the same", async () => {
    const entry = await snapshot();
    const error = await refusalOf(drilling({ inspect: () => Promise.resolve(WRONG) }).run());
    assert.deepEqual([error.code, error.exitCode], ["drill_failed", 3]);
    assert.match(error.message, /is not proven\. It takes no writes\./);
    assert.equal(await tagOf(entry.id), undefined);
    assert.deepEqual(await instances(), [IDENTIFIER]);
  });

  it("that is stopped throws away what it made", async () => {
    await snapshot();
    const stop = new AbortController();
    const creating = (answer: string): string => {
      if (answer.includes("-drill-")) stop.abort();
      return answer.replaceAll("<DBInstanceStatus>available<", "<DBInstanceStatus>creating<");
    };
    world.aws.rewrite("DescribeDBInstances", creating);
    assert.equal((await refusalOf(drilling({ signal: stop.signal }).run())).code, "interrupted");
    assert.deepEqual(await instances(), [IDENTIFIER]);
  });

  it("outlasts throttling, a lost connection and a lost answer, and proves once", async () => {
    const entry = await snapshot();
    const troubles: AwsTrouble[] = [{ cut: "before" }, { code: "Throttling", status: 400 }];
    world.aws.trouble("DescribeDBInstances", ...troubles);
    world.aws.trouble("RestoreDBInstanceFromDBSnapshot", { cut: "after" });
    world.aws.trouble("DeleteDBInstance", { cut: "after" }, { code: "DBInstanceNotFound", status: 404 });
    world.aws.trouble("AddTagsToResource", { code: "InternalFailure", status: 500 });
    await drilling().run();
    assert.ok(await tagOf(entry.id));
    assert.deepEqual(await instances(), [IDENTIFIER]);
  });

  it("says where its throw-away could not be deleted; the next one clears it a day later, and nothing else", async () => {
    await snapshot();
    world.aws.trouble("DeleteDBInstance", { code: "AccessDenied", status: 403 });
    const { run, notes } = drilling();
    await run();
    assert.match(notes().join("\n"), /shop-prod-database-drill-\w+ is still there: [^]*rds:DeleteDBInstance/);
    const [, left] = await instances();
    assert.match(left ?? "", /-drill-/);
    await drilling().run();
    assert.deepEqual(await instances(), [IDENTIFIER, left], "it may be one that is under way");
    const tomorrow = { ...systemClock, now: () => new Date(Date.now() + 25 * 60 * 60 * 1000) };
    await drilling({ clock: tomorrow }).run();
    assert.deepEqual(await instances(), [IDENTIFIER]);
  });

  it("deletes nothing that does not say of itself that this drill made it", async () => {
    await snapshot();
    const { DBInstances = [] } = await world.rds.send(new DescribeDBInstancesCommand());
    const Tags = [{ Key: "holdfast:drill", Value: "shop/staging" }];
    await world.rds.send(new AddTagsToResourceCommand({ ResourceName: DBInstances[0]?.DBInstanceArn, Tags }));
    const untagged = (answer: string): string =>
      answer.replaceAll(/<Tag><Key>holdfast:run<\/Key><Value>[^<]*/g, "<Tag><Key>holdfast:run</Key><Value>another");
    world.aws.rewrite("DescribeDBInstances", untagged);
    const tomorrow = { ...systemClock, now: () => new Date(Date.now() + 25 * 60 * 60 * 1000) };
    const { run, notes } = drilling({ clock: tomorrow });
    await run();
    assert.match(notes().join("\n"), /is none of this drill/);
    assert.deepEqual(
      world.aws.asked.filter((action) => action.startsWith("Delete")),
      [],
    );
  });

  it("has nothing to restore where there is no snapshot", async () => {
    const error = await refusalOf(drilling().run());
    assert.equal(error.code, "invalid_usage");
    assert.match(error.message, /no snapshot of shop-prod-database/);
  });
});
