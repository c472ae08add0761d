import type { Behaviour } from "../behaviour.js";
import { AwsError } from "../cloud-region.js";
import { isObject, textOf, type Properties } from "../values.js";
import { nameOf } from "./physical-name.js";
import { jsonFaults, samePolicy } from "./policies.js";
import { requireExisting } from "./refuse.js";

const BUCKET = "aws:s3/bucket:Bucket";
const VERSIONING = "aws:s3/bucketVersioning:BucketVersioning";

/** Resources that are settings of a bucket; they go with it. */
const SETTINGS = [
  VERSIONING,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketPolicy:BucketPolicy",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
  "aws:s3/bucketLogging:BucketLogging",
];

const bucket: Behaviour = {
  autoname: {
    property: "bucket",
    maxLength: 63,
    prefixProperty: "bucketPrefix",
    transform: (name) => name.toLowerCase(),
  },
  check: (inputs) => {
    const name = textOf(inputs, "bucket");
    if (name === undefined || /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) return [];
    return [
      {
        property: "bucket",
        reason: `"${name}" is not a bucket's name: 3 to 63 lowercase letters, digits, hyphens and periods`,
      },
    ];
  },
  create: ({ cloud, inputs }) => {
    const name = nameOf(inputs, "bucket");
    // Names are unique over all accounts and regions.
    const held = cloud.store.list(BUCKET).find(({ id }) => id === name);
    if (held !== undefined) {
      const code = held.account === cloud.account ? "BucketAlreadyOwnedByYou" : "BucketAlreadyExists";
      throw new AwsError(code, `The requested bucket name ${name} is not available.`);
    }
    return {
      id: name,
      attributes: {
        bucket: name,
        arn: `arn:aws:s3:::${name}`,
        bucketDomainName: `${name}.s3.amazonaws.com`,
        bucketNamespace: inputs["bucketNamespace"] ?? "global",
        bucketRegion: cloud.region,
        bucketRegionalDomainName: `${name}.s3.${cloud.region}.amazonaws.com`,
        hostedZoneId: "Z1BKCTXD74EZPE",
        objectLockEnabled: inputs["objectLockEnabled"] ?? false,
        requestPayer: "BucketOwner",
      },
      hidden: { objects: [] },
    };
  },
  delete: ({ cloud, resource, state }) => {
    const { objects } = resource.hidden;
    if (Array.isArray(objects) && objects.length > 0 && state["forceDestroy"] !== true) {
      throw new AwsError("BucketNotEmpty", "The bucket you tried to delete is not empty");
    }
    for (const setting of SETTINGS.flatMap((type) => cloud.list(type))) {
      if (setting.attributes["bucket"] === resource.id) cloud.store.remove(setting);
    }
    return undefined;
  },
};

function ofBucket(type: string): Behaviour {
  return {
    same: { policy: samePolicy },
    check: (inputs) => (type.endsWith("BucketPolicy") ? jsonFaults(inputs, "policy") : []),
    create: ({ cloud, inputs }) => ({
      id: requireExisting(cloud, BUCKET, inputs["bucket"], "NoSuchBucket").id,
      attributes: {
        ...(type.endsWith("LifecycleConfiguration") && {
          transitionDefaultMinimumObjectSize:
            inputs["transitionDefaultMinimumObjectSize"] ?? "all_storage_classes_128K",
        }),
      },
    }),
  };
}

const versioning: Behaviour = {
  ...ofBucket(VERSIONING),
  refusesPlan: ({ state, inputs }, changed) => {
    const [before, after] = [statusOf(state), statusOf(inputs)];
    if (!changed.includes("versioningConfiguration") || after !== "Disabled" || before === "Disabled") return undefined;
    return `versioning_configuration.status cannot be updated from '${String(before)}' to '${after}'`;
  },
};

function statusOf({ versioningConfiguration }: Properties): unknown {
  return isObject(versioningConfiguration) ? versioningConfiguration["status"] : undefined;
}

export const s3Behaviours: Readonly<Record<string, Behaviour>> = {
  ...Object.fromEntries(SETTINGS.map((type) => [type, ofBucket(type)])),
  [BUCKET]: bucket,
  [VERSIONING]: versioning,
};
