import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import type { BytePlace } from "../../core/backup-place.js";
import { clientSettings } from "../aws/client-settings.js";
import { bucketFault, isMissing } from "./bucket-fault.js";
import { hashed, nothingPassed } from "./hashed-stream.js";
import { PartDigests, partBytesFor } from "./part-digests.js";
import { CHANGED, changedHere, damagedThere, notStored } from "./place-fault.js";
import type { PlacedFile, PlaceStore, Watched } from "./place-store.js";

type Bucket = Extract<BytePlace, { readonly kind: "bucket" }>;

/** Parts that are sent side by side; each is held in memory until it has arrived. */
const PARTS_AT_ONCE = 4;
/** S3's own limit (API reference, DeleteObjects). */
const MOST_DELETED = 1000;
/** Of a large part over a slow line. */
const ANSWER_TIMEOUT_MS = 120_000;
/** Most endpoints that are not AWS's take any. */
const REGION_OF_OTHERS = "us-east-1";

/**
 * A bucket of S3, or of anything that speaks like it. Credentials, region and endpoint come from where AWS's SDK looks for them
 * (AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL_S3, …).
 */
export function bucketStore(place: Bucket): PlaceStore {
  return new BucketStore(place, makeClient());
}

function makeClient(env = process.env): S3Client {
  const isOther = [env["AWS_ENDPOINT_URL_S3"], env["AWS_ENDPOINT_URL"]].some((url) => url !== undefined && url !== "");
  const { maxAttempts, retryMode, requestHandler } = clientSettings("");
  const region = env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"] ?? (isOther ? REGION_OF_OTHERS : undefined);
  return new S3Client({
    ...{ maxAttempts, retryMode },
    ...(region !== undefined && { region }),
    // Few other endpoints have a host name for each bucket.
    forcePathStyle: isOther,
    requestHandler: { ...requestHandler, requestTimeout: ANSWER_TIMEOUT_MS },
  });
}

class BucketStore implements PlaceStore {
  constructor(
    private readonly place: Bucket,
    private readonly client: S3Client,
  ) {}

  async put(file: PlacedFile, source: string, { signal, onBytes }: Watched): Promise<void> {
    const passed = nothingPassed();
    const partSize = partBytesFor(file.bytes);
    const parts = new PartDigests(partSize);
    const reading = createReadStream(source, { signal, highWaterMark: 1024 * 1024 });
    const body = Readable.from(parts.noting(hashed(reading, passed, onBytes)), { objectMode: false });
    const upload = new Upload({
      client: this.client,
      params: { ...this.at(file.key), Body: body, ChecksumAlgorithm: "SHA256", Metadata: { sha256: file.sha256 } },
      ...{ partSize, queueSize: PARTS_AT_ONCE },
    });
    const stop = (): void => void upload.abort();
    signal.addEventListener("abort", stop);
    try {
      await this.told(`The copy to ${this.place.name} failed`, "s3:PutObject", () => upload.done());
    } finally {
      signal.removeEventListener("abort", stop);
      reading.destroy();
    }
    if (passed.sha256 !== file.sha256) {
      await this.remove([file.key]);
      throw changedHere(source);
    }
    await this.confirm(file, parts, signal);
  }

  /** S3 gives the checksum of what it stored; where an endpoint has none, all is read back. */
  private async confirm(file: PlacedFile, parts: PartDigests, signal: AbortSignal): Promise<void> {
    const where = `${this.place.name}/${file.key}`;
    const head = await this.told(`What was copied to ${this.place.name} cannot be looked at`, "s3:GetObject", () =>
      this.client.send(new HeadObjectCommand({ ...this.at(file.key), ChecksumMode: "ENABLED" }), {
        abortSignal: signal,
      }),
    );
    if (head.ContentLength !== file.bytes) throw notStored(where);
    if (parts.fit(head.ChecksumSHA256)) return;
    const passed = nothingPassed();
    const body = await this.read(file, signal);
    await this.told(`What was copied to ${this.place.name} cannot be read back`, "s3:GetObject", async () => {
      for await (const chunk of hashed(body, passed, () => undefined)) if (chunk.length > 0) signal.throwIfAborted();
    });
    if (passed.sha256 !== file.sha256) throw notStored(where);
  }

