import * as s3 from "@pulumi/aws/s3/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { Guard } from "../guard.js";
import type { FileStorageArgs } from "./file-storage-args.js";

export interface BucketRequest {
  readonly component: pulumi.ComponentResource;
  readonly guard: Guard;
  /** Begins the children's names. */
  readonly name: string;
  /** In S3. */
  readonly bucketName: pulumi.Input<string>;
  readonly args: FileStorageArgs;
  readonly tags: Record<string, pulumi.Input<string>>;
}

/** What makes S3 replace a bucket (provider schema of aws_s3_bucket). */
const PINNED = ["bucket", "bucketNamespace", "bucketPrefix", "objectLockEnabled", "region"];

/** A bucket that no deploy deletes or replaces: private, versioned, encrypted with an own key, reached over TLS only. */
export function createProtectedBucket(request: BucketRequest): s3.Bucket {
  const { guard, name, bucketName, args, tags } = request;
  const identifier = args.bucketName ?? `${name}-bucket`;
  const bucket = new s3.Bucket(
    `${name}-bucket`,
    // With forceDestroy the provider deletes every file, all its versions too, before the bucket.
    { bucket: bucketName, forceDestroy: guard.isEphemeral, objectLockEnabled: args.objectLock !== undefined, tags },
    guard.options({ name: `${name}-bucket`, identifier }, PINNED),
  );
  guard.mark(`${name}-bucket`, bucket);
  const options = settingOptions(request);
  const versioning = new s3.BucketVersioning(
    `${name}-versioning`,
    { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } },
    options,
  );
  closeBucket(request, bucket);
  encryptBucket(request, bucket);
  limitVersions(request, bucket, versioning);
  if (args.accessLog !== undefined) logRequests(request, bucket, args.accessLog);
  if (args.objectLock !== undefined) lockObjects(request, bucket, versioning, args.objectLock);
  return bucket;
}

/** A bucket that stays keeps its settings, too: without retainOnDelete a component taken out would leave it open and unversioned. */
function settingOptions({ component, guard }: BucketRequest): pulumi.CustomResourceOptions {
  return { parent: component, retainOnDelete: !guard.isEphemeral, deleteBeforeReplace: false };
}

function closeBucket(request: BucketRequest, bucket: s3.Bucket): void {
  const { name } = request;
  const options = settingOptions(request);
  const block = new s3.BucketPublicAccessBlock(
    `${name}-public-access`,
    {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
      skipDestroy: false,
    },
    options,
  );
  const ownership = new s3.BucketOwnershipControls(
    `${name}-ownership`,
    { bucket: bucket.id, rule: { objectOwnership: "BucketOwnerEnforced" } },
    // S3 takes one change of a bucket's access at a time, and answers OperationAborted to a second one.
    { ...options, dependsOn: [block] },
  );
  new s3.BucketPolicy(
    `${name}-policy`,
    { bucket: bucket.id, policy: bucket.arn.apply(denyWithoutTls) },
    { ...options, dependsOn: [block, ownership] },
  );
}

function denyWithoutTls(arn: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "DenyWithoutTls",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
}

function encryptBucket(request: BucketRequest, bucket: s3.Bucket): void {
  const { name, args } = request;
  const rule = {
    applyServerSideEncryptionByDefault: {
      sseAlgorithm: "aws:kms",
      ...(args.keyArn !== undefined && { kmsMasterKeyId: args.keyArn }),
    },
    // One key request for many files, not one for each: cheaper, and not throttled.
    bucketKeyEnabled: true,
  };
  new s3.BucketServerSideEncryptionConfiguration(
    `${name}-encryption`,
    { bucket: bucket.id, rules: [rule] },
    settingOptions(request),
  );
}

const NONCURRENT_VERSION_DAYS = 90;
const INCOMPLETE_UPLOAD_DAYS = 7;

function limitVersions(request: BucketRequest, bucket: s3.Bucket, versioning: s3.BucketVersioning): void {
  const { noncurrentVersionDays = NONCURRENT_VERSION_DAYS, incompleteUploadDays = INCOMPLETE_UPLOAD_DAYS } =
    request.args;
  new s3.BucketLifecycleConfiguration(
    `${request.name}-lifecycle`,
    {
      bucket: bucket.id,
      transitionDefaultMinimumObjectSize: "all_storage_classes_128K",
      rules: [
        {
          id: "old-versions",
          status: "Enabled",
          filter: { prefix: "" },
          noncurrentVersionExpiration: { noncurrentDays: noncurrentVersionDays },
          expiration: { expiredObjectDeleteMarker: true },
        },
        {
          id: "incomplete-uploads",
          status: "Enabled",
          filter: { prefix: "" },
          abortIncompleteMultipartUpload: { daysAfterInitiation: incompleteUploadDays },
        },
      ],
    },
    // A rule about old versions has no meaning before there are any (provider documentation).
    { ...settingOptions(request), dependsOn: [versioning] },
  );
}

function logRequests(
  request: BucketRequest,
  bucket: s3.Bucket,
  { bucketName, prefix }: NonNullable<FileStorageArgs["accessLog"]>,
): void {
  new s3.BucketLogging(
    `${request.name}-access-log`,
    { bucket: bucket.id, targetBucket: bucketName, targetPrefix: prefix ?? pulumi.interpolate`${bucket.id}/` },
    // Taken out of the program, the logging ends.
    { ...settingOptions(request), retainOnDelete: false },
  );
}

function lockObjects(
  request: BucketRequest,
  bucket: s3.Bucket,
  versioning: s3.BucketVersioning,
  { mode, days }: NonNullable<FileStorageArgs["objectLock"]>,
): void {
  new s3.BucketObjectLockConfiguration(
    `${request.name}-object-lock`,
    {
      bucket: bucket.id,
      objectLockEnabled: "Enabled",
      rule: { defaultRetention: { mode: mode.toUpperCase(), days } },
    },
    // Taken out of the program, files written from then on are not locked; S3 keeps the lock of the others.
    { ...settingOptions(request), retainOnDelete: false, dependsOn: [versioning] },
  );
}
