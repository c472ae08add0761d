import { is, isOwnKey, isTagged, listOf, STATED, type Attributes, type ControlRow } from "./control-row.js";

// Demands: AWS Security Hub user guide, the pages on controls for AWS Backup, KMS, Secrets Manager, SNS, S3 and RDS, restated.

const SUBSCRIPTION = "aws:rds/eventSubscription:EventSubscription";

const backupRows: readonly Omit<ControlRow, "component">[] = [
  {
    control: "RDS.26",
    demand: "every database is in a backup plan",
    type: "aws:backup/selection:Selection",
    inputs: ["resources"],
    weakenedBy: "`databaseArns`: what is not in the list is not backed up",
    holds: (attributes) =>
      [":db:", ":cluster:"].every((part) => listOf(attributes["resources"]).some((arn) => String(arn).includes(part))),
  },
  {
    control: "Backup.1",
    demand: "recovery points are encrypted, under an own key",
    type: "aws:backup/vault:Vault",
    inputs: ["kmsKeyArn"],
    holds: isOwnKey("kmsKeyArn"),
  },
  {
    control: "Backup.2",
    demand: "recovery points are tagged",
    type: "aws:backup/plan:Plan",
    inputs: ["rules.recoveryPointTags"],
    holds: (attributes) =>
      listOf(attributes["rules"]).every((rule) => isTagged({ tagsAll: (rule as Attributes)["recoveryPointTags"] })),
  },
  {
    control: "Backup.3",
    demand: "the vault is tagged",
    type: "aws:backup/vault:Vault",
    inputs: ["tags"],
    holds: isTagged,
  },
  {
    control: "Backup.5",
    demand: "the plan is tagged",
    type: "aws:backup/plan:Plan",
    inputs: ["tags"],
    holds: isTagged,
  },
];

const alarmRows: readonly Omit<ControlRow, "component">[] = [
  ...subscriptionRows("RDS.19", "db-cluster", ["maintenance", "failure"]).map((row) => ({
    ...row,
    weakenedBy: "no `clusterIdentifier`, where there is a cluster",
  })),
  ...subscriptionRows("RDS.20", "db-instance", ["maintenance", "configuration change", "failure"]),
  ...subscriptionRows("RDS.21", "db-parameter-group", ["configuration change"]),
  ...subscriptionRows("RDS.22", "db-security-group", ["configuration change", "failure"]),
  {
    control: "SNS.1",
    demand: "the topic is encrypted, under an own key",
    type: "aws:sns/topic:Topic",
    inputs: ["kmsMasterKeyId"],
    weakenedBy: "`topicArn`: a topic of another owner",
    holds: isOwnKey("kmsMasterKeyId"),
  },
];

function subscriptionRows(
  control: string,
  sourceType: string,
  categories: readonly string[],
): Omit<ControlRow, "component">[] {
  return [
    {
      control,
      demand: `events of ${sourceType} are told: ${categories.join(", ")}`,
      type: SUBSCRIPTION,
      about: is("sourceType", sourceType) as (attributes: Attributes) => boolean,
      inputs: ["sourceType", "eventCategories", "enabled", "snsTopic"],
      masked: { enabled: STATED },
      holds: (attributes) =>
        attributes["enabled"] === true &&
        categories.every((category) => listOf(attributes["eventCategories"]).includes(category)),
    },
  ];
}

const secretRows: readonly Omit<ControlRow, "component">[] = [
  {
    control: "SecretsManager.1, SecretsManager.4",
    demand: "secrets are rotated within 90 days",
    type: "aws:secretsmanager/secretRotation:SecretRotation",
    inputs: ["rotationRules"],
    holds: (attributes) => {
      const { automaticallyAfterDays = 0 } = (attributes["rotationRules"] ?? {}) as { automaticallyAfterDays?: number };
      return automaticallyAfterDays > 0 && automaticallyAfterDays <= 90;
    },
  },
  {
    control: "SecretsManager.5",
    demand: "secrets are tagged",
    type: "aws:secretsmanager/secret:Secret",
    inputs: ["tags"],
    holds: isTagged,
  },
  {
    control: "KMS.1, KMS.2",
    demand: "no role of ours may decrypt with every key",
    type: "aws:iam/rolePolicy:RolePolicy",
    inputs: ["policy"],
    holds: decryptsWithNamedKeysOnly,
  },
];

