/** A program with one resource of every type the simulated AWS has, as a stack would use them. */
import * as backup from "@pulumi/aws/backup/index.js";
import * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import * as codebuild from "@pulumi/aws/codebuild/index.js";
import * as ec2 from "@pulumi/aws/ec2/index.js";
import * as iam from "@pulumi/aws/iam/index.js";
import * as kms from "@pulumi/aws/kms/index.js";
import * as lambda from "@pulumi/aws/lambda/index.js";
import * as rds from "@pulumi/aws/rds/index.js";
import * as s3 from "@pulumi/aws/s3/index.js";
import * as secretsmanager from "@pulumi/aws/secretsmanager/index.js";
import * as sns from "@pulumi/aws/sns/index.js";
import * as ssm from "@pulumi/aws/ssm/index.js";
import * as vpc from "@pulumi/aws/vpc/index.js";
import * as pulumi from "@pulumi/pulumi";

/** What the program's own secrets hold. */
export const PLAIN_SECRET = "not very secret";

const tags = { Owner: "platform" };

export function everyType(): void {
  const key = keys();
  const role = roles();
  const network = networks();
  const topic = topics(key);
  const instance = databases(key, role, network, topic);
  secrets(key, role);
  backups(key, role, instance, topic);
  buckets(key);
  alarms(topic);
  builds(key, role);
}

function keys(): kms.Key {
  const key = new kms.Key("key", { enableKeyRotation: true, deletionWindowInDays: 30, tags });
  new kms.Alias("alias", { targetKeyId: key.id });
  new kms.KeyPolicy("key-policy", { keyId: key.id, policy: policy({ AWS: "*" }, "kms:*") });
  return key;
}

