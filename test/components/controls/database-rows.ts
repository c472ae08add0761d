import { atLeast, includes, is, isOwnKey, isTagged, listOf, STATED, type ControlRow } from "./control-row.js";

// Demands: AWS Security Hub user guide, "Security Hub controls for Amazon RDS" (RDS.1 to RDS.51), restated. Those for MySQL,
// MariaDB and SQL Server only (RDS.34, 39 to 42, 44, 45, 48, 51) are about no database of ours.

const INSTANCE = "aws:rds/instance:Instance";
const CLUSTER = "aws:rds/cluster:Cluster";
const MEMBER = "aws:rds/clusterInstance:ClusterInstance";

const EPHEMERAL = '`protection: "ephemeral"`, refused in production; `breakGlass`, for one database and a time';

const instanceRows: readonly Omit<ControlRow, "component" | "type">[] = [
  {
    control: "RDS.1, RDS.4",
    demand: "snapshots are encrypted",
    inputs: ["storageEncrypted"],
    holds: is("storageEncrypted", true),
  },
  {
    control: "RDS.2",
    demand: "not reachable from the internet",
    inputs: ["publiclyAccessible"],
    masked: { publiclyAccessible: { ...STATED, weak: true } },
    holds: is("publiclyAccessible", false),
  },
  {
    control: "RDS.3",
    demand: "encrypted at rest, under an own key",
    inputs: ["storageEncrypted", "kmsKeyId"],
    holds: (attributes, own) => attributes["storageEncrypted"] === true && isOwnKey("kmsKeyId")(attributes, own),
  },
  {
    control: "RDS.5",
    demand: "a standby in another zone",
    inputs: ["multiAz"],
    weakenedBy: "`multiAz: false`",
    holds: is("multiAz", true),
  },
  {
    control: "RDS.6",
    demand: "enhanced monitoring",
    inputs: ["monitoringInterval", "monitoringRoleArn"],
    holds: (attributes) => Number(attributes["monitoringInterval"]) > 0 && Boolean(attributes["monitoringRoleArn"]),
  },
  {
    control: "RDS.8",
    demand: "deletion protection",
    inputs: ["deletionProtection"],
    weakenedBy: EPHEMERAL,
    holds: is("deletionProtection", true),
  },
  {
    control: "RDS.9, RDS.36",
    demand: "PostgreSQL's log reaches CloudWatch",
    inputs: ["enabledCloudwatchLogsExports"],
    holds: includes("enabledCloudwatchLogsExports", "postgresql"),
  },
  {
    control: "RDS.10",
    demand: "logins by IAM",
    inputs: ["iamDatabaseAuthenticationEnabled"],
    holds: is("iamDatabaseAuthenticationEnabled", true),
  },
  {
    control: "RDS.11",
    demand: "backups of at least 7 days",
    inputs: ["backupRetentionPeriod"],
    holds: atLeast("backupRetentionPeriod", 7),
  },
  {
    control: "RDS.11",
    demand: "point-in-time recovery of 35 days in production",
    inputs: ["backupRetentionPeriod"],
    weakenedBy: "`backupRetentionDays`, not below 7",
    holds: is("backupRetentionPeriod", 35),
  },
  {
    control: "RDS.13",
    demand: "minor upgrades by AWS",
    inputs: ["autoMinorVersionUpgrade"],
    masked: { autoMinorVersionUpgrade: STATED },
    holds: is("autoMinorVersionUpgrade", true),
  },
  {
    control: "RDS.17, RDS.32",
    demand: "snapshots carry the tags",
    inputs: ["copyTagsToSnapshot"],
    holds: is("copyTagsToSnapshot", true),
  },
  {
    control: "RDS.18",
    demand: "in subnets of a private network",
    inputs: ["dbSubnetGroupName"],
    weakenedBy: "`subnetGroupName`: the group is the program's; DatabaseNetwork refuses public subnets",
    holds: (attributes) => !["", "default", "undefined"].includes(String(attributes["dbSubnetGroupName"])),
  },
  {
    control: "RDS.18",
    demand: "behind an own security group",
    inputs: ["vpcSecurityGroupIds"],
    weakenedBy: "`securityGroupIds`: the groups are the program's",
    holds: hasOwnGroup,
  },
  {
    control: "RDS.23",
    demand: "not on the port everybody tries",
    inputs: ["port"],
    holds: (attributes) => typeof attributes["port"] === "number" && attributes["port"] !== 5432,
  },
  {
    control: "RDS.25",
    demand: "a master user of an own name",
    inputs: ["username"],
    holds: (attributes) => !["postgres", "admin", "", "undefined"].includes(String(attributes["username"])),
  },
  { control: "RDS.30", demand: "tagged", inputs: ["tags"], holds: isTagged },
  {
    control: "RDS.38",
    demand: "with an own parameter group, which forces TLS",
    inputs: ["parameterGroupName"],
    holds: (attributes) => !/^(default|undefined)/.test(String(attributes["parameterGroupName"])),
  },
  {
    control: "SecretsManager.1, SecretsManager.4",
    demand: "the master password is rotated, by RDS itself",
    inputs: ["manageMasterUserPassword"],
    holds: (attributes) => listOf(attributes["masterUserSecrets"]).length > 0,
  },
];