  async putText(key: string, text: string): Promise<void> {
    await this.told(`The copy to ${this.place.name} failed`, "s3:PutObject", () =>
      this.client.send(new PutObjectCommand({ ...this.at(key), Body: text, ChecksumAlgorithm: "SHA256" })),
    );
    if ((await this.readText(key)) !== text) throw notStored(`${this.place.name}/${key}`);
  }

  async readText(key: string): Promise<string | undefined> {
    return this.told(`${this.place.name} cannot be read`, "s3:GetObject", async () => {
      const answer = await this.client.send(new GetObjectCommand(this.at(key))).catch((error: unknown) => {
        if (isMissing(error)) return undefined;
        throw error;
      });
      return answer?.Body?.transformToString();
    });
  }

  async fetch(file: PlacedFile, target: string, { signal, onBytes }: Watched): Promise<void> {
    const passed = nothingPassed();
    const body = await this.read(file, signal);
    const writing = await open(target, "w", 0o600);
    try {
      await this.told(`${this.place.name} cannot be read`, "s3:GetObject", async () => {
        for await (const chunk of hashed(body, passed, onBytes)) await writing.writeFile(chunk);
      });
      await writing.sync();
    } finally {
      await writing.close();
    }
    if (passed.sha256 !== file.sha256) throw damagedThere(this.place.name, file, CHANGED);
  }

  private async read(file: PlacedFile, signal: AbortSignal): Promise<Readable> {
    return this.told(`${this.place.name} cannot be read`, "s3:GetObject", async () => {
      // The whole is compared by its own SHA-256; the SDK's own look would hide which file it was.
      const command = new GetObjectCommand(this.at(file.key));
      const answer = await this.client.send(command, { abortSignal: signal }).catch((error: unknown) => {
        if (isMissing(error)) throw damagedThere(this.place.name, file, "is missing");
        throw error;
      });
      if (answer.Body instanceof Readable) return answer.Body;
      throw damagedThere(this.place.name, file, "is empty");
    });
  }

  async list(folder: string): Promise<readonly string[]> {
    const names: string[] = [];
    const prefix = this.keyOf(folder);
    for (let next: string | undefined, isFirst = true; isFirst || next !== undefined; isFirst = false) {
      const wish = {
        Bucket: this.place.bucket,
        Prefix: prefix,
        Delimiter: "/",
        ...(next !== undefined && { ContinuationToken: next }),
      };
      const page = await this.told(`${this.place.name} cannot be listed`, "s3:ListBucket", () =>
        this.client.send(new ListObjectsV2Command(wish)),
      );
      const keys = [
        ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
        ...(page.Contents ?? []).map(({ Key }) => Key),
      ];
      names.push(...keys.flatMap((key) => (key === undefined || key === prefix ? [] : [key.slice(prefix.length)])));
      next = page.NextContinuationToken;
    }
    return names;
  }

  async remove(keys: readonly string[]): Promise<void> {
    for (let from = 0; from < keys.length; from += MOST_DELETED) {
      const Objects = keys.slice(from, from + MOST_DELETED).map((key) => ({ Key: this.keyOf(key) }));
      await this.told(`Old copies in ${this.place.name} were not removed`, "s3:DeleteObject", () =>
        this.client.send(new DeleteObjectsCommand({ Bucket: this.place.bucket, Delete: { Objects, Quiet: true } })),
      );
    }
  }

  private at(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.place.bucket, Key: this.keyOf(key) };
  }

  private keyOf(key: string): string {
    return this.place.prefix === "" ? key : `${this.place.prefix}/${key}`;
  }

  private async told<T>(what: string, action: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw await bucketFault(error, { what, action, place: this.place, client: this.client });
    }
  }
}
