import { HoldfastError } from "./errors.js";
import { readRegionPlace, type RegionPlace } from "./region-place.js";

/** Where further copies of backups are kept. */
export type BackupPlace =
  | { readonly kind: "directory"; readonly path: string; readonly name: string }
  | { readonly kind: "bucket"; readonly bucket: string; readonly prefix: string; readonly name: string }
  | { readonly kind: "region"; readonly region: RegionPlace; readonly name: string };

/** A place that holds bytes, and of which backups can be had back. */
export type BytePlace = Exclude<BackupPlace, { readonly kind: "region" }>;

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/**
 * Reads a place as people write it: a directory (`/mnt/backups`, `./copies`), `s3://bucket/prefix`, `region:eu-west-1`. Its
 * `name` is what is shown and noted; it never holds a credential, since an address with one is refused.
 *
 * @param absolute makes a directory's path absolute
 * @throws HoldfastError invalid_usage
 */
export function readPlace(text: string, absolute: (path: string) => string): BackupPlace {
  const region = readRegionPlace(text);
  if (region !== undefined) return { kind: "region", region, name: text };
  if (text.startsWith("s3://")) return bucketPlace(text);
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) {
    throw refused("is of a kind that is not known", "Known are a directory, s3://bucket/prefix and region:eu-west-1.");
  }
  const path = absolute(text);
  return { kind: "directory", path, name: path };
}

function bucketPlace(text: string): BackupPlace {
  const [bucket = "", ...rest] = text.slice("s3://".length).split("/");
  if (bucket.includes("@") || bucket.includes(":")) {
    throw refused(
      "holds a credential or a port",
      "Write s3://bucket/prefix. Credentials come from where AWS's SDK looks for them, the endpoint from AWS_ENDPOINT_URL_S3.",
    );
  }
  if (!BUCKET.test(bucket)) throw refused("names no bucket", "Write s3://bucket/prefix.");
  const prefix = rest.filter((part) => part !== "").join("/");
  return { kind: "bucket", bucket, prefix, name: `s3://${[bucket, prefix].filter((part) => part !== "").join("/")}` };
}

/** The place itself stays out: what is no address may be a secret that was pasted there. */
function refused(fault: string, next: string): HoldfastError {
  return new HoldfastError("invalid_usage", `A place for backups ${fault}.`, { next });
}

/** A copy of a backup, as it is noted beside the manifest. */
export interface BackupCopy {
  readonly place: string;
  /** ISO 8601 */
  readonly copiedAt: string;
}
