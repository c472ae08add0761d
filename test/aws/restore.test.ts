import assert from "node:assert/strict";
import { DescribeDBClustersCommand, DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import { databaseApi } from "../../engine/adapters/aws/database-api.js";
import { findRegistered, listRegistered } from "../../engine/adapters/aws/registered-databases.js";
import { restoreAt, type AwsRestoreRequest, type RestoreSite } from "../../engine/adapters/aws/restore-on-aws.js";
import { snapshotApi } from "../../engine/adapters/aws/snapshot-api.js";
import { snapshotBackups } from "../../engine/adapters/aws/snapshot-backups.js";
import { systemClock } from "../../engine/adapters/system-clock.js";
import type { DatabaseConnection } from "../../engine/core/database-connection.js";
import type { BackupEntry, BackupRequest } from "../../engine/core/ports.js";
import type { RestoredDatabase } from "../../engine/core/restored-database.js";
import { restoredIdentifier } from "../../engine/core/restored-identifier.js";
import {
  IDENTIFIER,
  makeCluster,
  makeInstance,
  SECURITY_GROUPS,
  startAwsWorld,
  type AwsWorld,
} from "../support/aws-database.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { recordProgress, refusalOf } from "../support/engine.js";
import type { AwsTrouble } from "../support/faulty-aws.js";
import { MOTO_REGION } from "../support/moto.js";
import { until } from "../support/until.js";

const REQUEST: BackupRequest = {
  ...{ reason: "before 0008, 0009", schemaVersion: "0007", release: "1.4.0" },
  ...{ pendingVersions: ["0008", "0009"], contracts: [], fingerprint: "ab".repeat(32) },
};
const BESIDE = `${IDENTIFIER}-saved`;
/** What RDS says of an instance that it still makes. */
const CREATING: AwsTrouble = {
  change: (answer) => answer.replaceAll("<DBInstanceStatus>available<", "<DBInstanceStatus>creating<"),
};
const many = (trouble: AwsTrouble): AwsTrouble[] => Array.from({ length: 500 }, () => trouble);

describe("a restore of a database on AWS", function () {
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

  const restoring = (changes: Partial<RestoreSite & AwsRestoreRequest> = {}) => {
    const { events, progress } = recordProgress();
    const settled: string[] = [];
    const site: RestoreSite = {
      ...{ api: databaseApi(connection.kind, MOTO_REGION), snapshots: snapshotApi(connection), progress },
      ...{ clock: systemClock, signal: new AbortController().signal, pollMs: 10 },
      patience: { faultsMs: 500, credentialsMs: 500, busyMs: 500 },
      settle: ({ host }, as) => {
        settled.push(`${as} at ${host}`);
        return Promise.resolve();
      },
      ...changes,
    };
    const request: AwsRestoreRequest = {
      ...{ connection, target: { kind: "backup" }, as: "saved", root: dataRoot.path },
      ...{ progress, signal: site.signal },
      ...changes,
    };
    const notes = () => events.flatMap((event) => (event.kind === "note" ? [event.message] : []));
    return { run: () => restoreAt(site, request), notes, settled };
  };
  const restore = (changes: Partial<RestoreSite & AwsRestoreRequest> = {}): Promise<RestoredDatabase> =>
    restoring(changes).run();
  const snapshot = (request: Partial<BackupRequest> = {}): Promise<BackupEntry> => {
    const patience = { faultsMs: 500, credentialsMs: 500, busyMs: 500 };
    return snapshotBackups({
      ...{
        connection,
        api: snapshotApi(connection),
        environment: "prod",
        clock: systemClock,
        catalogue: dataRoot.path,
      },
      ...{ progress: () => undefined, killPoint: () => undefined, signal: new AbortController().signal },
      ...{ pollMs: 10, patience },
    }).take({ ...REQUEST, ...request });
  };
  const instance = async (identifier: string) => {
    const asked = new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier });
    return (await world.rds.send(asked)).DBInstances?.[0];
  };
  const identifiers = async (): Promise<string[]> =>
    ((await world.rds.send(new DescribeDBInstancesCommand())).DBInstances ?? []).map(
      ({ DBInstanceIdentifier: id = "" }) => id,
    );

  it("makes a database of its own out of the newest snapshot, in the first one's network and under its settings", async () => {
    await snapshot({ schemaVersion: "0006" });
    const entry = await snapshot();
    const { run, settled } = restoring();
    const restored = await run();
    assert.deepEqual([restored.name, restored.backup, restored.isEnd], ["saved", entry.id, false]);
    assert.deepEqual(restored.reachedAt, entry.takenAt);
    assert.deepEqual(restored.expected, { tables: null, schemaVersion: "0007", fingerprint: "ab".repeat(32) });
    const made = await instance(BESIDE);
    assert.equal(made?.DBSubnetGroup?.DBSubnetGroupName, "shop-subnets");
    assert.deepEqual(
      made.VpcSecurityGroups?.map(({ VpcSecurityGroupId: id }) => id),
      SECURITY_GROUPS,
    );
    assert.equal(made.DBParameterGroups?.[0]?.DBParameterGroupName, "shop-parameters");
    assert.deepEqual([made.Endpoint?.Port, made.DBInstanceClass], [5433, "db.t4g.medium"]);
    const [asked] = world.aws.bodies("RestoreDBInstanceFromDBSnapshot");
    assert.equal(asked?.get("PubliclyAccessible"), "false");
    assert.deepEqual(
      [made.DeletionProtection, made.IAMDatabaseAuthenticationEnabled, made.CopyTagsToSnapshot],
      [true, true, true],
    );
    const tags = Object.fromEntries((made.TagList ?? []).map(({ Key, Value }) => [Key ?? "", Value]));
    assert.deepEqual(
      [tags["holdfast:restored-from"], tags["holdfast:project"], tags["holdfast:instance"], tags["holdfast:restore"]],
      [entry.id, "shop", "prod", "done"],
    );
    assert.deepEqual(settled, [`saved at ${made.Endpoint?.Address ?? ""}`]);
    assert.ok(await instance(IDENTIFIER), "the first one is there as before");
  });

  it("is known by its name from then on, with its own secret and without a password", async () => {
    const { id } = await snapshot();
    await restore();
    const found = await findRegistered({ project: "shop", name: "saved", root: dataRoot.path });
    const made = await instance(BESIDE);
    assert.deepEqual([found?.of, found?.restoredFrom], ["prod", id]);
    const { host, port, identifier, resourceId, secretArn, instance: name } = found!.connection;
    assert.deepEqual([host, port, identifier, name], [made?.Endpoint?.Address, 5433, BESIDE, "saved"]);
    assert.equal(resourceId, made?.DbiResourceId);
    assert.equal(secretArn, made?.MasterUserSecret?.SecretArn);
    assert.notEqual(secretArn, connection.secretArn);
    assert.deepEqual(await listRegistered("shop", dataRoot.path), ["saved"]);
  });

  it("goes back to the snapshot that is named, or to the one before a migration", async () => {
    const first = await snapshot({ pendingVersions: ["0007"], schemaVersion: "0006" });
    const second = await snapshot();
    assert.equal((await restore({ target: { kind: "backup", id: first.id } })).backup, first.id);
    const before = await restore({ target: { kind: "before", version: "0009" }, as: "before-0009" });
    assert.equal(before.backup, second.id);
    const unknown = await refusalOf(restore({ target: { kind: "backup", id: "gone" }, as: "x" }));
    assert.match(`${unknown.message} ${unknown.details.next ?? ""}`, new RegExp(`no snapshot gone[^]*${first.id}`));
    const never = await refusalOf(restore({ target: { kind: "before", version: "0100" }, as: "x" }));
    assert.match(never.message, /No snapshot of shop-prod-database was taken before 0100/);
  });

  describe("to an instant", () => {
    const between = (answer: string): string =>
      answer.replaceAll(/<LatestRestorableTime>[^<]*</g, "<LatestRestorableTime>2026-01-19T12:00:00Z<");
    const window = (): string =>
      "<DescribeDBInstanceAutomatedBackupsResponse><DescribeDBInstanceAutomatedBackupsResult><DBInstanceAutomatedBackups>" +
      "<DBInstanceAutomatedBackup><RestoreWindow><EarliestTime>2026-01-12T03:00:00Z</EarliestTime></RestoreWindow>" +
      "</DBInstanceAutomatedBackup></DBInstanceAutomatedBackups></DescribeDBInstanceAutomatedBackupsResult></DescribeDBInstanceAutomatedBackupsResponse>";
    beforeEach(() => {
      world.aws.rewrite("DescribeDBInstances", between);
      world.aws.rewrite("DescribeDBInstanceAutomatedBackups", window);
    });

    it("makes a database as the first one was then", async () => {
      const at = new Date("2026-01-19T11:59:30.000Z");
      const restored = await restore({ target: { kind: "instant", at } });
      assert.deepEqual(
        [restored.backup, restored.reachedAt, restored.isEnd, restored.expected],
        [null, at, false, null],
      );
      const [asked] = world.aws.bodies("RestoreDBInstanceToPointInTime");
      assert.equal(asked?.get("RestoreTime"), "2026-01-19T11:59:30Z");
      assert.deepEqual([asked?.get("UseLatestRestorableTime"), asked?.get("DeletionProtection")], [null, "true"]);
      assert.equal((await instance(BESIDE))?.DBSubnetGroup?.DBSubnetGroupName, "shop-subnets");
    });

    it("that is later than the last there is ends there, and says so", async () => {
      const restored = await restore({ target: { kind: "instant", at: new Date("2026-01-19T12:00:01Z") } });
      assert.deepEqual([restored.isEnd, restored.reachedAt], [true, new Date("2026-01-19T12:00:00Z")]);
      const [asked] = world.aws.bodies("RestoreDBInstanceToPointInTime");
      assert.deepEqual([asked?.get("RestoreTime"), asked?.get("UseLatestRestorableTime")], [null, "true"]);
      const latest = await restore({ target: { kind: "latest" }, as: "as-late-as-can-be" });
      assert.deepEqual([latest.isEnd, latest.reachedAt], [false, new Date("2026-01-19T12:00:00Z")]);
    });

    it("that is earlier than the first there is, is refused with both named, and nothing is made", async () => {
      const at = new Date("2026-01-12T02:59:59Z");
      const error = await refusalOf(restore({ target: { kind: "instant", at } }));
      assert.equal(error.code, "restore_failed");
      assert.match(error.message, /from 2026-01-12T03:00:00.000Z to 2026-01-19T12:00:00.000Z/);
      assert.deepEqual(await identifiers(), [IDENTIFIER]);
    });

    it("just before a migration began, to the second; where AWS does not reach it yet, to the snapshot before it", async () => {
      const { id } = await snapshot();
      const target = { kind: "before", version: "0009" } as const;
      const exact = await restore({ target, began: new Date("2026-01-19T11:00:00.250Z") });
      assert.deepEqual([exact.backup, exact.reachedAt], [null, new Date("2026-01-19T11:00:00Z")]);
      for (const [index, began] of ["2026-01-19T12:00:01Z", "2026-01-01T00:00:00Z"].entries()) {
        assert.equal((await restore({ target, as: `again-${index}`, began: new Date(began) })).backup, id);
      }
    });

    it("of another database than the stack's under this name is refused", async () => {
      const at = new Date("2026-01-19T11:00:00Z");
      connection = { ...connection, resourceId: "db-FORMER" };
      const error = await refusalOf(restore({ target: { kind: "instant", at } }));
      assert.match(error.message, /another database now \(db-.*\) than the stack's \(db-FORMER\)/);
    });
  });

  describe("of Aurora", () => {
    beforeEach(async () => {
      await world.moto.reset();
      connection = await makeCluster(world);
    });

    it("makes a cluster, and the one member without which nobody answers", async () => {
      const entry = await snapshot();
      const restored = await restore();
      assert.equal(restored.backup, entry.id);
      const asked = new DescribeDBClustersCommand({ DBClusterIdentifier: "shop-prod-cluster-saved" });
      const cluster = (await world.rds.send(asked)).DBClusters?.[0];
      assert.deepEqual(
        [cluster?.DBSubnetGroup, cluster?.DeletionProtection, cluster?.Port],
        ["shop-subnets", true, 5433],
      );
      assert.equal(restored.resourceId, cluster?.DbClusterResourceId);
      const member = await instance("shop-prod-cluster-saved-0");
      assert.deepEqual([member?.DBInstanceClass, member?.PubliclyAccessible], ["db.r7g.large", false]);
      assert.equal(restored.connection.host, cluster?.Endpoint);
    });

    it("goes to an instant, too", async () => {
      const restored = await restore({ target: { kind: "latest" } });
      assert.equal(restored.backup, null);
      assert.ok(await instance("shop-prod-cluster-saved-0"));
      const [asked] = world.aws.bodies("RestoreDBClusterToPointInTime");
      assert.equal(asked?.get("UseLatestRestorableTime"), "true");
    });
  });

  it("is waited for, and tells how far it is", async () => {
    await snapshot();
    const { run, notes } = restoring();
    world.aws.trouble(
      "DescribeDBInstances",
      { change: (answer) => answer },
      { change: (answer) => answer },
      CREATING,
      CREATING,
    );
    await run();
    assert.deepEqual(notes(), [`${BESIDE}: creating`]);
  });

  it("outlasts throttling, faults and lost answers while it waits, and says so", async () => {
    await snapshot();
    const broken = Array.from({ length: 6 }, (): AwsTrouble => ({ code: "InternalFailure", status: 503 }));
    const same: AwsTrouble = { change: (answer) => answer };
    const passing: AwsTrouble[] = [CREATING, { cut: "before" }, { code: "Throttling", status: 400 }, ...broken];
    world.aws.trouble("DescribeDBInstances", same, same, ...passing);
    const { run, notes } = restoring({ patience: { faultsMs: 60_000, credentialsMs: 500, busyMs: 500 } });
    await run();
    assert.match(notes().join("\n"), /faults of its own/);
  });

  it("is asked for once, also where AWS's answer is lost", async () => {
    await snapshot();
    world.aws.trouble("RestoreDBInstanceFromDBSnapshot", { cut: "after" });
    await restore();
    assert.deepEqual(await identifiers(), [IDENTIFIER, BESIDE]);
  });

  it("credentials that expire while it waits may be renewed; else exit code 4, and the next try goes on with the same one", async () => {
    await snapshot();
    const expired: AwsTrouble = { code: "ExpiredToken", status: 403 };
    const same: AwsTrouble = { change: (answer) => answer };
    world.aws.trouble("DescribeDBInstances", same, same, CREATING, expired, ...many(expired));
    const error = await refusalOf(restore());
    assert.deepEqual([error.code, error.exitCode], ["aws_credentials_expired", 4]);
    world.aws.calm();
    world.aws.trouble("DescribeDBInstances", same, same, CREATING, expired, expired);
    const { run, notes } = restoring();
    await run();
    assert.match(notes().join("\n"), /have expired[^]*Log in again/);
    assert.deepEqual(await identifiers(), [IDENTIFIER, BESIDE]);
    assert.deepEqual(
      world.aws.asked.filter((action) => action.startsWith("Restore")),
      [],
    );
  });

  it("Ctrl-C ends the wait, not the restore, and the same command waits on", async () => {
    await snapshot();
    world.aws.rewrite("DescribeDBInstances", CREATING.change);
    const stop = new AbortController();
    const stopped = refusalOf(restore({ signal: stop.signal }));
    await until("it waits", () => world.aws.asked.filter((action) => action === "DescribeDBInstances").length > 4);
    stop.abort();
    const error = await stopped;
    assert.equal(error.code, "interrupted");
    assert.match(error.details.next ?? "", /Run the same again/);
    assert.equal(await findRegistered({ project: "shop", name: "saved", root: dataRoot.path }), undefined);
    world.aws.calm();
    assert.equal((await restore()).name, "saved");
  });

  it("never goes over another database: a name that is taken here or on AWS is refused", async () => {
    const { id } = await snapshot();
    await restore();
    const again = await refusalOf(restore());
    assert.equal(again.code, "invalid_usage");
    assert.match(again.message, /already a database shop-prod-database-saved on AWS/);
    await makeOther(world, "shop-prod-database-other");
    const other = await refusalOf(restore({ as: "other", target: { kind: "backup", id } }));
    assert.match(other.details.next ?? "", /beside, never over/);
    assert.match((await refusalOf(restore({ as: "prod" }))).message, /already a database called "prod" here/);
    connection = { ...connection, identifier: "another-database" };
    const here = await refusalOf(restore());
    assert.match(here.message, /already a database called "saved" here/);
  });

  const FAILURES: readonly (readonly [title: string, trouble: AwsTrouble, says: RegExp, code: string])[] = [
    [
      "the account has too many databases",
      { code: "InstanceQuotaExceeded", status: 400 },
      /as many databases/,
      "restore_failed",
    ],
    ["AWS has no room", { code: "InsufficientDBInstanceCapacity", status: 400 }, /no room/, "restore_failed"],
    [
      "the key cannot be used",
      { code: "KMSKeyNotAccessibleFault", status: 400 },
      /cannot use the key/,
      "restore_failed",
    ],
    [
      "the snapshot is deleted meanwhile",
      { code: "DBSnapshotNotFound", status: 404 },
      /the snapshot is gone/,
      "restore_failed",
    ],
    ["it is denied", { code: "AccessDenied", status: 403 }, /rds:RestoreDBInstanceFromDBSnapshot/, "aws_access_denied"],
  ];
  for (const [title, trouble, says, code] of FAILURES) {
    it(`says what to do where ${title}, and nothing is made`, async () => {
      await snapshot();
      world.aws.trouble("RestoreDBInstanceFromDBSnapshot", trouble);
      const error = await refusalOf(restore());
      assert.equal(error.code, code);
      assert.match(error.message, says);
      assert.ok(error.details.next);
      assert.deepEqual(await identifiers(), [IDENTIFIER]);
    });
  }

  it("that ends in a state which AWS does not mend fails, and names it", async () => {
    await snapshot();
    const failed = (answer: string): string =>
      answer.includes(`>${BESIDE}<`) ? answer.replaceAll(">available<", ">incompatible-restore<") : answer;
    world.aws.rewrite("DescribeDBInstances", failed);
    const error = await refusalOf(restore());
    assert.equal(error.code, "restore_failed");
    assert.match(error.message, /in the state incompatible-restore/);
  });

  it("of a database that AWS no longer has says which way there is", async () => {
    connection = { ...connection, identifier: "shop-prod-gone" };
    const error = await refusalOf(restore());
    assert.match(`${error.message} ${error.details.next ?? ""}`, /no longer on AWS[^]*howToRestore/);
  });
});

async function makeOther({ rds }: AwsWorld, identifier: string): Promise<void> {
  const { CreateDBInstanceCommand } = await import("@aws-sdk/client-rds");
  const small = {
    Engine: "postgres",
    DBInstanceClass: "db.t4g.micro",
    MasterUsername: "m",
    MasterUserPassword: "password",
  };
  await rds.send(new CreateDBInstanceCommand({ DBInstanceIdentifier: identifier, ...small }));
}

describe("the identifier of a restored database", () => {
  it("is the old one's with the new name behind it, as long as AWS takes it", () => {
    assert.equal(
      restoredIdentifier("rds", "shop-prod-database", "prod_Before.0008"),
      "shop-prod-database-prod-before-0008",
    );
    const long = restoredIdentifier("rds", `a${"-b".repeat(31)}`, "saved")!;
    assert.match(long, /^[a-z](-?[a-z0-9])*-saved$/);
    assert.ok(long.length <= 63);
    assert.equal(restoredIdentifier("aurora", "a".repeat(60), "x")?.length, 60);
    assert.equal(restoredIdentifier("rds", "shop", "-"), undefined);
    assert.equal(restoredIdentifier("rds", "shop", "x".repeat(63)), undefined);
  });
});
