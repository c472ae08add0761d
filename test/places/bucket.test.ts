import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { bucketStore } from "../../engine/adapters/places/bucket-store.js";
import type { PlacedFile, PlaceStore } from "../../engine/adapters/places/place-store.js";
import { readPlace } from "../../engine/core/backup-place.js";
import { refusalOf } from "../support/engine.js";
import { startFaultyBucket, type FaultyBucket } from "../support/faulty-bucket.js";
import { MOTO_REGION, startMoto, type Moto } from "../support/moto.js";
import { setEnvironment } from "../support/environment.js";

const WATCHED = { signal: new AbortController().signal, onBytes: () => undefined };

describe("a bucket as a place for backups", function () {
  this.timeout(180_000);
  let moto: Moto;
  let front: FaultyBucket;
  let folder: string;
  let client: S3Client;
  let restoreEnvironment: () => void;

  before(async () => {
    moto = await startMoto();
    front = await startFaultyBucket(moto.url);
    restoreEnvironment = setEnvironment({ ...moto.env, AWS_ENDPOINT_URL: front.url, AWS_REGION: MOTO_REGION });
    client = new S3Client({ region: MOTO_REGION, endpoint: moto.url, forcePathStyle: true });
  });
  after(async () => {
    restoreEnvironment();
    client.destroy();
    await front.stop();
    await moto.stop();
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "holdfast place "));
    await moto.reset();
    front.calm();
    await client.send(
      new CreateBucketCommand({ Bucket: "copies", CreateBucketConfiguration: { LocationConstraint: MOTO_REGION } }),
    );
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const store = (text = "s3://copies/shop"): PlaceStore => {
    const place = readPlace(text, (path) => path);
    assert.ok(place.kind === "bucket");
    return bucketStore(place);
  };
  /** A file here, as a manifest would name it. */
  const file = (bytes: number, key = "prod/base.tar"): PlacedFile & { readonly source: string } => {
    const content = randomBytes(bytes);
    const source = join(folder, "source");
    writeFileSync(source, content);
    return { key, bytes, sha256: createHash("sha256").update(content).digest("hex"), source };
  };
  const put = (given: ReturnType<typeof file>): Promise<void> => store().put(given, given.source, WATCHED);
  const roundTrip = async (bytes: number): Promise<void> => {
    const given = file(bytes);
    await put(given);
    const target = join(folder, "target");
    await store().fetch(given, target, WATCHED);
    assert.ok(readFileSync(target).equals(readFileSync(given.source)));
  };

  for (const bytes of [0, 1, 8 * 1024 * 1024, 8 * 1024 * 1024 + 1, 20_000_000]) {
    it(`gives a file of ${bytes} bytes back as it was`, () => roundTrip(bytes));
  }

  it("reads back what an endpoint without checksums stored", async () => {
    front.trouble(/./, "no-checksums", 1000);
    await roundTrip(9_000_000);
    assert.ok(front.asked.filter((what) => what.startsWith("GET")).length > 1, "once to compare, once to fetch");
  });

  it("outlasts throttling, faults of the storage and a connection that is cut in the middle", async () => {
    front.trouble(/^(PUT|POST)/, { code: "SlowDown", status: 503 }, 2);
    front.trouble(/^PUT/, "cut", 1);
    front.trouble(/^(HEAD|GET)/, { code: "InternalError", status: 500 }, 2);
    await roundTrip(9_000_000);
  });

  it("says what is wrong where the faults stay, and stores nothing under the name", async () => {
    const given = file(9_000_000);
    front.trouble(/partNumber=2/, "cut", 1000);
    const cut = await refusalOf(put(given));
    assert.equal(cut.exitCode, 4, cut.message);
    assert.match(
      cut.message,
      /^The copy to s3:\/\/copies\/shop failed: the s3 endpoint of eu-central-1 cannot be reached/,
    );
    front.calm();
    assert.deepEqual(await store().list("prod/"), []);
    front.trouble(/./, { code: "SlowDown", status: 503 }, 1000);
    assert.equal((await refusalOf(put(given))).code, "aws_unavailable");
  });

  it("says which right, which login or which bucket is missing", async () => {
    front.trouble(/^PUT/, { code: "AccessDenied", status: 403 }, 10);
    const denied = await refusalOf(put(file(10)));
    assert.deepEqual([denied.code, denied.exitCode], ["aws_access_denied", 3]);
    assert.match(denied.message, /AWS does not allow s3:PutObject/);
    front.calm();
    front.trouble(/^PUT/, { code: "InvalidAccessKeyId", status: 403 }, 10);
    assert.equal((await refusalOf(put(file(10)))).code, "aws_credentials_expired");
    front.calm();
    const missing = await refusalOf(store("s3://elsewhere").readText("a"));
    assert.equal(missing.exitCode, 3);
    assert.match(missing.message, /there is no bucket elsewhere/);
  });

  it("does not copy a file that was changed after the backup", async () => {
    const given = file(1000);
    writeFileSync(given.source, randomBytes(1000));
    assert.equal((await refusalOf(put(given))).code, "backup_damaged");
    assert.deepEqual(await store().list("prod/"), []);
  });

  it("finds a byte that was changed in the bucket, and a file that is gone", async () => {
    const given = file(1000);
    await put(given);
    const content = readFileSync(given.source);
    content[500] = (content[500] ?? 0) ^ 1;
    await client.send(new PutObjectCommand({ Bucket: "copies", Key: "shop/prod/base.tar", Body: content }));
    const changed = await refusalOf(store().fetch(given, join(folder, "target"), WATCHED));
    assert.equal(changed.code, "backup_damaged");
    assert.match(changed.message, /s3:\/\/copies\/shop\/prod\/base\.tar was changed after the backup/);
    await store().remove([given.key]);
    const gone = await refusalOf(store().fetch(given, join(folder, "target"), WATCHED));
    assert.match(gone.message, /base\.tar is missing/);
  });
});