function roles(): iam.Role {
  const role = new iam.Role("role", {
    assumeRolePolicy: policy({ Service: "rds.amazonaws.com" }, "sts:AssumeRole"),
    tags,
  });
  new iam.RolePolicy("role-policy", { role: role.name, policy: policy(undefined, "s3:GetObject") });
  new iam.RolePolicyAttachment("attachment", { role: role.name, policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" });
  return role;
}

interface Network {
  readonly subnetIds: pulumi.Output<string>[];
  readonly group: ec2.SecurityGroup;
}

function networks(): Network {
  const network = new ec2.Vpc("vpc", { cidrBlock: "10.1.0.0/16", tags });
  const subnets = ["a", "b"].map(
    (zone, index) =>
      new ec2.Subnet(`subnet-${zone}`, {
        vpcId: network.id,
        cidrBlock: `10.1.${index}.0/24`,
        availabilityZone: `eu-central-1${zone}`,
      }),
  );
  const table = new ec2.RouteTable("table", { vpcId: network.id });
  new ec2.RouteTableAssociation("association", { routeTableId: table.id, subnetId: subnets[0]!.id });
  new ec2.DefaultSecurityGroup("default-group", { vpcId: network.id, ingress: [], egress: [], tags });
  const group = new ec2.SecurityGroup("group", { vpcId: network.id, description: "database", tags });
  const rule = { securityGroupId: group.id, cidrIpv4: "10.1.0.0/16", ipProtocol: "tcp", fromPort: 5433, toPort: 5433 };
  new vpc.SecurityGroupIngressRule("ingress", rule);
  new vpc.SecurityGroupEgressRule("egress", rule);
  new ec2.VpcEndpoint("endpoint", {
    vpcId: network.id,
    serviceName: "com.amazonaws.eu-central-1.s3",
    routeTableIds: [table.id],
  });
  return { subnetIds: subnets.map(({ id }) => id), group };
}

function topics(key: kms.Key): sns.Topic {
  const topic = new sns.Topic("topic", { kmsMasterKeyId: key.id, tags });
  new sns.TopicPolicy("topic-policy", {
    arn: topic.arn,
    policy: policy({ Service: "events.amazonaws.com" }, "sns:Publish"),
  });
  new sns.TopicSubscription("subscription", { topic: topic.arn, protocol: "email", endpoint: "ops@example.com" });
  return topic;
}

function databases(key: kms.Key, role: iam.Role, network: Network, topic: sns.Topic): rds.Instance {
  const group = new rds.SubnetGroup("subnet-group", { subnetIds: network.subnetIds, tags });
  const parameters = new rds.ParameterGroup("parameters", {
    family: "postgres17",
    parameters: [
      { name: "rds.force_ssl", value: "1" },
      { name: "max_connections", value: "200", applyMethod: "pending-reboot" },
    ],
  });
  const shared = {
    dbSubnetGroupName: group.name,
    vpcSecurityGroupIds: [network.group.id],
    kmsKeyId: key.arn,
    storageEncrypted: true,
    manageMasterUserPassword: true,
    finalSnapshotIdentifier: "final",
    engineVersion: "17",
    tags,
  };
  const instance = new rds.Instance("instance", {
    ...shared,
    allocatedStorage: 100,
    engine: "postgres",
    instanceClass: "db.t4g.medium",
    maintenanceWindow: "Mon:02:00-Mon:03:00",
    monitoringInterval: 60,
    monitoringRoleArn: role.arn,
    parameterGroupName: parameters.name,
    storageType: "gp3",
    username: "owner",
  });
  const clusterParameters = new rds.ClusterParameterGroup("cluster-parameters", { family: "aurora-postgresql17" });
  const cluster = new rds.Cluster("cluster", {
    ...shared,
    clusterIdentifier: "aurora",
    dbClusterParameterGroupName: clusterParameters.name,
    engine: "aurora-postgresql",
    finalSnapshotIdentifier: "final-of-cluster",
    masterUsername: "owner",
    serverlessv2ScalingConfiguration: { minCapacity: 0.5, maxCapacity: 4 },
  });
  new rds.ClusterInstance("writer", {
    clusterIdentifier: cluster.id,
    engine: "aurora-postgresql",
    instanceClass: "db.serverless",
  });
  new rds.EventSubscription("events", {
    snsTopic: topic.arn,
    sourceType: "db-instance",
    sourceIds: [instance.identifier],
  });
  const abroad = new kms.Key("key-abroad", { region: "eu-west-1" });
  new rds.InstanceAutomatedBackupsReplication("replication", {
    region: "eu-west-1",
    sourceDbInstanceArn: instance.arn,
    kmsKeyId: abroad.arn,
  });
  return instance;
}

function secrets(key: kms.Key, role: iam.Role): void {
  const secret = new secretsmanager.Secret("secret", { kmsKeyId: key.arn, tags });
  new secretsmanager.SecretVersion("secret-version", { secretId: secret.id, secretString: PLAIN_SECRET });
  new secretsmanager.SecretPolicy("secret-policy", {
    secretArn: secret.arn,
    policy: policy({ AWS: role.arn }, "secretsmanager:*"),
  });
  const rotator = new lambda.Function("rotator", {
    code: new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset("exports.handler = () => 1;") }),
    handler: "index.handler",
    role: role.arn,
    runtime: "nodejs22.x",
  });
  const permission = new lambda.Permission("permission", {
    action: "lambda:InvokeFunction",
    function: rotator.name,
    principal: "secretsmanager.amazonaws.com",
  });
  const rotation = {
    secretId: secret.id,
    rotationLambdaArn: rotator.arn,
    rotationRules: { automaticallyAfterDays: 30 },
  };
  new secretsmanager.SecretRotation("rotation", rotation, { dependsOn: permission });
}

