import type { S3Client } from "@aws-sdk/client-s3";
import type { BytePlace } from "../../core/backup-place.js";
import { HoldfastError } from "../../core/errors.js";
import { awsError, type AwsFault } from "../aws/aws-errors.js";

export interface BucketRequest {
  /** The start of the sentence: `The copy to s3://backups failed` */
  readonly what: string;
  /** As IAM spells it. */
  readonly action: string;
  readonly place: Extract<BytePlace, { readonly kind: "bucket" }>;
  readonly client: S3Client;
}

/** Whether there is no such file, in a bucket that is there. */
export function isMissing(error: unknown): boolean {
  return ["NoSuchKey", "NotFound"].includes((error as AwsFault).name);
}

/** Why a request to a bucket failed. Ctrl-C stays what it is. */
export async function bucketFault(error: unknown, { what, action, place, client }: BucketRequest): Promise<unknown> {
  if (error instanceof HoldfastError || (error as Error).name === "AbortError") return error;
  const { name, message } = error as AwsFault;
  if (name === "NoSuchBucket") {
    return new HoldfastError("backup_failed", `${what}: there is no bucket ${place.bucket}.`, {
      next: `Make it first (aws s3 mb s3://${place.bucket}), or correct the name and the endpoint (AWS_ENDPOINT_URL_S3).`,
    });
  }
  if (/region is missing/i.test(message)) {
    return new HoldfastError("aws_region_missing", `${what}: the region of ${place.bucket} is not known.`, {
      next: "Name it: export AWS_REGION=eu-central-1.",
    });
  }
  const region = await client.config.region().catch(() => "no region");
  return awsError(error, { what, action, region });
}