const keyRows: readonly Omit<ControlRow, "component">[] = [
  {
    control: "KMS.4",
    demand: "the key rotates",
    type: "aws:kms/key:Key",
    inputs: ["enableKeyRotation"],
    holds: is("enableKeyRotation", true),
  },
  {
    control: "KMS.5",
    demand: "the key's policy is ours, and open to nobody else",
    type: "aws:kms/key:Key",
    inputs: ["policy"],
    holds: (attributes) => {
      const { Statement = [] } = JSON.parse((attributes["policy"] as string | undefined) ?? "{}") as {
        Statement?: PolicyStatement[];
      };
      const isOurs = Statement.some(({ Sid }) => Sid === "PublishersEncrypt");
      return isOurs && Statement.every((statement) => !isOpen(statement) || statement.Condition !== undefined);
    },
  },
];

const fileRows: readonly Omit<ControlRow, "component">[] = [
  ...["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].map(
    (flag): Omit<ControlRow, "component"> => ({
      control: "S3.2, S3.3, S3.8",
      demand: `no public access: ${flag}`,
      type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
      inputs: [flag],
      holds: is(flag, true),
    }),
  ),
  {
    control: "S3.5",
    demand: "reached over TLS only",
    type: "aws:s3/bucketPolicy:BucketPolicy",
    inputs: ["policy"],
    holds: (attributes) => /"Effect":"Deny".*aws:SecureTransport/.test(String(attributes["policy"])),
  },
  {
    control: "S3.12",
    demand: "no access lists",
    type: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    inputs: ["rule"],
    holds: (attributes) =>
      (attributes["rule"] as { objectOwnership?: string } | undefined)?.objectOwnership === "BucketOwnerEnforced",
  },
  {
    control: "S3.13",
    demand: "old versions end",
    type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    inputs: ["rules"],
    holds: (attributes) => listOf(attributes["rules"]).length > 0,
  },
  {
    control: "S3.14",
    demand: "versions are kept",
    type: "aws:s3/bucketVersioning:BucketVersioning",
    inputs: ["versioningConfiguration"],
    holds: (attributes) =>
      (attributes["versioningConfiguration"] as { status?: string } | undefined)?.status === "Enabled",
  },
  {
    control: "S3.17",
    demand: "encrypted under an own key",
    type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    inputs: ["rules"],
    holds: (attributes, { keyArns }) => keyArns.some((arn) => JSON.stringify(attributes["rules"] ?? []).includes(arn)),
  },
];

/** What a VPC's own group has as long as nobody takes it away. */
const OPEN_RULE = { weak: [{ protocol: "-1", fromPort: 0, toPort: 0, self: true }], reason: STATED.reason };

const networkRows: readonly Omit<ControlRow, "component">[] = [
  {
    control: "EC2.2",
    demand: "the group that the VPC came with lets nothing in or out",
    type: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    inputs: ["ingress", "egress"],
    masked: { ingress: OPEN_RULE, egress: OPEN_RULE },
    holds: (attributes) => [...listOf(attributes["ingress"]), ...listOf(attributes["egress"])].length === 0,
  },
  {
    control: "RDS.31",
    demand: "security groups are tagged",
    type: "aws:ec2/securityGroup:SecurityGroup",
    inputs: ["tags"],
    holds: isTagged,
  },
];

export const otherRows: readonly ControlRow[] = [
  ...backupRows.map((row): ControlRow => ({ ...row, component: "backup" })),
  ...alarmRows.map((row): ControlRow => ({ ...row, component: "alarms" })),
  ...secretRows.map((row): ControlRow => ({ ...row, component: "secrets" })),
  ...keyRows.map((row): ControlRow => ({ ...row, component: "key" })),
  ...fileRows.map((row): ControlRow => ({ ...row, component: "files" })),
  ...networkRows.map((row): ControlRow => ({ ...row, component: "network" })),
];

interface PolicyStatement {
  readonly Sid?: string;
  readonly Principal?: unknown;
  readonly Action?: string | string[];
  readonly Resource?: string | string[];
  readonly Condition?: unknown;
}

/** `"*"` by itself, or as an account: `{ AWS: "*" }`. */
function isOpen({ Principal }: PolicyStatement): boolean {
  return Principal === "*" || (Principal as { AWS?: unknown } | undefined)?.AWS === "*";
}

function decryptsWithNamedKeysOnly(attributes: Attributes): boolean {
  const text = attributes["policy"];
  if (typeof text !== "string") return false;
  const { Statement } = JSON.parse(text) as { Statement: PolicyStatement[] };
  return Statement.every(({ Action, Resource }) => {
    const actions = [Action ?? []].flat();
    return !actions.some((action) => /^(kms:Decrypt|kms:\*|\*)/.test(action)) || ![Resource ?? []].flat().includes("*");
  });
}
