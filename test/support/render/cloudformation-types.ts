import type { RegisteredResource } from "./registered-resources.js";

type Properties = Record<string, unknown>;

/** How CloudFormation says what a resource of the AWS provider says. */
export interface CloudFormationType {
  readonly type: string;
  /** Properties that are not the input's name with a capital. */
  readonly names?: Readonly<Record<string, string>>;
  /** Inputs that only the provider knows, or that a template says in another way. */
  readonly leaves?: readonly string[];
  /** Where names are not enough. */
  readonly shape?: (properties: Properties) => Properties;
  /** What gives the ARN: an attribute, or "Ref". @default "Arn" */
  readonly arn?: string;
  /** What gives the id. @default "Ref" */
  readonly id?: string;
  /** It is a property of the resource that this input names. */
  readonly partOf?: {
    readonly input: string;
    readonly add: (whole: Properties, part: Properties, resource: RegisteredResource) => void;
  };
}

/** Types that CloudFormation does not have, and why nothing is lost. */
export const NOT_IN_CLOUDFORMATION: Readonly<Record<string, string>> = {
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "a template cannot take over the group that a VPC comes with",
};

const RDS_NAMES = {
  enabledCloudwatchLogsExports: "EnableCloudwatchLogsExports",
  iamDatabaseAuthenticationEnabled: "EnableIAMDatabaseAuthentication",
  identifier: "DBInstanceIdentifier",
  instanceClass: "DBInstanceClass",
  clusterIdentifier: "DBClusterIdentifier",
  dbSubnetGroupName: "DBSubnetGroupName",
  caCertIdentifier: "CACertificateIdentifier",
  performanceInsightsEnabled: "EnablePerformanceInsights",
  performanceInsightsKmsKeyId: "PerformanceInsightsKMSKeyId",
} as const;

/** `applyImmediately` is a property of an instance, and of nothing else. */
const RDS_LEAVES = ["finalSnapshotIdentifier", "skipFinalSnapshot", "masterUserSecretKmsKeyId", "forceDestroy"];

const rds: Readonly<Record<string, CloudFormationType>> = {
  "aws:rds/instance:Instance": {
    type: "AWS::RDS::DBInstance",
    arn: "DBInstanceArn",
    names: {
      ...RDS_NAMES,
      dbName: "DBName",
      username: "MasterUsername",
      multiAz: "MultiAZ",
      parameterGroupName: "DBParameterGroupName",
      backupWindow: "PreferredBackupWindow",
      maintenanceWindow: "PreferredMaintenanceWindow",
      vpcSecurityGroupIds: "VPCSecurityGroups",
    },
    leaves: RDS_LEAVES,
    shape: withTextPort,
  },
  "aws:rds/cluster:Cluster": {
    type: "AWS::RDS::DBCluster",
    arn: "DBClusterArn",
    names: {
      ...RDS_NAMES,
      dbClusterParameterGroupName: "DBClusterParameterGroupName",
      dbInstanceParameterGroupName: "DBInstanceParameterGroupName",
      serverlessv2ScalingConfiguration: "ServerlessV2ScalingConfiguration",
    },
    leaves: [...RDS_LEAVES, "allowMajorVersionUpgrade", "applyImmediately"],
  },
  "aws:rds/clusterInstance:ClusterInstance": {
    type: "AWS::RDS::DBInstance",
    arn: "DBInstanceArn",
    names: { ...RDS_NAMES, dbParameterGroupName: "DBParameterGroupName" },
    leaves: RDS_LEAVES,
  },
  "aws:rds/subnetGroup:SubnetGroup": {
    type: "AWS::RDS::DBSubnetGroup",
    names: { name: "DBSubnetGroupName", description: "DBSubnetGroupDescription" },
  },
  "aws:rds/parameterGroup:ParameterGroup": {
    type: "AWS::RDS::DBParameterGroup",
    names: { name: "DBParameterGroupName" },
    leaves: ["skipDestroy"],
    shape: withParameterMap,
  },
  "aws:rds/clusterParameterGroup:ClusterParameterGroup": {
    type: "AWS::RDS::DBClusterParameterGroup",
    names: { name: "DBClusterParameterGroupName" },
    leaves: ["skipDestroy"],
    shape: withParameterMap,
  },
  "aws:rds/eventSubscription:EventSubscription": {
    type: "AWS::RDS::EventSubscription",
    names: { snsTopic: "SnsTopicArn", name: "SubscriptionName" },
  },
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": {
    type: "AWS::RDS::DBInstance",
    partOf: {
      input: "sourceDbInstanceArn",
      add: (database, { KmsKeyId, RetentionPeriod }, { inputs }) => {
        database["AutomaticBackupReplicationKmsKeyId"] = KmsKeyId;
        database["AutomaticBackupReplicationRegion"] = inputs["region"];
        database["AutomaticBackupReplicationRetentionPeriod"] = RetentionPeriod;
      },
    },
  },
};

