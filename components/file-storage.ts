import * as pulumi from "@pulumi/pulumi";
import { placeOf } from "./aws-place.js";
import { breakGlassFaults } from "./break-glass.js";
import { isProtection } from "./check-values.js";
import { cleanError, describeFault, refuse } from "./fault.js";
import { bucketNameFaults, fileStorageFaults, isSecretArn, notAReference } from "./files/check-file-storage.js";
import type { EnvironmentEntry, FileStorageArgs } from "./files/file-storage-args.js";
import { createProtectedBucket } from "./files/protected-bucket.js";
import { Guard } from "./guard.js";
import { pinnedOptions } from "./pinned-inputs.js";
import { tagsOf } from "./tags.js";

export type { AccessLogArgs, EnvironmentEntry, FileStorageArgs, ObjectLockArgs } from "./files/file-storage-args.js";

const CLASS = "FileStorage";

const WAYS = {
  kind:
    "Files and the URLs in the database would stay behind. Make a second FileStorage of the other kind beside this one, copy the files, " +
    "rewrite the URLs by a backfill migration, and leave this one in the program: it costs nothing once it is empty.",
  bucketName:
    "A bucket keeps its name. Make a second FileStorage beside this one, copy the files, and rewrite the URLs by a backfill migration.",
};

/**
 * Where an application's files lie; the database keeps their URLs only. Kind "s3": a bucket that no deploy deletes or replaces.
 * Kind "vercel-blob": a store of Vercel, made there, of which the program knows the base URL and where the token is.
 *
 * @throws RunError for arguments that cannot work, with all faults at once, before the engine sees any of them
 */
export class FileStorage extends pulumi.ComponentResource {
  /** "s3" or "vercel-blob". */
  readonly kind: pulumi.Output<string>;
  /** Without a slash at its end. */
  readonly baseUrl: pulumi.Output<string>;
  /** Undefined with "vercel-blob". */
  readonly bucketName: pulumi.Output<string | undefined>;
  /** Undefined with "vercel-blob". */
  readonly bucketArn: pulumi.Output<string | undefined>;
  /** By variable: what a service's environment needs to use the storage. No value of a secret. */
  readonly environment: pulumi.Output<{ [variable: string]: EnvironmentEntry }>;

  constructor(name: string, args: FileStorageArgs, opts?: pulumi.ComponentResourceOptions) {
    // First of all: somebody may have given a token where its place belongs, which must not get into the stack's state.
    refuse(CLASS, name, [
      ...fileStorageFaults(args),
      ...isProtection(args.protection),
      ...breakGlassFaults(args.breakGlass ?? []),
    ]);
    super(`holdfast:index:${CLASS}`, name, shown(name, args), pinnedOptions(CLASS, name, WAYS, opts));
    this.kind = pulumi.output(args.kind);
    const made = args.kind === "s3" ? this.onS3(name, args) : onVercel(name, args);
    this.baseUrl = made.baseUrl;
    this.bucketName = pulumi.output(made.bucketName);
    this.bucketArn = pulumi.output(made.bucketArn);
    this.environment = made.environment;
    this.registerOutputs({
      kind: this.kind,
      baseUrl: this.baseUrl,
      bucketName: this.bucketName,
      bucketArn: this.bucketArn,
      environment: this.environment,
    });
  }

  private onS3(name: string, args: FileStorageArgs): Storage {
    const bucket = createProtectedBucket({
      component: this,
      guard: new Guard(this, name, args),
      name,
      args,
      bucketName: args.bucketName ?? defaultBucketName(this, name),
      tags: tagsOf(name, args.tags),
    });
    const own = bucket.bucketRegionalDomainName.apply((domain) => `https://${domain}`);
    const baseUrl = args.baseUrl === undefined ? own : pulumi.output(withoutSlash(args.baseUrl));
    const environment = pulumi
      .all([baseUrl, bucket.bucket, bucket.bucketRegion])
      .apply(([url, bucketName, region]): Environment => ({
        NEXT_PUBLIC_BLOB_BASE_URL: { value: url },
        FILE_STORAGE_BUCKET: { value: bucketName },
        FILE_STORAGE_REGION: { value: region },
      }));
    return { baseUrl, bucketName: bucket.bucket, bucketArn: bucket.arn, environment };
  }
}

interface Storage {
  readonly baseUrl: pulumi.Output<string>;
  readonly bucketName?: pulumi.Output<string>;
  readonly bucketArn?: pulumi.Output<string>;
  readonly environment: pulumi.Output<Environment>;
}

type Environment = Record<string, EnvironmentEntry>;

/** The account's number makes it the only one of its name in the world, and nobody else's to take first. */
function defaultBucketName(component: pulumi.ComponentResource, name: string): pulumi.Output<string> {
  return placeOf({ parent: component }).account.apply((account) => {
    const made = `${pulumi.getProject()}-${pulumi.getStack()}-${name}-${account}`;
    refuse(CLASS, name, bucketNameFaults("bucketName (by default <project>-<stack>-<name>-<account>)", made));
    return made;
  });
}

function onVercel(name: string, { baseUrl = "", ...args }: FileStorageArgs): Storage {
  const url = withoutSlash(baseUrl);
  const environment = pulumi.output(checkedArn(name, args.tokenSecretArn)).apply((secretArn): Environment => ({
    BLOB_READ_WRITE_TOKEN:
      secretArn === undefined ? { variable: args.tokenVariable ?? "BLOB_READ_WRITE_TOKEN" } : { secretArn },
    NEXT_PUBLIC_BLOB_BASE_URL: { value: url },
  }));
  return { baseUrl: pulumi.output(url), environment };
}

/**
 * The arguments as the engine compares them with the last deploy's. An ARN that is an output is judged before the engine sees it;
 * a name that was left out is one that a bucket was made by.
 */
function shown(name: string, args: FileStorageArgs): FileStorageArgs {
  return {
    ...args,
    ...(args.kind === "s3" && { bucketName: args.bucketName ?? "(default)" }),
    ...(args.tokenSecretArn !== undefined && { tokenSecretArn: checkedArn(name, args.tokenSecretArn) }),
  };
}

function checkedArn<T extends pulumi.Input<string> | undefined>(name: string, arn: T): T | pulumi.Output<string> {
  if (arn === undefined || typeof arn === "string") return arn;
  return pulumi.output(arn as pulumi.Input<string>).apply((text) => {
    if (isSecretArn(text)) return text;
    throw cleanError(`${CLASS} "${name}": ${describeFault(notAReference("tokenSecretArn"))}`);
  });
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
