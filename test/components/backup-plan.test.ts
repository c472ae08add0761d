import assert from "node:assert/strict";
import * as kms from "@pulumi/aws/kms/index.js";
import type * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { BackupPlan, type BackupPlanArgs } from "../../components/index.js";
import { ACCOUNT, cloudOf, REGION, type TestCloud } from "../support/cloud.js";
import { createStackHarness, type RunReport, type StackHarness, type TestStack } from "../support/pulumi.js";

const MAIN = `arn:aws:rds:${REGION}:${ACCOUNT}:db:shop-prod-main`;
const REPORTS = `arn:aws:rds:${REGION}:${ACCOUNT}:cluster:shop-prod-reports`;
const AWAY = `arn:aws:backup:${REGION}:999999999999:backup-vault:away`;
const THERE = "eu-west-1";

/** Keys of the program, by what their descriptions say. */
interface Keys {
  readonly vault: pulumi.Output<string>;
  readonly other: pulumi.Output<string>;
  /** In the second region. */
  readonly there: pulumi.Output<string>;
}

type Ask = (keys: Keys) => Wish;
type Wish = Omit<BackupPlanArgs, "databaseArns" | "keyArn"> & Partial<BackupPlanArgs>;

const EVERYWHERE: Ask = (keys) => ({
  databaseArns: [MAIN, REPORTS],
  continuousBackup: true,
  retentionDays: 120,
  coldStorageAfterDays: 30,
  lock: { minRetentionDays: 14 },
  vaultName: "shop-backups",
  copyToRegion: { region: THERE, keyArn: keys.there },
  copyToAccount: { vaultArn: AWAY, retentionDays: 365 },
  restoreTesting: { subnetGroupName: "shop", securityGroupIds: ["sg-1", "sg-2"], resourceTypes: ["RDS", "Aurora"] },
  tags: { team: "shop" },
});