const network: Readonly<Record<string, CloudFormationType>> = {
  "aws:ec2/vpc:Vpc": { type: "AWS::EC2::VPC" },
  "aws:ec2/subnet:Subnet": { type: "AWS::EC2::Subnet" },
  "aws:ec2/routeTable:RouteTable": { type: "AWS::EC2::RouteTable" },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": { type: "AWS::EC2::SubnetRouteTableAssociation" },
  "aws:ec2/securityGroup:SecurityGroup": {
    type: "AWS::EC2::SecurityGroup",
    id: "GroupId",
    names: { description: "GroupDescription", name: "GroupName" },
    leaves: ["revokeRulesOnDelete"],
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
    type: "AWS::EC2::SecurityGroupIngress",
    names: { securityGroupId: "GroupId", referencedSecurityGroupId: "SourceSecurityGroupId", cidrIpv4: "CidrIp" },
    leaves: ["tags"],
  },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
    type: "AWS::EC2::SecurityGroupEgress",
    names: { securityGroupId: "GroupId", referencedSecurityGroupId: "DestinationSecurityGroupId", cidrIpv4: "CidrIp" },
    leaves: ["tags"],
  },
};

const keysAndSecrets: Readonly<Record<string, CloudFormationType>> = {
  "aws:kms/key:Key": {
    type: "AWS::KMS::Key",
    names: {
      policy: "KeyPolicy",
      customerMasterKeySpec: "KeySpec",
      deletionWindowInDays: "PendingWindowInDays",
      isEnabled: "Enabled",
    },
  },
  "aws:kms/alias:Alias": { type: "AWS::KMS::Alias", names: { name: "AliasName" } },
  "aws:secretsmanager/secret:Secret": {
    type: "AWS::SecretsManager::Secret",
    arn: "Ref",
    leaves: ["forceOverwriteReplicaSecret", "recoveryWindowInDays"],
  },
  "aws:secretsmanager/secretPolicy:SecretPolicy": {
    type: "AWS::SecretsManager::ResourcePolicy",
    names: { policy: "ResourcePolicy", secretArn: "SecretId" },
  },
  "aws:secretsmanager/secretRotation:SecretRotation": {
    type: "AWS::SecretsManager::RotationSchedule",
    names: { rotationLambdaArn: "RotationLambdaARN", rotateImmediately: "RotateImmediatelyOnUpdate" },
    leaves: ["rotationEnabled"],
  },
  "aws:iam/role:Role": {
    type: "AWS::IAM::Role",
    names: { assumeRolePolicy: "AssumeRolePolicyDocument", name: "RoleName" },
    leaves: ["forceDetachPolicies"],
  },
  "aws:iam/rolePolicy:RolePolicy": {
    type: "AWS::IAM::RolePolicy",
    partOf: {
      input: "role",
      add: (role, { Policy }, { name }) => append(role, "Policies", { PolicyName: name, PolicyDocument: Policy }),
    },
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    type: "AWS::IAM::Role",
    partOf: { input: "role", add: (role, { PolicyArn }) => append(role, "ManagedPolicyArns", PolicyArn) },
  },
};

