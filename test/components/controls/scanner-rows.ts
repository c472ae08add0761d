import type { Finding } from "../../support/iac-scanners.js";
import type { Loss } from "./take-out.js";

/** A check that a stack passes for a reason: with the loss it fails. */
export interface ScannerRow {
  readonly scanner: Finding["scanner"];
  readonly check: string;
  readonly type: string;
  /** Unset: it fails for a resource to which no other refers, such as a bucket without its versioning. */
  readonly loss?: Loss;
}

const INSTANCE = "aws:rds/instance:Instance";
const CLUSTER = "aws:rds/cluster:Cluster";
const MEMBER = "aws:rds/clusterInstance:ClusterInstance";
const SECRET = "aws:secretsmanager/secret:Secret";
const KEY = "aws:kms/key:Key";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const BUCKET = "aws:s3/bucket:Bucket";
const ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";

const OPEN_POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "kms:*", Resource: "*" }],
});

/** Source of the ids and of what each reads: checkov's own checks for Terraform's AWS provider. */
const checkovRows: readonly ScannerRow[] = [
  row("CKV_AWS_16", INSTANCE, "storageEncrypted"),
  row("CKV_AWS_17", INSTANCE, "publiclyAccessible", true),
  row("CKV_AWS_118", INSTANCE, "monitoringInterval"),
  row("CKV_AWS_129", INSTANCE, "enabledCloudwatchLogsExports"),
  row("CKV_AWS_133", INSTANCE, "backupRetentionPeriod", 0),
  row("CKV_AWS_157", INSTANCE, "multiAz"),
  row("CKV_AWS_161", INSTANCE, "iamDatabaseAuthenticationEnabled"),
  row("CKV_AWS_211", INSTANCE, "caCertIdentifier", "rds-ca-2019"),
  row("CKV_AWS_226", INSTANCE, "autoMinorVersionUpgrade"),
  row("CKV_AWS_293", INSTANCE, "deletionProtection"),
  row("CKV_AWS_353", INSTANCE, "performanceInsightsEnabled"),
  row("CKV_AWS_354", INSTANCE, "performanceInsightsKmsKeyId"),
  row("CKV2_AWS_30", INSTANCE, "parameterGroupName"),
  row("CKV2_AWS_60", INSTANCE, "copyTagsToSnapshot"),
  row("CKV_AWS_96", CLUSTER, "storageEncrypted"),
  row("CKV_AWS_133", CLUSTER, "backupRetentionPeriod", 0),
  row("CKV_AWS_139", CLUSTER, "deletionProtection"),
  row("CKV_AWS_162", CLUSTER, "iamDatabaseAuthenticationEnabled"),
  row("CKV_AWS_313", CLUSTER, "copyTagsToSnapshot"),
  row("CKV_AWS_324", CLUSTER, "enabledCloudwatchLogsExports"),
  row("CKV_AWS_327", CLUSTER, "kmsKeyId"),
  row("CKV2_AWS_8", CLUSTER),
  row("CKV2_AWS_27", CLUSTER, "dbClusterParameterGroupName"),
  row("CKV_AWS_17", MEMBER, "publiclyAccessible", true),
  row("CKV_AWS_118", MEMBER, "monitoringInterval"),
  row("CKV_AWS_226", MEMBER, "autoMinorVersionUpgrade"),
  row("CKV_AWS_353", MEMBER, "performanceInsightsEnabled"),
  row("CKV_AWS_354", MEMBER, "performanceInsightsKmsKeyId"),
  row("CKV_AWS_245", "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication", "kmsKeyId"),
  row("CKV_AWS_149", SECRET, "kmsKeyId"),
  row("CKV2_AWS_57", SECRET),
  row("CKV_AWS_304", "aws:secretsmanager/secretRotation:SecretRotation", "rotationRules", {
    automaticallyAfterDays: 365,
  }),
  row("CKV_AWS_7", KEY, "enableKeyRotation"),
  row("CKV_AWS_33", KEY, "policy", OPEN_POLICY),
  row("CKV_AWS_227", KEY, "isEnabled", false),
  row("CKV2_AWS_64", KEY, "policy"),
  row("CKV_AWS_166", "aws:backup/vault:Vault", "kmsKeyArn"),
  row("CKV_AWS_158", LOG_GROUP, "kmsKeyId"),
  row("CKV_AWS_338", LOG_GROUP, "retentionInDays", 30),
  row("CKV_AWS_66", LOG_GROUP, "retentionInDays"),
  row("CKV_AWS_26", "aws:sns/topic:Topic", "kmsMasterKeyId"),
  row("CKV_AWS_23", "aws:ec2/securityGroup:SecurityGroup", "description"),
  row("CKV2_AWS_12", "aws:ec2/vpc:Vpc"),
  row("CKV_AWS_21", BUCKET),
  row("CKV_AWS_145", BUCKET),
  row("CKV2_AWS_6", BUCKET),
  row("CKV2_AWS_61", BUCKET),
  row("CKV_AWS_53", ACCESS_BLOCK, "blockPublicAcls"),
  row("CKV_AWS_54", ACCESS_BLOCK, "blockPublicPolicy"),
  row("CKV_AWS_55", ACCESS_BLOCK, "ignorePublicAcls"),
  row("CKV_AWS_56", ACCESS_BLOCK, "restrictPublicBuckets"),
  row("CKV2_AWS_65", "aws:s3/bucketOwnershipControls:BucketOwnershipControls", "rule", {
    objectOwnership: "ObjectWriter",
  }),
];

/** Wrong values, since cfn-lint knows what a property may be, not what it should be. */
const cfnLintRows: readonly ScannerRow[] = [
  { ...row("E3025", INSTANCE, "instanceClass", "db.m7g.tiny"), scanner: "cfn-lint" },
  { ...row("E3030", LOG_GROUP, "retentionInDays", 17), scanner: "cfn-lint" },
  { ...row("E3030", "aws:cloudwatch/metricAlarm:MetricAlarm", "comparisonOperator", "Bigger"), scanner: "cfn-lint" },
  { ...row("E3012", KEY, "rotationPeriodInDays", "yearly"), scanner: "cfn-lint" },
];

export const SCANNER_ROWS: readonly ScannerRow[] = [...checkovRows, ...cfnLintRows];

function row(check: string, type: string, input?: string, weak?: unknown): ScannerRow {
  const loss = input === undefined ? {} : { loss: { input, ...(weak !== undefined && { weak }) } };
  return { scanner: "checkov", check, type, ...loss };
}