const clusterRows: readonly Omit<ControlRow, "component" | "type">[] = [
  {
    control: "RDS.1, RDS.4",
    demand: "cluster snapshots are encrypted",
    inputs: ["storageEncrypted"],
    holds: is("storageEncrypted", true),
  },
  {
    control: "RDS.7",
    demand: "deletion protection",
    inputs: ["deletionProtection"],
    weakenedBy: EPHEMERAL,
    holds: is("deletionProtection", true),
  },
  {
    control: "RDS.12",
    demand: "logins by IAM",
    inputs: ["iamDatabaseAuthenticationEnabled"],
    holds: is("iamDatabaseAuthenticationEnabled", true),
  },
  {
    control: "RDS.16, RDS.29, RDS.47",
    demand: "snapshots carry the tags",
    inputs: ["copyTagsToSnapshot"],
    holds: is("copyTagsToSnapshot", true),
  },
  {
    control: "RDS.24",
    demand: "a master user of an own name",
    inputs: ["masterUsername"],
    holds: (attributes) => !["postgres", "admin", "", "undefined"].includes(String(attributes["masterUsername"])),
  },
  {
    control: "RDS.27",
    demand: "encrypted at rest, under an own key",
    inputs: ["storageEncrypted", "kmsKeyId"],
    holds: (attributes, own) => attributes["storageEncrypted"] === true && isOwnKey("kmsKeyId")(attributes, own),
  },
  { control: "RDS.28", demand: "tagged", inputs: ["tags"], holds: isTagged },
  {
    control: "RDS.37",
    demand: "PostgreSQL's log reaches CloudWatch",
    inputs: ["enabledCloudwatchLogsExports"],
    holds: includes("enabledCloudwatchLogsExports", "postgresql"),
  },
  {
    control: "RDS.50",
    demand: "backups of at least 7 days",
    inputs: ["backupRetentionPeriod"],
    holds: atLeast("backupRetentionPeriod", 7),
  },
  {
    control: "RDS.18",
    demand: "behind an own security group",
    inputs: ["vpcSecurityGroupIds"],
    weakenedBy: "`securityGroupIds`: the groups are the program's",
    holds: hasOwnGroup,
  },
  {
    control: "RDS.23",
    demand: "not on the port everybody tries",
    inputs: ["port"],
    holds: (attributes) => typeof attributes["port"] === "number" && attributes["port"] !== 5432,
  },
  {
    control: "RDS.38",
    demand: "with an own parameter group, which forces TLS",
    inputs: ["dbClusterParameterGroupName"],
    holds: (attributes) => !/^(default|undefined)/.test(String(attributes["dbClusterParameterGroupName"])),
  },
];

const memberRows: readonly Omit<ControlRow, "component" | "type">[] = [
  {
    control: "RDS.2",
    demand: "no member is reachable from the internet",
    inputs: ["publiclyAccessible"],
    masked: { publiclyAccessible: { ...STATED, weak: true } },
    holds: is("publiclyAccessible", false),
  },
  {
    control: "RDS.6",
    demand: "enhanced monitoring of each member",
    inputs: ["monitoringInterval", "monitoringRoleArn"],
    holds: (attributes) => Number(attributes["monitoringInterval"]) > 0 && Boolean(attributes["monitoringRoleArn"]),
  },
  {
    control: "RDS.13, RDS.35",
    demand: "minor upgrades by AWS",
    inputs: ["autoMinorVersionUpgrade"],
    masked: { autoMinorVersionUpgrade: STATED },
    holds: is("autoMinorVersionUpgrade", true),
  },
  { control: "RDS.30", demand: "each member is tagged", inputs: ["tags"], holds: isTagged },
];

const groupRows: readonly ControlRow[] = [
  {
    control: "RDS.38",
    demand: "the parameter group forces TLS",
    component: "rds",
    type: "aws:rds/parameterGroup:ParameterGroup",
    inputs: ["parameters"],
    holds: forcesTls,
  },
  {
    control: "RDS.38",
    demand: "the cluster's parameter group forces TLS",
    component: "aurora",
    type: "aws:rds/clusterParameterGroup:ClusterParameterGroup",
    inputs: ["parameters"],
    holds: forcesTls,
  },
  {
    control: "RDS.33",
    demand: "the subnet group is tagged",
    component: "network",
    type: "aws:rds/subnetGroup:SubnetGroup",
    inputs: ["tags"],
    holds: isTagged,
  },
  {
    control: "CloudWatch.16",
    demand: "the database's logs are kept a year",
    component: "rds",
    type: "aws:cloudwatch/logGroup:LogGroup",
    inputs: ["retentionInDays"],
    holds: atLeast("retentionInDays", 365),
  },
  {
    control: "CloudWatch.16",
    demand: "the cluster's logs are kept a year",
    component: "aurora",
    type: "aws:cloudwatch/logGroup:LogGroup",
    inputs: ["retentionInDays"],
    holds: atLeast("retentionInDays", 365),
  },
];

export const databaseRows: readonly ControlRow[] = [
  ...instanceRows.map((row): ControlRow => ({ ...row, component: "rds", type: INSTANCE })),
  ...clusterRows.map((row): ControlRow => ({ ...row, component: "aurora", type: CLUSTER })),
  ...memberRows.map((row): ControlRow => ({ ...row, component: "aurora", type: MEMBER })),
  ...groupRows,
];

function hasOwnGroup(attributes: Readonly<Record<string, unknown>>): boolean {
  const groups = listOf(attributes["vpcSecurityGroupIds"]);
  return groups.length > 0 && groups.every((id) => !String(id).includes("default"));
}

function forcesTls(attributes: Readonly<Record<string, unknown>>): boolean {
  const parameters = listOf(attributes["parameters"]) as { name: string; value: string }[];
  return parameters.some(({ name, value }) => name === "rds.force_ssl" && value === "1");
}
