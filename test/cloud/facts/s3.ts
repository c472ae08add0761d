import { words, type TypeFacts } from "./type-facts.js";

/** See `type-facts.ts` for what each list means and where it comes from. */
export const s3Facts: Readonly<Record<string, TypeFacts>> = {
  "aws:s3/bucket:Bucket": {
    inputs: words(`
      accelerationStatus acl bucket bucketNamespace bucketPrefix corsRules forceDestroy grants
      lifecycleRules logging objectLockConfiguration objectLockEnabled policy region
      replicationConfiguration requestPayer serverSideEncryptionConfiguration tags versioning website`),
    replaces: words("bucket bucketNamespace bucketPrefix objectLockEnabled"),
    nestedReplaces: words("objectLockConfiguration.objectLockEnabled"),
    keeps: words(`
      accelerationStatus acl bucket bucketNamespace bucketPrefix corsRules grants lifecycleRules logging
      objectLockConfiguration objectLockEnabled policy replicationConfiguration requestPayer
      serverSideEncryptionConfiguration versioning website region`),
    defaults: { forceDestroy: false },
    outputs: words(`
      arn bucketDomainName bucketRegion bucketRegionalDomainName hostedZoneId tagsAll websiteDomain
      websiteEndpoint`),
    providerOnly: words("forceDestroy"),
  },
  "aws:s3/bucketVersioning:BucketVersioning": {
    inputs: words("bucket expectedBucketOwner mfa region versioningConfiguration"),
    required: words("bucket versioningConfiguration"),
    replaces: words("bucket"),
    keeps: words("region"),
    providerOnly: words("mfa expectedBucketOwner"),
  },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
    inputs: words("blockPublicAcls blockPublicPolicy bucket ignorePublicAcls region restrictPublicBuckets skipDestroy"),
    required: words("bucket"),
    replaces: words("bucket"),
    keeps: words("region"),
    defaults: {
      blockPublicAcls: false,
      blockPublicPolicy: false,
      ignorePublicAcls: false,
      restrictPublicBuckets: false,
    },
    providerOnly: words("skipDestroy"),
  },
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
    inputs: words("bucket expectedBucketOwner region rules"),
    required: words("bucket rules"),
    replaces: words("bucket"),
    keeps: words("region"),
    providerOnly: words("expectedBucketOwner"),
    sets: words("rules"),
  },
  "aws:s3/bucketPolicy:BucketPolicy": {
    inputs: words("bucket policy region"),
    required: words("bucket policy"),
    replaces: words("bucket"),
    keeps: words("region"),
  },
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
    inputs: words("bucket region rule"),
    required: words("bucket rule"),
    replaces: words("bucket"),
    keeps: words("region"),
  },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
    inputs: words("bucket expectedBucketOwner region rules timeouts transitionDefaultMinimumObjectSize"),
    required: words("bucket"),
    replaces: words("bucket expectedBucketOwner"),
    keeps: words("region transitionDefaultMinimumObjectSize"),
  },
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": {
    inputs: words("bucket expectedBucketOwner objectLockEnabled region rule token"),
    required: words("bucket"),
    replaces: words("bucket expectedBucketOwner objectLockEnabled"),
    keeps: words("region"),
    defaults: { objectLockEnabled: "Enabled" },
    providerOnly: words("expectedBucketOwner token"),
  },
  "aws:s3/bucketLogging:BucketLogging": {
    inputs: words("bucket expectedBucketOwner region targetBucket targetGrants targetObjectKeyFormat targetPrefix"),
    required: words("bucket targetBucket targetPrefix"),
    replaces: words("bucket expectedBucketOwner"),
    keeps: words("region"),
  },
};
