import assert from "node:assert/strict";
import { CreateDBSnapshotCommand, DescribeDBSnapshotsCommand } from "@aws-sdk/client-rds";
import { copyAt, type CopySite } from "../../engine/adapters/aws/copy-snapshot.js";
import { snapshotApi } from "../../engine/adapters/aws/snapshot-api.js";
import { snapshotBackups } from "../../engine/adapters/aws/snapshot-backups.js";
import { systemClock } from "../../engine/adapters/system-clock.js";
import type { DatabaseConnection } from "../../engine/core/database-connection.js";
import { readRegionPlace, type RegionPlace } from "../../engine/core/region-place.js";
import {
  IDENTIFIER,
  makeCluster,
  makeInstance,
  makeKey,
  OTHER_REGION,
  startAwsWorld,
  type AwsWorld,
} from "../support/aws-database.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { recordProgress, refusalOf } from "../support/engine.js";
import type { AwsTrouble } from "../support/faulty-aws.js";
import { MOTO_ACCOUNT, MOTO_REGION } from "../support/moto.js";

const REQUEST = {
  ...{ reason: "before 0008", schemaVersion: "0007", release: "1.4.0", pendingVersions: ["0008"], contracts: [] },
  fingerprint: null,
};
const PATIENCE = { faultsMs: 500, credentialsMs: 500, busyMs: 500 };
const SAME: AwsTrouble = { change: (answer) => answer };
const COPYING: AwsTrouble = { change: (answer) => answer.replaceAll("<Status>available<", "<Status>copying<") };

