import assert from "node:assert/strict";
import * as s3 from "@pulumi/aws/s3/index.js";
import * as kms from "@pulumi/aws/kms/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { FileStorage, type FileStorageArgs } from "../../components/file-storage.js";
import { describeFault } from "../../components/fault.js";
import { bucketNameFaults, fileStorageFaults } from "../../components/files/check-file-storage.js";
import { ACCOUNT, cloudOf, REGION, type TestCloud } from "../support/cloud.js";
import { createStackHarness, type RunReport, type StackHarness, type TestStack } from "../support/pulumi.js";

const TOKEN = "vercel_blob_rw_AbCdEf012345_zYxWvUtSrQpOnMlKjIhG";
const SECRET = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:shop/blob-token-AbCdEf`;
const STORE = "https://abcdef012345.public.blob.vercel-storage.com";

type Wish = Partial<FileStorageArgs>;

describe("FileStorage", function () {
  this.timeout(60_000);
  let harness: StackHarness;
  let cloud: TestCloud;

  beforeEach(async () => {
    harness = await createStackHarness({ cloud: true, linksCheckout: false });
    cloud = cloudOf(harness);
  });
  afterEach(() => harness.remove());

  const program =
    (wish: Wish, name = "files", opts: pulumi.ComponentResourceOptions = {}): PulumiFn =>
    () => {
      const key = new kms.Key("key", { enableKeyRotation: true });
      const ofKind = wish.kind === "vercel-blob" ? {} : { keyArn: key.arn };
      const files = new FileStorage(name, { kind: "s3", ...ofKind, ...wish }, opts);
      const { baseUrl, bucketName, environment } = files;
      return Promise.resolve({ baseUrl, bucketName, environment });
    };

  const createStack = (wish: Wish): Promise<TestStack> =>
    harness.createStack({ project: "shop", stack: "prod", program: program(wish) });

  async function deploy(wish: Wish = {}): Promise<{ stack: TestStack; run: RunReport }> {
    const stack = await createStack(wish);
    return { stack, run: await stack.up() };
  }

  const setting = (type: string) => cloud.only(type).attributes as Record<string, never>;

  describe("of kind s3", () => {
    it("is a bucket that is private, versioned, encrypted under an own key, reached over TLS only", async () => {
      const { stack, run } = await deploy();
      const name = `shop-prod-files-${ACCOUNT}`;
      const bucket = cloud.only("Bucket");
      assert.equal(bucket.id, name);
      assert.equal(bucket.attributes["forceDestroy"] ?? false, false);
      assert.deepEqual(setting("BucketVersioning")["versioningConfiguration"], { status: "Enabled" });
      const { blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets } =
        setting("BucketPublicAccessBlock");
      assert.deepEqual(
        [blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets],
        [true, true, true, true],
      );
      assert.deepEqual(setting("BucketOwnershipControls")["rule"], { objectOwnership: "BucketOwnerEnforced" });
      assert.deepEqual(setting("BucketServerSideEncryptionConfiguration")["rules"], [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: setting("Key")["arn"] },
          bucketKeyEnabled: true,
        },
      ]);
      const { Statement: statements } = JSON.parse(String(setting("BucketPolicy")["policy"])) as {
        Statement: unknown[];
      };
      assert.deepEqual(statements, [
        {
          Sid: "DenyWithoutTls",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ]);
      const [old, incomplete] = setting("BucketLifecycleConfiguration")["rules"] as unknown as Record<
        string,
        unknown
      >[];
      assert.deepEqual(old?.["noncurrentVersionExpiration"], { noncurrentDays: 90 });
      assert.deepEqual(incomplete?.["abortIncompleteMultipartUpload"], { daysAfterInitiation: 7 });
      assert.deepEqual(cloud.resources("BucketLogging"), []);
      const baseUrl = `https://${name}.s3.${REGION}.amazonaws.com`;
      assert.deepEqual(run.outputs, {
        baseUrl,
        bucketName: name,
        environment: {
          NEXT_PUBLIC_BLOB_BASE_URL: { value: baseUrl },
          FILE_STORAGE_BUCKET: { value: name },
          FILE_STORAGE_REGION: { value: REGION },
        },
      });
      assert.deepEqual((await stack.preview()).changes, []);
      assert.deepEqual((await stack.refresh()).changes, []);
      assert.deepEqual((await stack.preview()).changes, []);
    });

    it("has an own domain, an access log and a lock where they are asked for", async () => {
      const { stack, run } = await deploy({
        bucketName: "shop-files",
        baseUrl: "https://files.shop.example/uploads/",
        accessLog: { bucketName: "shop-logs" },
        objectLock: { mode: "compliance", days: 30 },
        noncurrentVersionDays: 365,
        incompleteUploadDays: 1,
        tags: { team: "shop", "holdfast:stack": "mine" },
      });
      assert.equal(run.outputs["baseUrl"], "https://files.shop.example/uploads");
      const { tagsAll: tags, objectLockEnabled } = setting("Bucket");
      assert.equal(objectLockEnabled, true);
      assert.deepEqual(tags, {
        team: "shop",
        "holdfast:component": "files",
        "holdfast:project": "shop",
        "holdfast:stack": "prod",
      });
      assert.deepEqual(
        [setting("BucketLogging")["targetBucket"], setting("BucketLogging")["targetPrefix"]],
        ["shop-logs", "shop-files/"],
      );
      assert.deepEqual(setting("BucketObjectLockConfiguration")["rule"], {
        defaultRetention: { mode: "COMPLIANCE", days: 30 },
      });
      assert.deepEqual((await stack.preview()).changes, []);
    });

    it("changes days, log, lock and domain in place, and never the bucket", async () => {
      const { stack } = await deploy();
      await stack.up({
        program: program({
          baseUrl: "https://files.shop.example",
          accessLog: { bucketName: "shop-logs", prefix: "files/" },
          objectLock: { mode: "governance", days: 7 },
          noncurrentVersionDays: 30,
        }),
      });
      const bucket = cloud.changes().filter(({ type }) => type.endsWith(":Bucket"));
      assert.deepEqual(
        bucket.map(({ act }) => act),
        ["create"],
      );
      assert.deepEqual(setting("BucketObjectLockConfiguration")["rule"], {
        defaultRetention: { mode: "GOVERNANCE", days: 7 },
      });
      const { changes } = await stack.up({ program: program({}) });
      assert.deepEqual(
        changes.filter(({ op, type }) => op === "delete" && type.endsWith(":Bucket")),
        [],
      );
      assert.deepEqual(cloud.resources("BucketLogging"), [], "the logging ends");
      assert.deepEqual((await stack.preview({ program: program({}) })).changes, []);
    });

    for (const [what, wish, said] of [
      [
        "kind",
        { kind: "vercel-blob", baseUrl: STORE },
        /kind is "s3" and cannot become "vercel-blob"\. .*second FileStorage/,
      ],
      [
        "bucketName",
        { bucketName: "shop-other" },
        /bucketName is .* cannot become "shop-other"\. A bucket keeps its name/,
      ],
    ] as const) {
      it(`refuses another ${what} in the preview, with the way that works`, async () => {
        const { stack } = await deploy();
        const run = await stack.preview({ program: program(wish), mayFail: true });
        assert.equal(run.succeeded, false);
        assert.match(run.errors.join("\n"), said);
        assert.equal((await stack.up({ program: program(wish), mayFail: true })).succeeded, false);
        assert.equal(cloud.resources("Bucket").length, 1);
        assert.deepEqual(
          cloud.changes().filter(({ act }) => act === "delete"),
          [],
        );
      });
    }

    it("is not deleted with its component or its stack, and keeps its settings", async () => {
      const { stack } = await deploy();
      const without = await stack.up({ program: () => Promise.resolve(), mayFail: true });
      assert.equal(without.succeeded, false);
      assert.equal((await stack.destroy({ mayFail: true })).succeeded, false);
      assert.equal(cloud.resources("Bucket").length, 1);
      for (const type of ["BucketVersioning", "BucketPublicAccessBlock", "BucketPolicy", "BucketOwnershipControls"]) {
        assert.equal(cloud.resources(type).length, 1, type);
      }
    });

    it("goes with a review stack that is ephemeral, files and all", async () => {
      const { stack } = await deploy({ protection: "ephemeral" });
      cloud.putObject(`shop-prod-files-${ACCOUNT}`, "receipts/1.pdf");
      await stack.destroy();
      assert.deepEqual(cloud.resources("Bucket"), []);
    });

    it("follows an aliased rename without touching the bucket", async () => {
      const { stack } = await deploy();
      const renamed = program({}, "documents", { aliases: [{ name: "files" }] });
      await stack.up({ program: renamed });
      assert.deepEqual(
        cloud.changes().filter(({ act }) => act === "delete"),
        [],
      );
      assert.equal(cloud.only("Bucket").id, `shop-prod-files-${ACCOUNT}`);
      assert.deepEqual((await stack.preview({ program: renamed })).changes, []);
    });
  });

  describe("of kind vercel-blob", () => {
    const vercel = { kind: "vercel-blob", baseUrl: `${STORE}/` } as const;

    it("makes nothing at AWS, and names the token's variable of the platform", async () => {
      const { run } = await deploy(vercel);
      assert.deepEqual(
        cloud
          .changes()
          .map(({ type }) => type)
          .filter((type) => !type.startsWith("aws:kms")),
        [],
      );
      assert.deepEqual(run.outputs["environment"], {
        BLOB_READ_WRITE_TOKEN: { variable: "BLOB_READ_WRITE_TOKEN" },
        NEXT_PUBLIC_BLOB_BASE_URL: { value: STORE },
      });
      assert.equal(run.outputs["baseUrl"], STORE);
    });

    it("names the token's secret by its ARN, also one that is made in the same deploy", async () => {
      const { run, stack } = await deploy({ ...vercel, tokenSecretArn: SECRET });
      const expected = { BLOB_READ_WRITE_TOKEN: { secretArn: SECRET }, NEXT_PUBLIC_BLOB_BASE_URL: { value: STORE } };
      assert.deepEqual(run.outputs["environment"], expected);
      const later = program({ ...vercel, tokenSecretArn: pulumi.output(Promise.resolve(SECRET)) });
      assert.deepEqual((await stack.preview({ program: later })).changes, []);
    });

    for (const [what, wish] of [
      ["tokenSecretArn", { tokenSecretArn: TOKEN }],
      ["tokenVariable", { tokenVariable: TOKEN }],
      ["tokenSecretArn that is an output", { tokenSecretArn: pulumi.output(TOKEN) }],
    ] as const) {
      it(`refuses the token itself as ${what}, without showing or storing it`, async () => {
        const stack = await createStack({ ...vercel, ...wish });
        const run = await stack.preview({ mayFail: true });
        assert.equal(run.succeeded, false);
        assert.match(run.errors.join("\n"), /\(not shown\)[^]*never give the token itself/);
        for (const text of [JSON.stringify(run.events), run.stdout, run.stderr]) assert.ok(!text.includes(TOKEN));
        assert.ok(!JSON.stringify(await stack.state()).includes(TOKEN));
      });
    }
  });

  describe("refuses arguments that cannot work, with the range and the way, before anything is made", () => {
    const cases: readonly (readonly [Wish, RegExp])[] = [
      [{ kind: "s4" }, /kind is "s4"; allowed: "s3" or "vercel-blob"/],
      [{ kind: "vercel-blob" }, /baseUrl is not set; allowed: an https URL\..*vercel-storage\.com/],
      [{ kind: "vercel-blob", baseUrl: "http://a.example" }, /baseUrl is "http:\/\/a\.example"; allowed: an https URL/],
      [{ baseUrl: "https://a.example/?token=1" }, /baseUrl is "https:\/\/a\.example\/"; allowed: .*without user/],
      [
        { kind: "vercel-blob", baseUrl: STORE, bucketName: "b-1" },
        /bucketName is "b-1"; allowed: nothing, where kind is "vercel-blob"/,
      ],
      [{ tokenVariable: "TOKEN" }, /tokenVariable is "\(given\)"; allowed: nothing, where kind is "s3"/],
      [{ kind: "vercel-blob", baseUrl: STORE, tokenSecretArn: SECRET, tokenVariable: "T" }, /leave one of the two out/],
      [{ keyArn: "alias/shop" }, /keyArn is "alias\/shop"; allowed: the ARN of a KMS key/],
      [{ bucketName: "Shop.Files" }, /bucketName is "Shop\.Files"; allowed: 3 to 63 lower-case/],
      [{ bucketName: "xn--files" }, /bucketName is "xn--files"/],
      [{ noncurrentVersionDays: 0 }, /noncurrentVersionDays is 0; allowed: 1 to 36500 days/],
      [{ incompleteUploadDays: 366 }, /incompleteUploadDays is 366; allowed: 1 to 365 days/],
      [
        { objectLock: { mode: "forever", days: 0.5 } },
        /objectLock\.days is 0\.5[^]*objectLock\.mode is "forever"; allowed: "governance" or "compliance"/,
      ],
      [
        { bucketName: "shop-files", accessLog: { bucketName: "shop-files" } },
        /accessLog\.bucketName is "shop-files"; allowed: another bucket/,
      ],
    ];

    for (const [wish, said] of cases) {
      it(said.source, () => assert.match(fileStorageFaults(withKey(wish)).map(describeFault).join("\n"), said));
    }

    it("all at once, in the preview", async () => {
      const stack = await createStack({ bucketName: "Shop.Files", noncurrentVersionDays: 0 });
      const run = await stack.preview({ mayFail: true });
      assert.equal(run.succeeded, false);
      assert.match(
        run.errors.join("\n"),
        /FileStorage "files" cannot be deployed:\n +bucketName [^\n]*\n +noncurrentVersionDays /,
      );
    });

    it("a default name that S3 would not take", () => {
      const [fault] = bucketNameFaults("bucketName", `shop-Prod_1-files-${ACCOUNT}`);
      assert.match(fault === undefined ? "" : describeFault(fault), /shop-Prod_1-files.*give bucketName/);
    });
  });

  it("leaves other buckets of the program alone", async () => {
    const stack = await harness.createStack({
      program: async () => {
        new s3.Bucket("other", {});
        return program({})();
      },
    });
    await stack.up();
    assert.equal(cloud.resources("Bucket").length, 2);
    await stack.up({ program: program({}) });
    assert.equal(cloud.resources("Bucket").length, 1);
  });
});

function withKey(wish: Wish): FileStorageArgs {
  const key = { keyArn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/0f2f3c1e-0000-4000-8000-000000000000` };
  return { kind: "s3", ...(wish.kind === "vercel-blob" ? {} : key), ...wish };
}