const backups: Readonly<Record<string, CloudFormationType>> = {
  "aws:backup/vault:Vault": {
    type: "AWS::Backup::BackupVault",
    arn: "BackupVaultArn",
    names: { name: "BackupVaultName", kmsKeyArn: "EncryptionKeyArn", tags: "BackupVaultTags" },
    leaves: ["forceDestroy"],
    shape: withTagMap("BackupVaultTags"),
  },
  "aws:backup/vaultPolicy:VaultPolicy": {
    type: "AWS::Backup::BackupVault",
    partOf: { input: "backupVaultName", add: (vault, { Policy }) => void (vault["AccessPolicy"] = Policy) },
  },
  "aws:backup/plan:Plan": {
    type: "AWS::Backup::BackupPlan",
    names: { name: "BackupPlanName", tags: "BackupPlanTags", rules: "BackupPlanRule" },
    shape: ({ BackupPlanTags, ...plan }) => ({
      ...withTagMap("BackupPlanTags")({ BackupPlanTags }),
      BackupPlan: {
        BackupPlanName: "plan",
        ...plan,
        BackupPlanRule: (plan["BackupPlanRule"] as Properties[]).map(backupRule),
      },
    }),
  },
  "aws:backup/selection:Selection": {
    type: "AWS::Backup::BackupSelection",
    names: { planId: "BackupPlanId", name: "SelectionName" },
    shape: ({ BackupPlanId, ...selection }) => ({
      BackupPlanId,
      BackupSelection: { SelectionName: "selection", ...selection },
    }),
  },
  "aws:backup/restoreTestingPlan:RestoreTestingPlan": {
    type: "AWS::Backup::RestoreTestingPlan",
    arn: "RestoreTestingPlanArn",
    names: { name: "RestoreTestingPlanName" },
  },
  "aws:backup/restoreTestingSelection:RestoreTestingSelection": {
    type: "AWS::Backup::RestoreTestingSelection",
    names: { name: "RestoreTestingSelectionName" },
  },
};

/** A rule of a plan: durations are minutes and days, said by name. */
function backupRule(rule: Properties): Properties {
  const { CompletionWindow, StartWindow, Schedule, ScheduleExpressionTimezone, TargetVaultName, ...rest } = rule;
  return {
    ...rest,
    CompletionWindowMinutes: CompletionWindow,
    StartWindowMinutes: StartWindow,
    ScheduleExpression: Schedule,
    ScheduleExpressionTimezone,
    TargetBackupVault: TargetVaultName,
    ...(rest["Lifecycle"] !== undefined && { Lifecycle: lifecycle(rest["Lifecycle"]) }),
    ...(rest["CopyActions"] !== undefined && {
      CopyActions: (rest["CopyActions"] as Properties[]).map(({ DestinationVaultArn, Lifecycle }) => ({
        DestinationBackupVaultArn: DestinationVaultArn,
        Lifecycle: lifecycle(Lifecycle),
      })),
    }),
  };
}

function lifecycle(value: unknown): Properties {
  const { DeleteAfter, ColdStorageAfter } = (value ?? {}) as Properties;
  return {
    ...(DeleteAfter !== undefined && { DeleteAfterDays: DeleteAfter }),
    ...(ColdStorageAfter !== undefined && { MoveToColdStorageAfterDays: ColdStorageAfter }),
  };
}

const alarms: Readonly<Record<string, CloudFormationType>> = {
  "aws:sns/topic:Topic": { type: "AWS::SNS::Topic", arn: "Ref", names: { name: "TopicName" } },
  "aws:sns/topicPolicy:TopicPolicy": {
    type: "AWS::SNS::TopicPolicy",
    names: { policy: "PolicyDocument" },
    shape: ({ Arn, PolicyDocument }) => ({ PolicyDocument, Topics: [Arn] }),
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    type: "AWS::CloudWatch::Alarm",
    names: { okActions: "OKActions", name: "AlarmName", metricQueries: "Metrics" },
    shape: (properties) =>
      properties["Metrics"] === undefined
        ? properties
        : { ...properties, Metrics: (properties["Metrics"] as Properties[]).map(metricQuery) },
  },
  "aws:cloudwatch/eventRule:EventRule": { type: "AWS::Events::Rule" },
  "aws:cloudwatch/eventTarget:EventTarget": {
    type: "AWS::Events::Rule",
    names: { targetId: "Id" },
    partOf: {
      input: "rule",
      add: (rule, target, { name }) => append(rule, "Targets", { Id: name, ...target }),
    },
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    type: "AWS::Logs::LogGroup",
    names: { name: "LogGroupName" },
    leaves: ["skipDestroy"],
  },
  "aws:lambda/function:Function": {
    type: "AWS::Lambda::Function",
    names: { name: "FunctionName" },
    leaves: ["publish"],
    // The bundle lies in a folder, which a template cannot name.
    shape: (properties) => ({ ...properties, Code: { ZipFile: "exports.handler = () => undefined;" } }),
  },
  "aws:lambda/permission:Permission": { type: "AWS::Lambda::Permission", names: { function: "FunctionName" } },
};

