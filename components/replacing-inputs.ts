/**
 * Inputs whose change makes the AWS provider replace a resource, by type: pinned on every guarded child. From the provider's
 * schemas (terraform-provider-aws 6.58, `ForceNew` at the top level or in a block of that name), held to @pulumi/aws by a test.
 */
export const REPLACING_INPUTS = {
  "aws:rds/instance:Instance": [
    "availabilityZone",
    "backupTarget",
    "characterSetName",
    "customIamInstanceProfile",
    "dbName",
    "engine",
    "kmsKeyId",
    "ncharCharacterSetName",
    "region",
    "restoreToPointInTime",
    "s3Import",
    "snapshotIdentifier",
    "storageEncrypted",
    "timezone",
    "username",
  ],
  "aws:rds/cluster:Cluster": [
    "availabilityZones",
    "clusterIdentifier",
    "clusterIdentifierPrefix",
    "clusterScalabilityType",
    "databaseName",
    "dbSubnetGroupName",
    "dbSystemId",
    "engine",
    "engineMode",
    "kmsKeyId",
    "masterUsername",
    "region",
    "restoreToPointInTime",
    "s3Import",
    "snapshotIdentifier",
    "sourceRegion",
    "storageEncrypted",
  ],
  "aws:rds/clusterInstance:ClusterInstance": [
    "availabilityZone",
    "clusterIdentifier",
    "customIamInstanceProfile",
    "dbSubnetGroupName",
    "engine",
    "identifier",
    "identifierPrefix",
    "region",
  ],
  "aws:rds/clusterParameterGroup:ClusterParameterGroup": ["description", "family", "name", "namePrefix", "region"],
  "aws:kms/key:Key": ["customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "region", "xksKeyId"],
  "aws:kms/alias:Alias": ["name", "namePrefix", "region"],
  "aws:rds/parameterGroup:ParameterGroup": ["description", "family", "name", "namePrefix", "region"],
  "aws:cloudwatch/logGroup:LogGroup": ["logGroupClass", "name", "namePrefix", "region"],
  "aws:iam/role:Role": ["name", "namePrefix", "path"],
} as const;

/** Not replacing, but a change moves the database: its name, by which snapshots, logs and people find it, and its network. */
export const MOVING_INSTANCE_INPUTS = ["identifier", "identifierPrefix", "dbSubnetGroupName"] as const;
