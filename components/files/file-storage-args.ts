import type * as pulumi from "@pulumi/pulumi";
import type { GuardArgs } from "../guard.js";

/** Where S3 writes who asked for what. */
export interface AccessLogArgs {
  /** Another bucket of the same region and account, which lets logging.s3.amazonaws.com write. */
  readonly bucketName: pulumi.Input<string>;
  /** Begins the names of the log's objects. @default "<bucket>/" */
  readonly prefix?: string | undefined;
}

/** For how long nobody may overwrite or delete a version. */
export interface ObjectLockArgs {
  /** "governance": who has s3:BypassGovernanceRetention may end it. "compliance": nobody, not even the account's root. */
  readonly mode: string;
  /** 1 to 36500. */
  readonly days: number;
}

export interface FileStorageArgs extends GuardArgs {
  /** "s3" or "vercel-blob". Changing it is refused. */
  readonly kind: string;
  /**
   * Where files are read: an https URL without a query. With "s3" an own domain in front of the bucket; with "vercel-blob" the
   * store's URL. Changed in place; the database keeps the old URLs. @default "s3": the bucket's own; "vercel-blob": none, it is needed
   */
  readonly baseUrl?: string | undefined;
  /** "s3": ARN of the KMS key that encrypts the files, for example `EncryptionKey.arn`. Changed in place, for files written from then on. */
  readonly keyArn?: pulumi.Input<string> | undefined;
  /** "s3": 3 to 63 lower-case letters, digits and hyphens. Changing it is refused. @default "<project>-<stack>-<name>-<account>" */
  readonly bucketName?: string | undefined;
  /** "s3": days for which a replaced or deleted file can be brought back, 1 to 36500. Changed in place. @default 90 */
  readonly noncurrentVersionDays?: number | undefined;
  /** "s3": days after which the parts of an upload that was never finished go, 1 to 365. Changed in place. @default 7 */
  readonly incompleteUploadDays?: number | undefined;
  /** "s3": logs each request. Changed in place. @default none */
  readonly accessLog?: AccessLogArgs | undefined;
  /** "s3": what is written cannot be overwritten or deleted for a time. Changed in place, for files written from then on. @default none */
  readonly objectLock?: ObjectLockArgs | undefined;
  /** "vercel-blob": ARN of the secret or parameter that holds the token. Changed in place. @default none */
  readonly tokenSecretArn?: pulumi.Input<string> | undefined;
  /** "vercel-blob": the environment variable of the platform that holds the token. Changed in place. @default "BLOB_READ_WRITE_TOKEN", without `tokenSecretArn` */
  readonly tokenVariable?: string | undefined;
  /** Beside our own. @default none */
  readonly tags?: { [key: string]: pulumi.Input<string> } | undefined;
}

/** Where the value of a service's environment variable comes from: one of the three is set. */
export interface EnvironmentEntry {
  /** The value itself, which is no secret. */
  readonly value?: string | undefined;
  /** ARN of the secret or parameter that holds it, as `valueFrom` of an ECS container takes it. */
  readonly secretArn?: string | undefined;
  /** The environment variable of the platform that holds it. */
  readonly variable?: string | undefined;
}
