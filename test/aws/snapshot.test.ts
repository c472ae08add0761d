import assert from "node:assert/strict";
import {
  AddTagsToResourceCommand,
  CreateDBClusterCommand,
  CreateDBInstanceCommand,
  CreateDBSnapshotCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
} from "@aws-sdk/client-rds";
import { lastSnapshot } from "../../engine/adapters/aws/last-snapshot.js";
import { snapshotApi } from "../../engine/adapters/aws/snapshot-api.js";
import { snapshotBackups } from "../../engine/adapters/aws/snapshot-backups.js";
import type { SnapshotSite } from "../../engine/adapters/aws/take-snapshot.js";
import { catalogueFolder, listCatalogue } from "../../engine/adapters/backup/catalogue-folder.js";
import { systemClock } from "../../engine/adapters/system-clock.js";
import type { DatabaseConnection } from "../../engine/core/database-connection.js";
import type { BackupEntry, BackupRequest } from "../../engine/core/ports.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { recordProgress, refusalOf } from "../support/engine.js";
import { setEnvironment } from "../support/environment.js";
import { startFaultyAws, type AwsTrouble, type FaultyAws } from "../support/faulty-aws.js";
import { MOTO_ACCOUNT, MOTO_REGION, startMoto, type Moto } from "../support/moto.js";
import { until } from "../support/until.js";

const IDENTIFIER = "shop-prod-database";
const REQUEST = {
  reason: "before 0008, 0009",
  schemaVersion: "0007",
  release: "1.4.0",
  pendingVersions: ["0008"],
  contracts: [],
  fingerprint: null,
};
/** What RDS says of a snapshot that is not done yet. */
/** Before it takes one, a deploy looks what there is already. */
const LOOKED: AwsTrouble = { change: (answer) => answer };
const CREATING: AwsTrouble = {
  change: (answer) =>
    answer
      .replaceAll("<Status>available</Status>", "<Status>creating</Status>")
      .replaceAll(/<PercentProgress>\d+</g, "<PercentProgress>40<"),
};