function metricQuery({ Metric, ...query }: Properties): Properties {
  if (Metric === undefined) return query;
  const { Dimensions = {}, MetricName, Namespace, ...statistic } = Metric as Properties;
  const list = Object.entries(Dimensions as Properties).map(([Name, Value]) => ({ Name, Value }));
  const { Period, Stat, Unit } = statistic;
  return { ...query, MetricStat: { Metric: { MetricName, Namespace, Dimensions: list }, Period, Stat, Unit } };
}

const buckets: Readonly<Record<string, CloudFormationType>> = {
  "aws:s3/bucket:Bucket": {
    type: "AWS::S3::Bucket",
    names: { bucket: "BucketName" },
    leaves: ["forceDestroy"],
  },
  "aws:s3/bucketPolicy:BucketPolicy": { type: "AWS::S3::BucketPolicy", names: { policy: "PolicyDocument" } },
  "aws:s3/bucketVersioning:BucketVersioning": ofBucket((part) => part),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ofBucket((part) => ({
    PublicAccessBlockConfiguration: part,
  })),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ofBucket(({ Rule }) => ({
    OwnershipControls: { Rules: [Rule] },
  })),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ofBucket(({ Rules }) => ({
    BucketEncryption: {
      ServerSideEncryptionConfiguration: (Rules as Properties[]).map(
        ({ ApplyServerSideEncryptionByDefault, BucketKeyEnabled }) => ({
          BucketKeyEnabled,
          ServerSideEncryptionByDefault: renamed(ApplyServerSideEncryptionByDefault, {
            SseAlgorithm: "SSEAlgorithm",
            KmsMasterKeyId: "KMSMasterKeyID",
          }),
        }),
      ),
    },
  })),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ofBucket(({ Rules, ...rest }) => ({
    LifecycleConfiguration: { ...rest, Rules: (Rules as Properties[]).map(lifecycleRule) },
  })),
};

/** What is said of a bucket by a resource of its own. */
function ofBucket(shape: (part: Properties) => Properties): CloudFormationType {
  return {
    type: "AWS::S3::Bucket",
    leaves: ["skipDestroy"],
    partOf: { input: "bucket", add: (bucket, part) => void Object.assign(bucket, shape(part)) },
  };
}

function lifecycleRule(rule: Properties): Properties {
  const { Filter, Expiration, ...rest } = rule;
  return { ...rest, ...(Filter as Properties), ...(Expiration as Properties | undefined) };
}

/** What stands for each type of the provider that a stack of ours registers. */
export const CLOUDFORMATION_TYPES: Readonly<Record<string, CloudFormationType>> = {
  ...rds,
  ...network,
  ...keysAndSecrets,
  ...backups,
  ...alarms,
  ...buckets,
};

function append(properties: Properties, name: string, member: unknown): void {
  properties[name] = [...((properties[name] as unknown[] | undefined) ?? []), member];
}

function renamed(value: unknown, names: Readonly<Record<string, string>>): Properties {
  return Object.fromEntries(Object.entries(value as Properties).map(([name, each]) => [names[name] ?? name, each]));
}

/** CloudFormation has an instance's numbers as text. */
function withTextPort({ Port, ...rest }: Properties): Properties {
  const { AllocatedStorage, ...others } = rest;
  return { ...others, Port: String(Port), AllocatedStorage: String(AllocatedStorage) };
}

function withParameterMap({ Parameters, ...rest }: Properties): Properties {
  const list = (Parameters ?? []) as { Name: string; Value: string }[];
  return { ...rest, Parameters: Object.fromEntries(list.map(({ Name, Value }) => [Name, Value])) };
}

function withTagMap(name: string): (properties: Properties) => Properties {
  return ({ [name]: tags, ...rest }) => {
    const list = (tags ?? []) as { Key: string; Value: string }[];
    return { ...rest, [name]: Object.fromEntries(list.map(({ Key, Value }) => [Key, Value])) };
  };
}