describe("BackupPlan", function () {
  this.timeout(60_000);
  let harness: StackHarness;
  let cloud: TestCloud;

  beforeEach(async () => {
    harness = await createStackHarness({ cloud: true, linksCheckout: false });
    cloud = cloudOf(harness);
  });
  afterEach(() => harness.remove());

  it("keeps a recovery point a day for 35 days, in a vault with its own key that denies everybody to delete one", async () => {
    const stack = await deploy();
    const vault = cloud.only("Vault").attributes;
    assert.equal(vault["name"], "shop-prod-backups");
    assert.equal(vault["kmsKeyArn"], keyNamed("vault"));
    assert.equal(vault["forceDestroy"] ?? false, false);
    const policy = JSON.parse(String(cloud.only("VaultPolicy").attributes["policy"])) as PolicyDocument;
    const [denied] = policy.Statement;
    assert.equal(denied?.Effect, "Deny");
    assert.equal(denied.Principal, "*");
    assert.deepEqual(denied.Action, [
      "backup:DeleteRecoveryPoint",
      "backup:UpdateRecoveryPointLifecycle",
      "backup:DeleteBackupVault",
    ]);
    const [daily, ...others] = rules();
    assert.deepEqual(others, []);
    assert.equal(daily?.["schedule"], "cron(0 1 * * ? *)");
    assert.equal(daily["targetVaultName"], "shop-prod-backups");
    assert.deepEqual(daily["lifecycle"], { deleteAfter: 35 });
    assert.deepEqual(cloud.only("Selection").attributes["resources"], [MAIN]);
    assert.deepEqual((await stack.preview()).changes, []);
  });

  it("has the copies, the lock and the restore tests that are asked for, each in its region", async () => {
    const stack = await deploy(EVERYWHERE);
    const [daily, continuous] = rules();
    assert.equal(continuous?.["enableContinuousBackup"], true);
    assert.deepEqual(continuous["lifecycle"], { deleteAfter: 35 });
    const copies = daily?.["copyActions"] as { destinationVaultArn: string; lifecycle: unknown }[];
    const there = cloud.resources("Vault").find(({ attributes }) => attributes["name"] === "shop-backups-copy");
    assert.equal(there?.region, "eu-west-1");
    assert.equal(there.attributes["kmsKeyArn"], keyNamed("there"));
    assert.deepEqual(
      copies.map((copy) => [copy.destinationVaultArn, copy.lifecycle]),
      [
        [there.attributes["arn"], { deleteAfter: 120, coldStorageAfter: 30 }],
        [AWAY, { deleteAfter: 365, coldStorageAfter: 30 }],
      ],
    );
    const locks = cloud.resources("VaultLockConfiguration");
    assert.deepEqual(
      locks.map(({ attributes }) => attributes["minRetentionDays"]),
      [14, 14],
    );
    assert.ok(locks.every(({ hidden }) => hidden["isCompliance"] === false));
    const selections = cloud.resources("RestoreTestingSelection").map(({ attributes }) => attributes);
    assert.deepEqual(
      selections.map((selection) => [selection["protectedResourceType"], selection["protectedResourceArns"]]).sort(),
      [
        ["Aurora", [REPORTS]],
        ["RDS", [MAIN]],
      ],
    );
    assert.deepEqual(selections[0]?.["restoreMetadataOverrides"], {
      dbSubnetGroupName: "shop",
      vpcSecurityGroupIds: '["sg-1","sg-2"]',
    });
    assert.equal(cloud.only("RestoreTestingPlan").attributes["name"], "shop_prod_backups");
    const tagged = ["Vault", "Plan", "RestoreTestingPlan", "Role"].flatMap((type) => cloud.resources(type));
    for (const { attributes } of tagged) {
      assert.equal((attributes["tagsAll"] as Record<string, string>)["holdfast:component"], "backups");
      assert.equal((attributes["tagsAll"] as Record<string, string>)["team"], "shop");
    }
    assert.deepEqual((await stack.preview()).changes, []);
  });

  it("acts in a role with AWS's own policies for backups and restores, which AWS Backup alone may take", async () => {
    await deploy();
    assert.match(String(cloud.only("Role").attributes["assumeRolePolicy"]), /backup\.amazonaws\.com/);
    const policies = cloud.resources("RolePolicyAttachment").map(({ attributes }) => attributes["policyArn"]);
    assert.deepEqual(policies.sort(), [
      "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
      "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores",
    ]);
  });

  it("takes a database in and out by its selection alone, and the new one stands before the old one goes", async () => {
    const stack = await deploy();
    const report = await stack.up({ program: program({ databaseArns: [MAIN, REPORTS] }) });
    assert.deepEqual(
      new Set(changesOfAws(report).map(([, type]) => type)),
      new Set(["aws:backup/selection:Selection"]),
    );
    const acts = cloud.changes().filter(({ type }) => type.endsWith("Selection"));
    assert.deepEqual(
      acts.map(({ act }) => act),
      ["create", "create", "delete"],
    );
    assert.deepEqual(cloud.only("Selection").attributes["resources"], [MAIN, REPORTS]);
  });

  it("takes a governance lock off before it puts the changed one on, since a vault has one", async () => {
    const stack = await deploy({ lock: {} });
    await stack.up({ program: program({ lock: { minRetentionDays: 10 } }) });
    const acts = cloud.changes().filter(({ type }) => type.endsWith("VaultLockConfiguration"));
    assert.deepEqual(
      acts.map(({ act }) => act),
      ["create", "delete", "create"],
    );
  });

  it("makes a compliance lock of a governance one, and then neither changes nor takes it back", async () => {
    const confirmation =
      "After 30 days nobody can ever unlock shop-prod-backups or delete what lies in it before its time";
    const lock = { mode: "compliance", changeableForDays: 30, confirmation };
    const stack = await deploy({ lock: {} });
    await stack.up({ program: program({ lock }) });
    assert.equal(cloud.only("VaultLockConfiguration").hidden["isCompliance"], true);
    for (const wish of [{ lock: { ...lock, minRetentionDays: 8 } }, { lock: {} }, {}]) {
      const preview = await stack.preview({ program: program(wish), mayFail: true });
      assert.equal(preview.succeeded, false);
    }
  });

  it("refuses what AWS would refuse, all at once and before anything is made", async () => {
    const stack = await create({ retentionDays: 0, startWindowMinutes: 5, lock: { mode: "forever" } });
    const preview = await stack.preview({ mayFail: true });
    assert.equal(preview.succeeded, false);
    const said = preview.errors.join("\n");
    for (const property of ["retentionDays is 0", "startWindowMinutes is 5", 'lock.mode is "forever"']) {
      assert.ok(said.includes(property), said);
    }
    assert.ok(!said.includes("    at "), said);
    assert.deepEqual(
      changesOfAws(preview).filter(([, type]) => !type.includes("Key")),
      [],
    );
  });

  it("refuses a plan of no database, and an alias where a key belongs", async () => {
    const wish = { databaseArns: [], keyArn: "alias/aws/backup", copyToRegion: { region: "eu-west-1", keyArn: "key" } };
    const { errors } = await (await create(wish)).preview({ mayFail: true });
    const said = errors.join("\n");
    assert.match(said, /databaseArns is \[\]; allowed: a list of ARNs, at least one.*\[database\.arn\]/);
    assert.match(said, /keyArn is "alias\/aws\/backup"; allowed: the ARN of a KMS key/);
    assert.match(said, /copyToRegion\.keyArn is "key"/);
  });

  it("refuses to replicate a cluster's automated backups, and to test restores of a type it has none of", async () => {
    const replication = replicated("reports", REPORTS);
    const stack = await create(replication);
    const cluster = await stack.preview({ mayFail: true });
    assert.match(cluster.errors.join("\n"), /Automated backups of Aurora clusters cannot be replicated/);
    const restoreTesting = { subnetGroupName: "shop", resourceTypes: ["Aurora"] };
    const none = await stack.preview({ program: program({ restoreTesting }), mayFail: true });
    assert.match(none.errors.join("\n"), /holds "Aurora", and no ARN of databaseArns is that of an Aurora cluster/);
  });

  it("of a review stack is destroyed with all that is in it", async () => {
    const stack = await deploy((keys) => ({ ...EVERYWHERE(keys), protection: "ephemeral" }));
    assert.ok(cloud.resources("Vault").every(({ id }) => id !== ""));
    assert.deepEqual(cloud.resources("VaultPolicy"), []);
    assert.equal((await stack.destroy()).succeeded, true);
    assert.deepEqual(cloud.resources("Vault"), []);
  });

  describe("that is deployed", () => {
    let stack: TestStack;
    let deployed: StackHarness;

    before(async () => {
      deployed = await createStackHarness({ cloud: true, linksCheckout: false });
      stack = await deployed.createStack({ project: "shop", stack: "prod", program: program(EVERYWHERE) });
      await stack.up();
    });
    after(() => deployed.remove());

    it("changes schedule, windows and retention in place", async () => {
      const changes = { schedule: "cron(0 4 * * ? *)", startWindowMinutes: 120, retentionDays: 400 };
      const wish: Ask = (keys) => ({ ...EVERYWHERE(keys), ...changes });
      const report = await stack.preview({ program: program(wish) });
      assert.deepEqual(changesOfAws(report), [["update", "aws:backup/plan:Plan"]]);
    });

    const PINNED: readonly (readonly [what: string, to: Ask, said: RegExp])[] = [
      ["its key", (keys) => ({ ...EVERYWHERE(keys), keyArn: keys.other }), /keyArn is ".+" and cannot become ".+"/],
      [
        "its name",
        (keys) => ({ ...EVERYWHERE(keys), vaultName: "b1" }),
        /vaultName is "shop-backups" and cannot become "b1"/,
      ],
      [
        "the region of its copy",
        (keys) => ({ ...EVERYWHERE(keys), copyToRegion: { region: "eu-west-3", keyArn: keys.there } }),
        /copyToRegion\.region is "eu-west-1" and cannot become "eu-west-3"/,
      ],
      [
        "the key of its copy",
        (keys) => ({ ...EVERYWHERE(keys), copyToRegion: { region: THERE, keyArn: keys.other } }),
        /copyToRegion\.keyArn is ".+" and cannot become ".+"/,
      ],
    ];
    for (const [what, to, said] of PINNED) {
      it(`refuses in the preview to change ${what}, with the way that works`, async () => {
        const preview = await stack.preview({ program: program(to), mayFail: true });
        assert.equal(preview.succeeded, false);
        assert.match(preview.errors.join("\n"), said);
        assert.match(preview.errors.join("\n"), /a second BackupPlan, beside this one, has a vault of its own/);
      });
    }

    it("refuses to lose a vault: by taking the plan or the copy out, and by destroy", async () => {
      const withoutCopy = (keys: Keys) => ({ ...EVERYWHERE(keys), copyToRegion: undefined });
      for (const run of [
        stack.preview({ program: program(withoutCopy), mayFail: true }),
        stack.preview({ program: () => Promise.resolve(), mayFail: true }),
        stack.destroy({ mayFail: true }),
      ]) {
        const report = await run;
        assert.equal(report.succeeded, false);
      }
      assert.equal(cloudOf(deployed).resources("Vault").length, 2);
    });
  });

  function rules(): Record<string, unknown>[] {
    const all = cloud.only("Plan").attributes["rules"] as Record<string, unknown>[];
    return [...all].sort((left) => (left["ruleName"] === "daily" ? -1 : 1));
  }

  function keyNamed(description: keyof Keys): unknown {
    return cloud.resources("Key").find(({ attributes }) => attributes["description"] === description)?.attributes[
      "arn"
    ];
  }

  async function deploy(wish: Wish | Ask = {}): Promise<TestStack> {
    const stack = await create(wish);
    await stack.up();
    return stack;
  }

  function create(wish: Wish | Ask): Promise<TestStack> {
    return harness.createStack({ project: "shop", stack: "prod", program: program(wish) });
  }
});

interface PolicyDocument {
  readonly Statement: { Effect: string; Principal: unknown; Action: string[] }[];
}

/** Keys, and a plan of the one database. */
function program(wish: Wish | Ask): PulumiFn {
  return () => {
    const key = (description: string, region = REGION) => new kms.Key(description, { description, region }).arn;
    const keys = { vault: key("vault"), other: key("other"), there: key("there", THERE) };
    const asked = typeof wish === "function" ? wish(keys) : wish;
    const plan = new BackupPlan("backups", { databaseArns: [MAIN], keyArn: keys.vault, ...asked });
    return Promise.resolve({ vaultArn: plan.vaultArn });
  };
}

function replicated(name: string, arn: pulumi.Input<string>): Ask {
  return ({ there }) => ({ replication: { region: THERE, keyArn: there, instances: [{ name, arn }] } });
}

function changesOfAws({ changes }: RunReport): [op: string, type: string][] {
  return changes.filter(({ type }) => type.startsWith("aws:")).map(({ op, type }) => [op, type]);
}
