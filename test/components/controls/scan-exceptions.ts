import type { Finding } from "../../support/iac-scanners.js";

/** A check that fails, and that we let fail. */
export interface ScanException {
  readonly scanner: Finding["scanner"];
  readonly check: string;
  /** What it asks for, in our words. */
  readonly demand: string;
  readonly type: string;
  /** Of the type's resources only those whose logical name this fits. @default all */
  readonly names?: RegExp;
  readonly reason: string;
}

const FUNCTION = "aws:lambda/function:Function";
const BUCKET = "aws:s3/bucket:Bucket";
const VPC = "aws:ec2/vpc:Vpc";

const checkov: readonly Omit<ScanException, "scanner">[] = [
  {
    check: "CKV_AWS_115",
    demand: "a limit on how often the rotation function runs at once",
    type: FUNCTION,
    reason:
      "a reservation is taken from the account's pool and fails where the pool is small (AWS keeps 100 unreserved); Secrets Manager calls it a few times a month",
  },
  {
    check: "CKV_AWS_116",
    demand: "a dead letter queue of the rotation function",
    type: FUNCTION,
    reason: "Secrets Manager retries a rotation by itself; one that failed is told by an event rule of DatabaseAlarms",
  },
  {
    check: "CKV_AWS_173",
    demand: "the function's environment under an own key",
    type: FUNCTION,
    reason:
      "it holds host, port and name of the database and a file's path, nothing secret; AWS encrypts it with its own key",
  },
  {
    check: "CKV_AWS_272",
    demand: "signed code of the rotation function",
    type: FUNCTION,
    reason: "a signing profile is the account's; the code is the installed package's, held by the lockfile's digest",
  },
  {
    check: "CKV_AWS_18",
    demand: "an access log of the bucket",
    type: BUCKET,
    reason: "it needs a bucket that only you have: `accessLog` of FileStorage (S3.9 is opt-in)",
  },
  {
    check: "CKV_AWS_144",
    demand: "the bucket replicated to another region",
    type: BUCKET,
    reason: "it doubles the cost and needs a bucket there; deleted and replaced files are kept as versions",
  },
  {
    check: "CKV2_AWS_62",
    demand: "events of the bucket",
    type: BUCKET,
    reason: "nothing would receive them",
  },
  {
    check: "CKV2_AWS_11",
    demand: "flow logs of the VPC",
    type: VPC,
    reason: "where they go, and who pays by traffic, is the account's business: `aws.ec2.FlowLog` with `vpcId`",
  },
  {
    check: "CKV2_AWS_5",
    demand: "every security group is attached to something",
    type: "aws:ec2/securityGroup:SecurityGroup",
    names: /-clients$/,
    reason: "whoever connects to the database attaches it: `clientSecurityGroupId` is for services of other stacks",
  },
];

const cfnLint: readonly Omit<ScanException, "scanner">[] = [
  {
    check: "W3010",
    demand: "no zone by name",
    type: "aws:ec2/subnet:Subnet",
    reason: "the names are looked up in the account when the network is made, and pinned from then on",
  },
  {
    check: "W3691",
    demand: "a minor version that can still be had",
    type: "aws:rds/instance:Instance",
    reason:
      "only the major version is named, and AWS takes the newest minor one; cfn-lint's list does not know that form",
  },
  {
    check: "E3682",
    demand: "no copyTagsToSnapshot on an Aurora member",
    type: "aws:rds/clusterInstance:ClusterInstance",
    reason: "it changes nothing there, and controls that read instances (RDS.17) look for it; the provider takes it",
  },
  {
    check: "I3011",
    demand: "a member of a cluster is retained",
    type: "aws:rds/clusterInstance:ClusterInstance",
    reason: "a member holds no data: the cluster does, and that is retained",
  },
  {
    check: "I3011",
    demand: "a log group is retained",
    type: "aws:cloudwatch/logGroup:LogGroup",
    reason: "it goes with what wrote it, which is guarded; a database that is kept keeps its log",
  },
];

/** Everything a scanner may find in a production stack, each with its reason. */
export const SCAN_EXCEPTIONS: readonly ScanException[] = [
  ...checkov.map((exception): ScanException => ({ scanner: "checkov", ...exception })),
  ...cfnLint.map((exception): ScanException => ({ scanner: "cfn-lint", ...exception })),
];

export function excuses({ scanner, check, type, names }: ScanException, finding: Finding): boolean {
  return (
    finding.scanner === scanner &&
    finding.check === check &&
    finding.type === type &&
    (names === undefined || names.test(finding.name))
  );
}