describe("a restore point of a database on AWS", function () {
  this.timeout(120_000);
  let moto: Moto;
  let aws: FaultyAws;
  let rds: RDSClient;
  let dataRoot: TestDataRoot;
  let restore: () => void;
  let connection: DatabaseConnection;

  before(async () => {
    moto = await startMoto();
    aws = await startFaultyAws(moto.url);
    restore = setEnvironment({ ...moto.env, AWS_ENDPOINT_URL: aws.url });
    rds = new RDSClient({ region: MOTO_REGION, endpoint: moto.url });
  });
  beforeEach(async () => {
    // Two tests of one second would find each other's backups: their names are the same.
    dataRoot = await createDataRoot({ withBinaries: false });
    await moto.reset();
    aws.calm();
    const made = await rds.send(
      new CreateDBInstanceCommand({
        ...{ DBInstanceIdentifier: IDENTIFIER, Engine: "postgres", DBInstanceClass: "db.t4g.micro" },
        ...{ AllocatedStorage: 20, MasterUsername: "master", ManageMasterUserPassword: true, StorageEncrypted: true },
      }),
    );
    connection = connectionTo("rds", IDENTIFIER, made.DBInstance?.DbiResourceId ?? "");
  });
  afterEach(() => dataRoot.remove());
  after(async () => {
    restore();
    rds.destroy();
    await aws.stop();
    await moto.stop();
  });

  const site = (changes: Partial<SnapshotSite> = {}) => {
    const { events, progress } = recordProgress();
    const { project, instance } = connection;
    const whole: SnapshotSite = {
      ...{ connection, api: snapshotApi(connection), environment: "prod", progress, clock: systemClock },
      catalogue: catalogueFolder({ root: dataRoot.path, project, instance }),
      ...{ killPoint: () => undefined, signal: new AbortController().signal, pollMs: 10 },
      patience: { faultsMs: 500, credentialsMs: 500, busyMs: 500 },
      ...changes,
    };
    return { events, notes: () => events.flatMap((event) => (event.kind === "note" ? [event.message] : [])), whole };
  };
  const take = (changes: Partial<SnapshotSite> = {}): Promise<BackupEntry> =>
    snapshotBackups(site(changes).whole).take(REQUEST);
  const inAws = async () =>
    (await rds.send(new DescribeDBSnapshotsCommand({ SnapshotType: "manual" }))).DBSnapshots ?? [];

  it("is a snapshot that says whose it is, named by database, time and version", async () => {
    const entry = await take();
    assert.match(entry.id, /^shop-prod-database-\d{8}t\d{6}z-v0007$/);
    const [snapshot, ...others] = await inAws();
    assert.deepEqual(others, []);
    const tags = Object.fromEntries((snapshot?.TagList ?? []).map(({ Key, Value }) => [Key ?? "", Value]));
    assert.match(tags["holdfast:run"] ?? "", /^[0-9a-f-]{36}$/);
    delete tags["holdfast:run"];
    assert.deepEqual(tags, {
      ...{ "holdfast:project": "shop", "holdfast:instance": "prod", "holdfast:environment": "prod" },
      ...{ "holdfast:schema-version": "0007", "holdfast:release": "1.4.0", "holdfast:reason": "before 0008 0009" },
      "holdfast:pending": "0008",
    });
    assert.equal((await lastSnapshot(connection))?.id, entry.id);
  });

  it("is listed with the other backups, by a manifest that tells how to restore it; only AWS can", async () => {
    const entry = await take();
    const name = { root: dataRoot.path, project: "shop", instance: "prod" };
    const { entries, faults } = await listCatalogue(catalogueFolder(name));
    assert.deepEqual(faults, []);
    const listed = entries.find(({ id }) => id === entry.id);
    assert.deepEqual(listed, entry);
    assert.ok(listed?.manifest.kind === "snapshot");
    const { snapshot, howToRestore, resourceId } = listed.manifest;
    assert.equal(snapshot.arn, `arn:aws:rds:${MOTO_REGION}:${MOTO_ACCOUNT}:snapshot:${entry.id}`);
    assert.deepEqual([snapshot.of, snapshot.source, snapshot.region], ["rds", IDENTIFIER, MOTO_REGION]);
    assert.equal(snapshot.storageBytes, 20 * 1024 ** 3);
    assert.equal(resourceId, connection.resourceId);
    assert.match(
      howToRestore,
      new RegExp(`restore-db-instance-from-db-snapshot .*--db-snapshot-identifier ${entry.id}`),
    );
  });

  it("is one of the cluster where the database is Aurora", async () => {
    const { DBCluster } = await rds.send(
      new CreateDBClusterCommand({
        ...{ DBClusterIdentifier: "shop-prod-cluster", Engine: "aurora-postgresql", MasterUsername: "master" },
        MasterUserPassword: "not-for-long",
      }),
    );
    connection = connectionTo("aurora", "shop-prod-cluster", DBCluster?.DbClusterResourceId ?? "");
    const entry = await take();
    assert.match(entry.id, /^shop-prod-cluster-\d{8}t\d{6}z-v0007$/);
    assert.deepEqual(
      aws.asked.filter((action) => /Create|Describe/.test(action)),
      ["DescribeDBClusterSnapshots", "CreateDBClusterSnapshot", "DescribeDBClusterSnapshots"],
    );
    assert.equal((await lastSnapshot(connection))?.id, entry.id);
  });

  it("is waited for, and tells how far it is", async () => {
    aws.trouble("DescribeDBSnapshots", LOOKED, CREATING, CREATING, CREATING);
    const { whole, events } = site();
    await snapshotBackups(whole).take(REQUEST);
    assert.equal(aws.asked.filter((action) => action === "DescribeDBSnapshots").length, 5);
    const [started, ...rest] = events;
    assert.deepEqual(started, { kind: "backup", state: "started" });
    assert.ok(rest.some((event) => event.kind === "backup" && event.state === "copying" && event.totalBytes! > 0));
    assert.deepEqual(rest.at(-1)?.kind, "backup");
  });

  const FAILURES: readonly (readonly [title: string, action: string, trouble: AwsTrouble, says: RegExp])[] = [
    [
      "fails",
      "DescribeDBSnapshots",
      { change: (text) => text.replaceAll(">available<", ">failed<") },
      /in the state failed[^]*Nothing was run/,
    ],
    ["is deleted meanwhile", "DescribeDBSnapshots", { code: "DBSnapshotNotFound", status: 404 }, /somebody deleted it/],
    [
      "would be one too many",
      "CreateDBSnapshot",
      { code: "SnapshotQuotaExceeded", status: 400 },
      /as many snapshots as AWS allows/,
    ],
    [
      "is of a database that is gone",
      "CreateDBSnapshot",
      { code: "DBInstanceNotFound", status: 404 },
      /no database of that identifier/,
    ],
    [
      "is of another database under this name",
      "DescribeDBSnapshots",
      { change: (text) => text.replaceAll(/<DbiResourceId>[^<]*/g, "<DbiResourceId>db-OTHER") },
      /another database than this stack's/,
    ],
  ];
  for (const [title, action, trouble, says] of FAILURES) {
    it(`that ${title} stops the deploy, exit code 3`, async () => {
      if (action === "DescribeDBSnapshots") aws.trouble(action, LOOKED);
      aws.trouble(action, trouble);
      const error = await refusalOf(take());
      assert.equal(error.code, "backup_failed");
      assert.equal(error.exitCode, 3);
      assert.match(error.message, says);
      assert.ok(error.details.next);
    });
  }

  it("waits while AWS backs the database up itself, and gives up with its state in the end", async () => {
    const busy = { code: "InvalidDBInstanceState", status: 400 };
    aws.trouble("CreateDBSnapshot", busy, busy);
    const { whole, notes } = site();
    await snapshotBackups(whole).take(REQUEST);
    assert.deepEqual(notes(), ["Waiting: the database is being backed up or changed by AWS."]);
    aws.trouble("CreateDBSnapshot", ...Array.from({ length: 500 }, () => busy));
    const error = await refusalOf(take());
    assert.equal(error.code, "backup_failed");
    assert.match(error.message, /in the state it is in/);
  });

  it("outlasts throttling, faults and lost answers while it waits, and says so once", async () => {
    const broken = Array.from({ length: 6 }, (): AwsTrouble => ({ code: "InternalFailure", status: 503 }));
    aws.trouble(
      "DescribeDBSnapshots",
      LOOKED,
      CREATING,
      { cut: "before" },
      { code: "Throttling", status: 400 },
      ...broken,
    );
    const { whole, notes } = site({ patience: { faultsMs: 60_000, credentialsMs: 500, busyMs: 500 } });
    await snapshotBackups(whole).take(REQUEST);
    assert.equal(notes().length, 1, notes().join("\n"));
    assert.match(notes()[0]!, /faults of its own/);
  });

  it("exit code 4 where AWS stays away; the deploy that comes next takes its own", async () => {
    aws.trouble("DescribeDBSnapshots", ...Array.from({ length: 200 }, (): AwsTrouble => ({ cut: "before" })));
    const error = await refusalOf(take({ patience: { faultsMs: 0, credentialsMs: 0, busyMs: 0 } }));
    assert.equal(error.code, "aws_unavailable");
    assert.equal(error.exitCode, 4);
  });

  it("is made once, also where AWS's answer to the request for it is lost", async () => {
    aws.trouble("CreateDBSnapshot", { cut: "after" });
    const entry = await take();
    assert.deepEqual(
      (await inAws()).map(({ DBSnapshotIdentifier }) => DBSnapshotIdentifier),
      [entry.id],
    );
  });

  it("gets a name of its own where another deploy has taken this one", async () => {
    const now = new Date("2026-01-19T09:30:00.123Z");
    const taken = "shop-prod-database-20260119t093000z-v0007";
    await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: IDENTIFIER, DBSnapshotIdentifier: taken }));
    const entry = await take({ clock: { ...systemClock, now: () => now } });
    assert.equal(entry.id, `${taken}-2`);
  });

  it("credentials that expire while it waits may be renewed; else exit code 4, and AWS finishes it alone", async () => {
    const expired: AwsTrouble = { code: "ExpiredToken", status: 403 };
    aws.trouble("DescribeDBSnapshots", LOOKED, CREATING, expired, expired);
    const { whole, notes } = site();
    await snapshotBackups(whole).take(REQUEST);
    assert.match(notes().join("\n"), /have expired[^]*Log in again/);
    aws.trouble("DescribeDBSnapshots", LOOKED, CREATING, ...Array.from({ length: 500 }, () => expired));
    const error = await refusalOf(take());
    assert.equal(error.code, "aws_credentials_expired");
    assert.equal(error.exitCode, 4);
  });

  it("an access AWS denies is said at once", async () => {
    aws.trouble("CreateDBSnapshot", { code: "AccessDenied", status: 403, message: "User: x is not authorized" });
    const error = await refusalOf(take());
    assert.equal(error.code, "aws_access_denied");
    assert.match(error.message, /rds:CreateDBSnapshot/);
  });

  it("Ctrl-C ends the wait, not the snapshot", async () => {
    aws.trouble("DescribeDBSnapshots", LOOKED, ...Array.from({ length: 1000 }, () => CREATING));
    const stop = new AbortController();
    const taking = refusalOf(take({ signal: stop.signal }));
    await until("it waits", () => aws.asked.filter((action) => action === "DescribeDBSnapshots").length > 2);
    stop.abort();
    assert.equal((await taking).code, "interrupted");
    assert.equal((await inAws()).length, 1);
  });

  it("counts also where this machine cannot keep its manifest", async () => {
    const { whole, notes } = site({ catalogue: "/dev/null/nowhere" });
    const entry = await snapshotBackups(whole).take(REQUEST);
    assert.equal(entry.kind, "snapshot");
    assert.match(notes().join("\n"), /is not listed on this machine/);
  });

  it("is no proof until a drill has restored one of late; a deploy does not wait for that", async () => {
    const port = snapshotBackups(site().whole);
    const entry = await port.take(REQUEST);
    const [{ DBSnapshotArn: ResourceName } = {}] = await inAws();
    const provenAt = "2026-01-19T09:30:00.000Z";
    const oldest = new Date("2026-01-19T00:00:00Z");
    assert.equal(await port.lastProvenAt(), null);
    assert.match(
      (await port.whyUnproven?.(oldest)) ?? "",
      /no snapshot of prod was ever proven[^]*holdfast drill prod/,
    );
    const error = await refusalOf(port.drill(entry));
    assert.equal(error.code, "drill_failed");
    assert.match(error.details.next ?? "", /holdfast drill prod/);
    await rds.send(
      new AddTagsToResourceCommand({ ResourceName, Tags: [{ Key: "holdfast:proven-at", Value: provenAt }] }),
    );
    assert.deepEqual(await port.lastProvenAt(), new Date(provenAt));
    assert.equal(await port.whyUnproven?.(oldest), undefined);
    assert.match((await port.whyUnproven?.(new Date("2026-02-19T00:00:00Z"))) ?? "", /was on 2026-01-19/);
    assert.deepEqual((await lastSnapshot(connection))?.provenAt, new Date(provenAt));
  });

  describe("and those taken before", () => {
    /** One of each day of the last weeks, oldest first; what is older than a week is kept by the week. */
    const takeDaily = async (days: number): Promise<void> => {
      for (let day = days; day > 0; day--) {
        const now = () => new Date(Date.parse("2026-03-20T06:00:00Z") - day * DAY_MS);
        const changes = { clock: { ...systemClock, now } };
        await snapshotBackups(site(changes).whole).take({ ...REQUEST, pendingVersions: [] });
      }
    };
    /** moto takes every snapshot now: AWS would say the day of its name. */
    const datedByName = (answer: string): string =>
      answer.replaceAll(/<DBSnapshot>.*?<\/DBSnapshot>/gs, (snapshot) => {
        const [, year, month, day] = /-(\d{4})(\d\d)(\d\d)t/.exec(snapshot) ?? [];
        return snapshot.replace(/<SnapshotCreateTime>[^<]*/, `<SnapshotCreateTime>${year}-${month}-${day}T06:00:00Z`);
      });
    const later = { clock: { ...systemClock, now: () => new Date("2026-03-20T06:00:00Z") } };
    beforeEach(() => aws.rewrite("DescribeDBSnapshots", datedByName));

    it("are removed by Holdfast's own rules of retention; what a contract relied on, what is proven and what is not ours stays", async () => {
      const foreign = "taken-by-hand-20250101t060000z";
      await rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: IDENTIFIER, DBSnapshotIdentifier: foreign }));
      const [contract] = await takeOld("2025-02-01", { contracts: ["0007"] });
      const [before] = await takeOld("2025-02-02", { pendingVersions: ["0007"] });
      const [proven] = await takeOld("2025-02-03");
      const arn = `arn:aws:rds:${MOTO_REGION}:${MOTO_ACCOUNT}:snapshot:${proven!}`;
      const Tags = [{ Key: "holdfast:proven-at", Value: "2025-02-04T00:00:00Z" }];
      await rds.send(new AddTagsToResourceCommand({ ResourceName: arn, Tags }));
      const [old] = await takeOld("2025-02-05");
      const other = await takeOld("2025-02-06");
      assert.ok((await names()).includes(old!));
      await snapshotBackups(site(later).whole).take({ ...REQUEST, pendingVersions: [] });
      await takeDaily(5);
      await snapshotBackups(site(later).whole).take({ ...REQUEST, pendingVersions: [] });
      const left = await names();
      for (const id of [foreign, contract!, before!, proven!]) assert.ok(left.includes(id), `${id} stays`);
      for (const id of [old!, ...other]) assert.ok(!left.includes(id), `${id} goes`);
    });

    const takeOld = async (day: string, request: Partial<BackupRequest> = {}): Promise<string[]> => {
      const clock = { ...systemClock, now: () => new Date(`${day}T06:00:00Z`) };
      const entry = await snapshotBackups(site({ clock }).whole).take({ ...REQUEST, pendingVersions: [], ...request });
      return [entry.id];
    };
    const names = async () => (await inAws()).map(({ DBSnapshotIdentifier: id = "" }) => id);

    it("stay where AWS does not allow to remove them, which is said and hinders nothing", async () => {
      await takeOld("2025-02-01");
      await takeDaily(5);
      aws.trouble("DeleteDBSnapshot", { code: "AccessDenied", status: 403 });
      const { whole, notes } = site(later);
      const entry = await snapshotBackups(whole).take(REQUEST);
      assert.equal(entry.kind, "snapshot");
      assert.match(notes().join("\n"), /old snapshot shop-prod-database-20250201t060000z-v0007[^]*AccessDenied/);
    });

    it("of another database under this name are no part of it", async () => {
      await takeOld("2025-02-01");
      await takeDaily(5);
      connection = { ...connection, resourceId: "db-ANOTHER" };
      const refused = await refusalOf(snapshotBackups(site(later).whole).take(REQUEST));
      assert.match(refused.message, /another database than this stack's/);
      assert.ok(!aws.asked.includes("DeleteDBSnapshot"));
    });
  });

  it("that would be one too many says how many there are, exit code 3 before anything is run", async () => {
    aws.trouble("CreateDBSnapshot", { code: "SnapshotQuotaExceeded", status: 400 });
    aws.trouble("DescribeAccountAttributes", { answer: accountQuota("ManualSnapshots", 100, 100) });
    const error = await refusalOf(take());
    assert.deepEqual([error.code, error.exitCode], ["backup_failed", 3]);
    assert.match(error.message, /as many snapshots as AWS allows \(100 of 100\)\. Nothing was run/);
    assert.match(error.details.next ?? "", /Delete old ones[^]*higher quota/);
  });
});

const DAY_MS = 24 * 60 * 60 * 1000;

/** moto has no quotas. */
function accountQuota(name: string, used: number, max: number): string {
  return (
    "<DescribeAccountAttributesResponse><DescribeAccountAttributesResult><AccountQuotas><AccountQuota>" +
    `<AccountQuotaName>${name}</AccountQuotaName><Used>${used}</Used><Max>${max}</Max>` +
    "</AccountQuota></AccountQuotas></DescribeAccountAttributesResult></DescribeAccountAttributesResponse>"
  );
}

function connectionTo(kind: "rds" | "aurora", identifier: string, resourceId: string): DatabaseConnection {
  return {
    ...{ kind, identifier, resourceId, host: "db.example", port: 5433, database: "app", user: "master" },
    ...{ ownerRole: "app_owner", project: "shop", instance: "prod", region: MOTO_REGION, authentication: "secret" },
  };
}