describe("a copy of a snapshot in a second region", function () {
  this.timeout(120_000);
  let world: AwsWorld;
  let dataRoot: TestDataRoot;
  let connection: DatabaseConnection;
  let key: string;
  let id: string;

  before(async () => {
    world = await startAwsWorld();
  });
  beforeEach(async () => {
    dataRoot = await createDataRoot({ withBinaries: false });
    await world.moto.reset();
    world.aws.calm();
    key = await makeKey(world.moto, OTHER_REGION);
    connection = await makeInstance(world);
    id = await snapshot();
    world.aws.calm();
  });
  afterEach(() => dataRoot.remove());
  after(() => world.stop());

  const snapshot = async (): Promise<string> => {
    const port = snapshotBackups({
      ...{ connection, api: snapshotApi(connection), environment: "prod", clock: systemClock, pollMs: 10 },
      ...{ catalogue: dataRoot.path, patience: PATIENCE, signal: new AbortController().signal },
      ...{ progress: () => undefined, killPoint: () => undefined },
    });
    return (await port.take(REQUEST)).id;
  };
  const copying = (to: RegionPlace = { region: OTHER_REGION, keyId: key }, changes: Partial<CopySite> = {}) => {
    const { events, progress } = recordProgress();
    const site: CopySite = {
      ...{ from: snapshotApi(connection), to: snapshotApi(connection, to.region), progress, clock: systemClock },
      ...{ signal: new AbortController().signal, pollMs: 10, patience: PATIENCE },
      ...changes,
    };
    const notes = () => events.flatMap((event) => (event.kind === "note" ? [event.message] : []));
    return { run: () => copyAt(site, { id, to }), notes };
  };
  const there = async () =>
    (await world.elsewhere.send(new DescribeDBSnapshotsCommand({ SnapshotType: "manual" }))).DBSnapshots ?? [];

  it("has the same name and tags, is encrypted by that region's key, and says what it is a copy of", async () => {
    const copy = await copying().run();
    const arn = `arn:aws:rds:${OTHER_REGION}:${MOTO_ACCOUNT}:snapshot:${id}`;
    assert.deepEqual(copy, { id, arn, region: OTHER_REGION });
    const [found, ...others] = await there();
    assert.deepEqual(others, []);
    assert.equal(found?.KmsKeyId, key);
    const tags = Object.fromEntries((found.TagList ?? []).map(({ Key, Value }) => [Key ?? "", Value]));
    assert.equal(tags["holdfast:copied-from"], `arn:aws:rds:${MOTO_REGION}:${MOTO_ACCOUNT}:snapshot:${id}`);
    assert.deepEqual([tags["holdfast:instance"], tags["holdfast:pending"]], ["prod", "0008"]);
    const [asked] = world.aws.bodies("CopyDBSnapshot");
    assert.match(asked?.get("PreSignedUrl") ?? "", new RegExp(`rds\\.${MOTO_REGION}\\.amazonaws\\.com`));
  });

  it("of a cluster's snapshot, likewise", async () => {
    await world.moto.reset();
    key = await makeKey(world.moto, OTHER_REGION);
    connection = await makeCluster(world);
    id = await snapshot();
    const copy = await copying().run();
    assert.equal(copy.arn, `arn:aws:rds:${OTHER_REGION}:${MOTO_ACCOUNT}:cluster-snapshot:${id}`);
  });

  it("is refused without a key where it is encrypted, before anything is copied", async () => {
    const error = await refusalOf(copying({ region: OTHER_REGION, keyId: undefined }).run());
    assert.equal(error.code, "backup_failed");
    assert.match(
      `${error.message} ${error.details.next ?? ""}`,
      /needs a key of that region[^]*region:eu-west-1:alias/,
    );
    assert.deepEqual(await there(), []);
  });

  it("is waited for, through throttling, faults, a lost connection and credentials that are renewed", async () => {
    const broken = Array.from({ length: 6 }, (): AwsTrouble => ({ code: "InternalFailure", status: 503 }));
    const expired: AwsTrouble = { code: "ExpiredToken", status: 403 };
    const troubles: AwsTrouble[] = [
      COPYING,
      { cut: "before" },
      { code: "Throttling", status: 400 },
      ...broken,
      expired,
    ];
    world.aws.trouble("DescribeDBSnapshots", SAME, SAME, ...troubles, COPYING);
    const { run, notes } = copying(undefined, { patience: { faultsMs: 60_000, credentialsMs: 60_000, busyMs: 500 } });
    await run();
    assert.match(notes().join("\n"), /faults of its own[^]*have expired[^]*Log in again/);
  });

  it("is made once, where AWS's answer is lost and where it is there already", async () => {
    world.aws.trouble("CopyDBSnapshot", { cut: "after" });
    await copying().run();
    await copying().run();
    assert.equal((await there()).length, 1);
    assert.equal(world.aws.asked.filter((action) => action === "CopyDBSnapshot").length, 2);
  });

  it("does not pass for another one of that name", async () => {
    await makeInstanceElsewhere(world);
    const foreign = { DBInstanceIdentifier: IDENTIFIER, DBSnapshotIdentifier: id };
    await world.elsewhere.send(new CreateDBSnapshotCommand(foreign));
    const error = await refusalOf(copying().run());
    assert.match(error.message, /another snapshot .* already\. Nothing was copied/);
  });

  const FAILURES: readonly (readonly [title: string, trouble: AwsTrouble, says: RegExp, code: string])[] = [
    ["there are too many", { code: "SnapshotQuotaExceeded", status: 400 }, /as many snapshots there/, "backup_failed"],
    [
      "the key cannot be used",
      { code: "KMSKeyNotAccessibleFault", status: 400 },
      /cannot use the key/,
      "backup_failed",
    ],
    ["it is denied", { code: "AccessDenied", status: 403 }, /rds:CopyDBSnapshot/, "aws_access_denied"],
  ];
  for (const [title, trouble, says, code] of FAILURES) {
    it(`says what to do where ${title}`, async () => {
      world.aws.trouble("CopyDBSnapshot", trouble);
      const error = await refusalOf(copying().run());
      assert.equal(error.code, code);
      assert.match(error.message, says);
      assert.ok(error.details.next);
    });
  }
});

async function makeInstanceElsewhere({ elsewhere }: AwsWorld): Promise<void> {
  const { CreateDBInstanceCommand } = await import("@aws-sdk/client-rds");
  const small = {
    Engine: "postgres",
    DBInstanceClass: "db.t4g.micro",
    MasterUsername: "m",
    MasterUserPassword: "password",
  };
  await elsewhere.send(new CreateDBInstanceCommand({ DBInstanceIdentifier: IDENTIFIER, ...small }));
}

describe("a second region as a place", () => {
  it("is written with its region, and the key that encrypts there", async () => {
    assert.deepEqual(readRegionPlace("region:eu-west-1"), { region: "eu-west-1", keyId: undefined });
    assert.deepEqual(readRegionPlace("region:us-gov-west-1:alias/b"), { region: "us-gov-west-1", keyId: "alias/b" });
    const arn = "arn:aws:kms:eu-west-1:123456789012:key/1234";
    assert.deepEqual(readRegionPlace(`region:eu-west-1:${arn}`), { region: "eu-west-1", keyId: arn });
    assert.equal(readRegionPlace("/mnt/backups"), undefined);
    assert.equal(
      (await refusalOf(Promise.resolve().then(() => readRegionPlace("region:Europe")))).code,
      "invalid_usage",
    );
  });
});
