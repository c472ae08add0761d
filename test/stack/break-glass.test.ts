import assert from "node:assert/strict";
import {
  DatabaseNetwork,
  EncryptionKey,
  FileStorage,
  PersistentDatabase,
  type BreakGlass,
  type DatabaseGeneration,
} from "../../components/index.js";
import { cloudOf, type CloudResource, type TestCloud } from "../support/cloud.js";
import { createStackHarness, type RunReport, type StackHarness, type TestStack } from "../support/pulumi.js";

const FORMER = "shop-prod-main";
const PRESENT = "shop-prod-main-restored";
const CHILD = "main-main-instance";

interface StoredResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly delete?: boolean;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

describe("break-glass, for a generation that has done its service, and then for all", function () {
  this.timeout(300_000);
  let harness: StackHarness;
  let cloud: TestCloud;
  let stack: TestStack;
  let databases: DatabaseGeneration[] = [{ name: "main" }];
  let breakGlass: BreakGlass[] = [];
  /** The audit's record, by its name in the stack. */
  let audit: string;

  before(async () => {
    harness = await createStackHarness({ cloud: true });
    cloud = cloudOf(harness);
    stack = await harness.createStack({ project: "shop", stack: "prod", program });
    await stack.up();
    const id = cloud.pointInTimeRestore(FORMER, PRESENT);
    databases = [{ name: "main" }, { name: "restored", id, identifier: PRESENT }];
    await stack.up();
  });
  after(() => harness.remove());

  const program = (): Promise<Record<string, unknown>> => {
    const key = new EncryptionKey("key", { breakGlass });
    const network = new DatabaseNetwork("network", { cidrBlock: "10.20.0.0/24", port: 5433 });
    const { subnetGroupName, securityGroupId } = network;
    const place = { keyArn: key.arn, subnetGroupName, securityGroupIds: [securityGroupId] };
    const { identifier } = new PersistentDatabase("main", { ...place, databases, breakGlass });
    new FileStorage("files", { kind: "s3", keyArn: key.arn, breakGlass });
    return Promise.resolve({ identifier });
  };
  const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
  const entry = (id: string, expires = inHours(1)): BreakGlass => ({
    id,
    by: "ada",
    reason: "replaced in May",
    expires,
  });
  const changed = ({ changes }: RunReport): string[] =>
    changes.map(({ op, type, name }) => `${op} ${type.split(":").at(-1) ?? ""} ${name}`).sort();
  const stored = async (): Promise<StoredResource[]> =>
    ((await stack.state()).deployment as { resources?: StoredResource[] }).resources ?? [];
  const rewrite = async (change: (resources: StoredResource[]) => StoredResource[]): Promise<void> => {
    const state = await stack.state();
    const deployment = state.deployment as { resources: StoredResource[] };
    await stack.stack.importStack({ ...state, deployment: { ...deployment, resources: change(deployment.resources) } });
  };
  /** In the preview, and in a deploy without one, before anything is changed. */
  const refused = async (message: RegExp): Promise<void> => {
    const before = cloud.resources();
    for (const operation of ["preview", "up"] as const) {
      const report = await stack[operation]({ mayFail: true });
      assert.equal(report.succeeded, false, operation);
      assert.match(report.errors.join("\n"), message);
    }
    assert.deepEqual(cloud.resources(), before);
  };
  const audits = (): CloudResource[] => cloud.resources("aws:ssm/parameter:Parameter");

  it("wants to know what, who, why and until when; all that is missing is told at once", async () => {
    breakGlass = [{ id: "", by: "", reason: "", expires: "soon" }, entry(FORMER, inHours(15 * 24))];
    const { errors } = await stack.preview({ mayFail: true });
    const said = errors.join("\n");
    for (const property of ["[0].id", "[0].by", "[0].reason", "[0].expires", "[1].expires"]) {
      assert.ok(said.includes(`breakGlass${property} is `), `${property}\n${said}`);
    }
    assert.match(said, /at most 14 days ahead/);
  });

  it("lifts nothing by an entry that has expired, nor by one that names something else", async () => {
    breakGlass = [entry(FORMER, inHours(-1)), entry("shop-prod-mai")];
    const { changes } = await stack.preview();
    assert.deepEqual(
      [...new Set(changes.map(({ type }) => type))].filter((type) => !type.startsWith("holdfast:")),
      [],
    );
  });

  it("is refused in one step: the entry and the removal in the same deploy", async () => {
    const all = databases;
    databases = all.slice(1);
    breakGlass = [entry(FORMER)];
    await refused(/PersistentDatabase "main" holds the database "shop-prod-main" .* takes two deploys/s);
    databases = all;
  });

  it("lifts in the first deploy what the entry names and nothing else, and writes down who, why and until when", async () => {
    audit = `${CHILD}-break-glass-${breakGlass[0]!.expires.replaceAll(":", "-")}`;
    assert.deepEqual(changed(await stack.up()), [
      `create Parameter ${audit}`,
      `update Instance ${CHILD}`,
      "update PersistentDatabase main",
    ]);
    assert.deepEqual(changed(await stack.preview()), []);
    const isProtected = (name: string): unknown => cloud.database(name).attributes["deletionProtection"];
    assert.deepEqual([isProtected(FORMER), isProtected(PRESENT)], [false, true]);
    const guarded = (await stored()).filter(({ type, urn }) =>
      /:(Instance|Key|Bucket|Marker)::/.test(`${type}::${urn}`),
    );
    const open = guarded.filter(({ protect }) => protect !== true).map(({ urn }) => urn.split("::").at(-1));
    assert.deepEqual(open, [CHILD, `${CHILD}-marker`]);
    const [written] = audits();
    assert.match(String(written?.attributes["name"]), /^\/holdfast\/break-glass\/shop\/prod\/shop-prod-main\//);
    const { resource, by, reason, expires } = JSON.parse(String(written?.attributes["value"])) as Record<
      string,
      unknown
    >;
    assert.deepEqual([resource, by, reason, expires], [FORMER, "ada", "replaced in May", breakGlass[0]!.expires]);
  });

  it("ends with its time: what was lifted and not deleted by then is refused again", async () => {
    const all = databases;
    const past = inHours(-1);
    await rewrite((resources) =>
      resources.map((one) =>
        one.outputs?.["liftedUntil"] === undefined ? one : { ...one, outputs: { ...one.outputs, liftedUntil: past } },
      ),
    );
    databases = all.slice(1);
    await refused(/holds the database "shop-prod-main"/);
    databases = all;
    await stack.up();
  });

  it("is refused by a plain pulumi destroy also while it is lifted, since no hook can look then", async () => {
    const before = cloud.resources();
    const { succeeded, errors } = await stack.destroy({ mayFail: true });
    assert.equal(succeeded, false);
    assert.match(errors.join("\n"), /the program is not running.*docs\/break-glass\.md/);
    assert.deepEqual(cloud.resources(), before);
  });

  it("deletes in the second deploy that one, behind a final snapshot and with its automated backups kept", async () => {
    const { id, attributes } = cloud.database(FORMER);
    const others = cloud.resources().filter((one) => /Key$|Bucket$|:Instance$/.test(one.type) && one.id !== id);
    databases = databases.slice(1);
    const expected = [
      `delete Instance ${CHILD}`,
      "delete LogGroup main-main-log-postgresql",
      "delete LogGroup main-main-log-upgrade",
      `delete Marker ${CHILD}-marker`,
      `delete Parameter ${audit}`,
      "delete ParameterGroup main-main-parameters-17",
      "update PersistentDatabase main",
    ];
    assert.deepEqual(changed(await stack.preview()), expected);
    assert.deepEqual(changed(await stack.up()), expected);
    assert.deepEqual(changed(await stack.preview()), []);
    assert.throws(() => cloud.database(FORMER));
    const [snapshot] = cloud.snapshots();
    const { sourceResourceId, allocatedStorage, kmsKeyId } = snapshot!.attributes;
    assert.deepEqual(
      [sourceResourceId, allocatedStorage, kmsKeyId],
      [id, attributes["allocatedStorage"], attributes["kmsKeyId"]],
    );
    assert.deepEqual(
      cloud.retainedBackups().map((one) => one.attributes["sourceResourceId"]),
      [id],
    );
    const kept = cloud
      .resources()
      .filter((one) => others.some((other) => other.id === one.id && other.type === one.type));
    assert.deepEqual(kept, others);
    assert.equal(audits().length, 1);
  });

  it("forgets nothing of the audit when the entry leaves the program", async () => {
    breakGlass = [];
    await stack.up();
    assert.deepEqual(changed(await stack.preview()), []);
    assert.equal(audits().length, 1);
  });

  it("has a way out of a pending delete, which stops each deploy: it leaves the state, and its database stays", async () => {
    const left = cloud.pointInTimeRestore(PRESENT, "shop-prod-main-left");
    // As a deploy leaves it that replaced a database before it was guarded, and could not delete the old one.
    await rewrite((resources) =>
      resources.flatMap((one) =>
        one.type === "aws:rds/instance:Instance"
          ? [one, { ...one, id: left, delete: true, protect: false, retainOnDelete: false }]
          : [one],
      ),
    );
    await refused(/pending delete of the database .*docs\/break-glass\.md/s);
    // The page's own words: pulumi stack export, without what has "delete": true, pulumi stack import.
    await rewrite((resources) => resources.filter((one) => one.delete !== true));
    assert.deepEqual(changed(await stack.preview()), []);
    assert.equal(cloud.database("shop-prod-main-left").id, left);
  });

  it("takes a whole stack away in two steps: all entries, then pulumi destroy --run-program", async () => {
    const { id } = cloud.database(PRESENT);
    cloud.vanish("aws:rds/instance:Instance", "shop-prod-main-left");
    breakGlass = [PRESENT, "alias/holdfast/shop-prod-key", "files-bucket"].map((name) => entry(name));
    const before = cloud.resources();
    const early = await stack.destroy({ mayFail: true, runProgram: true, previewOnly: true });
    assert.match(early.errors.join("\n"), /takes two deploys/);
    assert.deepEqual(cloud.resources(), before);
    await stack.up();
    await stack.destroy({ runProgram: true });
    assert.deepEqual(await stored(), []);
    assert.deepEqual(
      cloud.resources().filter(({ type }) => /:(Instance|Bucket|Key)$/.test(type)),
      [],
    );
    assert.ok(cloud.snapshots().some(({ attributes }) => attributes["sourceResourceId"] === id));
    assert.equal(audits().length, 4);
  });
});