function backups(key: kms.Key, role: iam.Role, instance: rds.Instance, topic: sns.Topic): void {
  const vault = new backup.Vault("vault", { kmsKeyArn: key.arn, tags });
  const plan = new backup.Plan("plan", {
    rules: [
      { ruleName: "daily", targetVaultName: vault.name, schedule: "cron(0 3 * * ? *)", lifecycle: { deleteAfter: 35 } },
    ],
  });
  new backup.Selection("selection", { planId: plan.id, iamRoleArn: role.arn, resources: [instance.arn] });
  new backup.VaultLockConfiguration("lock", { backupVaultName: vault.name, minRetentionDays: 7 });
  new backup.VaultPolicy("vault-policy", { backupVaultName: vault.name, policy: policy({ AWS: "*" }, "backup:*") });
  const backupVaultEvents = ["BACKUP_JOB_FAILED"];
  new backup.VaultNotifications("notifications", {
    backupVaultName: vault.name,
    snsTopicArn: topic.arn,
    backupVaultEvents,
  });
  const testing = new backup.RestoreTestingPlan("testing", {
    name: "weekly",
    scheduleExpression: "cron(0 5 ? * 1 *)",
    recoveryPointSelection: {
      algorithm: "LATEST_WITHIN_WINDOW",
      includeVaults: ["*"],
      recoveryPointTypes: ["SNAPSHOT"],
    },
  });
  new backup.RestoreTestingSelection("testing-selection", {
    name: "databases",
    restoreTestingPlanName: testing.name,
    iamRoleArn: role.arn,
    protectedResourceType: "RDS",
    protectedResourceArns: [instance.arn],
  });
}

function buckets(key: kms.Key): void {
  const { bucket } = new s3.Bucket("files", { tags });
  new s3.BucketVersioning("versioning", { bucket, versioningConfiguration: { status: "Enabled" } });
  const blocked = {
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  };
  new s3.BucketPublicAccessBlock("block", { bucket, ...blocked });
  new s3.BucketServerSideEncryptionConfiguration("encryption", {
    bucket,
    rules: [
      {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn },
        bucketKeyEnabled: true,
      },
    ],
  });
  new s3.BucketPolicy("bucket-policy", { bucket, policy: policy({ AWS: "*" }, "s3:GetObject") });
  new s3.BucketOwnershipControls("ownership", { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } });
  new s3.BucketLifecycleConfiguration("lifecycle", {
    bucket,
    rules: [{ id: "old", status: "Enabled", noncurrentVersionExpiration: { noncurrentDays: 90 } }],
  });
  new s3.BucketObjectLockConfiguration("object-lock", {
    bucket,
    rule: { defaultRetention: { mode: "GOVERNANCE", days: 30 } },
  });
  new s3.BucketLogging("logging", { bucket, targetBucket: bucket, targetPrefix: "log/" });
}

function alarms(topic: sns.Topic): void {
  new cloudwatch.LogGroup("logs", { retentionInDays: 365, tags });
  new cloudwatch.MetricAlarm("alarm", {
    alarmActions: [topic.arn],
    comparisonOperator: "GreaterThanThreshold",
    evaluationPeriods: 3,
    metricName: "CPUUtilization",
    namespace: "AWS/RDS",
    period: 60,
    statistic: "Average",
    threshold: 80,
  });
  const rule = new cloudwatch.EventRule("failed-backups", { eventPattern: JSON.stringify({ source: ["aws.backup"] }) });
  new cloudwatch.EventTarget("target", { rule: rule.name, arn: topic.arn });
}

function builds(key: kms.Key, role: iam.Role): void {
  new codebuild.Project("project", {
    artifacts: { type: "NO_ARTIFACTS" },
    encryptionKey: key.arn,
    environment: { computeType: "BUILD_GENERAL1_SMALL", image: "aws/codebuild/standard:7.0", type: "LINUX_CONTAINER" },
    serviceRole: role.arn,
    source: { type: "NO_SOURCE", buildspec: "version: 0.2" },
  });
  new ssm.Parameter("parameter", { name: "/app/host", type: "SecureString", value: PLAIN_SECRET, keyId: key.id });
}

function policy(
  principal: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined,
  action: string,
): pulumi.Output<string> {
  const statement = { Effect: "Allow", Action: action, Resource: "*", ...(principal && { Principal: principal }) };
  return pulumi.jsonStringify({ Version: "2012-10-17", Statement: [statement] });
}
