import { words, type TypeFacts } from "./type-facts.js";

/** See `type-facts.ts` for what each list means and where it comes from. */
export const rdsFacts: Readonly<Record<string, TypeFacts>> = {
  "aws:rds/instance:Instance": {
    inputs: words(`
      allocatedStorage allowMajorVersionUpgrade applyImmediately autoMinorVersionUpgrade availabilityZone
      backupRetentionPeriod backupTarget backupWindow blueGreenUpdate caCertIdentifier characterSetName
      copyTagsToSnapshot customIamInstanceProfile customerOwnedIpEnabled databaseInsightsMode dbName
      dbSubnetGroupName dedicatedLogVolume deleteAutomatedBackups deletionProtection domain
      domainAuthSecretArn domainDnsIps domainFqdn domainIamRoleName domainOu enabledCloudwatchLogsExports
      engine engineLifecycleSupport engineVersion finalSnapshotIdentifier iamDatabaseAuthenticationEnabled
      identifier identifierPrefix instanceClass iops kmsKeyId licenseModel maintenanceWindow
      manageMasterUserPassword masterUserSecretKmsKeyId maxAllocatedStorage monitoringInterval
      monitoringRoleArn multiAz ncharCharacterSetName networkType optionGroupName parameterGroupName
      password passwordWo passwordWoVersion performanceInsightsEnabled performanceInsightsKmsKeyId
      performanceInsightsRetentionPeriod port publiclyAccessible region replicaMode replicateSourceDb
      restoreToPointInTime s3Import skipFinalSnapshot snapshotIdentifier storageEncrypted
      storageThroughput storageType tags timezone upgradeStorageConfig username vpcSecurityGroupIds
      warningEventCategories`),
    required: words("instanceClass"),
    replaces: words(`
      availabilityZone backupTarget characterSetName customIamInstanceProfile dbName engine kmsKeyId
      ncharCharacterSetName restoreToPointInTime snapshotIdentifier storageEncrypted timezone username`),
    nestedReplaces: words(`
      s3Import.bucketName s3Import.bucketPrefix s3Import.ingestionRole s3Import.sourceEngine
      s3Import.sourceEngineVersion`),
    keeps: words(`
      allocatedStorage availabilityZone backupRetentionPeriod backupTarget backupWindow caCertIdentifier
      characterSetName databaseInsightsMode dbName dbSubnetGroupName domainFqdn engine
      engineLifecycleSupport engineVersion identifier identifierPrefix iops kmsKeyId licenseModel
      maintenanceWindow masterUserSecretKmsKeyId monitoringRoleArn multiAz ncharCharacterSetName
      networkType optionGroupName parameterGroupName performanceInsightsKmsKeyId
      performanceInsightsRetentionPeriod port replicaMode snapshotIdentifier storageThroughput storageType
      timezone username vpcSecurityGroupIds region`),
    defaults: {
      applyImmediately: false,
      autoMinorVersionUpgrade: true,
      copyTagsToSnapshot: false,
      dedicatedLogVolume: false,
      deleteAutomatedBackups: true,
      monitoringInterval: 0,
      performanceInsightsEnabled: false,
      publiclyAccessible: false,
      skipFinalSnapshot: false,
    },
    outputs: words(`
      address arn endpoint engineVersionActual hostedZoneId latestRestorableTime listenerEndpoints
      masterUserSecrets replicas resourceId status tagsAll upgradeRolloutOrder`),
    providerOnly: words(`
      allowMajorVersionUpgrade applyImmediately blueGreenUpdate deleteAutomatedBackups
      finalSnapshotIdentifier password passwordWo passwordWoVersion manageMasterUserPassword
      restoreToPointInTime s3Import skipFinalSnapshot snapshotIdentifier upgradeStorageConfig
      warningEventCategories`),
    sets: words("enabledCloudwatchLogsExports vpcSecurityGroupIds domainDnsIps"),
  },
  "aws:rds/cluster:Cluster": {
    inputs: words(`
      allocatedStorage allowMajorVersionUpgrade applyImmediately autoMinorVersionUpgrade availabilityZones
      backtrackWindow backupRetentionPeriod caCertificateIdentifier clusterIdentifier
      clusterIdentifierPrefix clusterMembers clusterScalabilityType copyTagsToSnapshot
      databaseInsightsMode databaseName dbClusterInstanceClass dbClusterParameterGroupName
      dbInstanceParameterGroupName dbSubnetGroupName dbSystemId deleteAutomatedBackups deletionProtection
      domain domainIamRoleName enableGlobalWriteForwarding enableHttpEndpoint enableLocalWriteForwarding
      enabledCloudwatchLogsExports engine engineLifecycleSupport engineMode engineVersion
      finalSnapshotIdentifier globalClusterIdentifier iamDatabaseAuthenticationEnabled iamRoles iops
      kmsKeyId manageMasterUserPassword masterPassword masterPasswordWo masterPasswordWoVersion
      masterUserSecretKmsKeyId masterUsername monitoringInterval monitoringRoleArn networkType
      performanceInsightsEnabled performanceInsightsKmsKeyId performanceInsightsRetentionPeriod port
      preferredBackupWindow preferredMaintenanceWindow region replicationSourceIdentifier
      restoreToPointInTime s3Import scalingConfiguration serverlessv2ScalingConfiguration
      skipFinalSnapshot snapshotIdentifier sourceRegion storageEncrypted storageType tags
      vpcSecurityGroupIds warningEventCategories`),
    required: words("engine"),
    replaces: words(`
      availabilityZones clusterIdentifier clusterIdentifierPrefix clusterScalabilityType databaseName
      dbSubnetGroupName dbSystemId engine engineMode kmsKeyId masterUsername restoreToPointInTime
      snapshotIdentifier sourceRegion storageEncrypted`),
    nestedReplaces: words(`
      s3Import.bucketName s3Import.bucketPrefix s3Import.ingestionRole s3Import.sourceEngine
      s3Import.sourceEngineVersion`),
    keeps: words(`
      allocatedStorage applyImmediately autoMinorVersionUpgrade availabilityZones backupRetentionPeriod
      caCertificateIdentifier clusterIdentifier clusterIdentifierPrefix clusterMembers
      clusterScalabilityType databaseInsightsMode databaseName dbClusterParameterGroupName
      dbSubnetGroupName dbSystemId engineLifecycleSupport engineVersion iamRoles kmsKeyId
      masterUserSecretKmsKeyId masterUsername monitoringInterval monitoringRoleArn networkType
      performanceInsightsKmsKeyId performanceInsightsRetentionPeriod port preferredBackupWindow
      preferredMaintenanceWindow storageEncrypted storageType vpcSecurityGroupIds region`),
    defaults: {
      copyTagsToSnapshot: false,
      deleteAutomatedBackups: true,
      enableGlobalWriteForwarding: false,
      enableHttpEndpoint: false,
      enableLocalWriteForwarding: false,
      engineMode: "provisioned",
      skipFinalSnapshot: false,
    },
    outputs: words(`
      arn caCertificateValidTill clusterResourceId endpoint engineVersionActual hostedZoneId
      masterUserSecrets readerEndpoint tagsAll upgradeRolloutOrder`),
    providerOnly: words(`
      allowMajorVersionUpgrade applyImmediately deleteAutomatedBackups enableGlobalWriteForwarding
      finalSnapshotIdentifier manageMasterUserPassword masterPassword masterPasswordWo
      masterPasswordWoVersion restoreToPointInTime s3Import skipFinalSnapshot snapshotIdentifier
      sourceRegion warningEventCategories`),
    sets: words("availabilityZones clusterMembers enabledCloudwatchLogsExports iamRoles vpcSecurityGroupIds"),
  },
  "aws:rds/clusterInstance:ClusterInstance": {
    inputs: words(`
      applyImmediately autoMinorVersionUpgrade availabilityZone caCertIdentifier clusterIdentifier
      copyTagsToSnapshot customIamInstanceProfile dbParameterGroupName dbSubnetGroupName engine
      engineVersion forceDestroy identifier identifierPrefix instanceClass monitoringInterval
      monitoringRoleArn performanceInsightsEnabled performanceInsightsKmsKeyId
      performanceInsightsRetentionPeriod preferredBackupWindow preferredMaintenanceWindow promotionTier
      publiclyAccessible region tags warningEventCategories`),
    required: words("clusterIdentifier engine instanceClass"),
    replaces: words(`
      availabilityZone clusterIdentifier customIamInstanceProfile dbSubnetGroupName engine identifier
      identifierPrefix`),
    keeps: words(`
      applyImmediately availabilityZone caCertIdentifier dbParameterGroupName dbSubnetGroupName
      engineVersion identifier identifierPrefix monitoringRoleArn performanceInsightsEnabled
      performanceInsightsKmsKeyId performanceInsightsRetentionPeriod preferredBackupWindow
      preferredMaintenanceWindow publiclyAccessible region`),
    defaults: {
      autoMinorVersionUpgrade: true,
      copyTagsToSnapshot: false,
      forceDestroy: false,
      monitoringInterval: 0,
      promotionTier: 0,
    },
    outputs: words(`
      arn dbiResourceId endpoint engineVersionActual kmsKeyId networkType port storageEncrypted tagsAll
      writer`),
    providerOnly: words("applyImmediately forceDestroy warningEventCategories"),
  },
  "aws:rds/subnetGroup:SubnetGroup": {
    inputs: words("description name namePrefix region subnetIds tags"),
    required: words("subnetIds"),
    replaces: words("name namePrefix"),
    keeps: words("name namePrefix region"),
    defaults: { description: "Managed by Pulumi" },
    outputs: words("arn supportedNetworkTypes tagsAll vpcId"),
    sets: words("subnetIds"),
  },
  "aws:rds/parameterGroup:ParameterGroup": {
    inputs: words("description family name namePrefix parameters region skipDestroy tags"),
    required: words("family"),
    replaces: words("description family name namePrefix"),
    keeps: words("name namePrefix region"),
    defaults: { description: "Managed by Pulumi", skipDestroy: false },
    outputs: words("arn tagsAll"),
    providerOnly: words("skipDestroy"),
    sets: words("parameters"),
  },
  "aws:rds/clusterParameterGroup:ClusterParameterGroup": {
    inputs: words("description family name namePrefix parameters region tags"),
    required: words("family"),
    replaces: words("description family name namePrefix"),
    keeps: words("name namePrefix region"),
    defaults: { description: "Managed by Pulumi" },
    outputs: words("arn tagsAll"),
    sets: words("parameters"),
  },
  "aws:rds/eventSubscription:EventSubscription": {
    inputs: words("enabled eventCategories name namePrefix region snsTopic sourceIds sourceType tags"),
    required: words("snsTopic"),
    replaces: words("name namePrefix"),
    keeps: words("name namePrefix region"),
    defaults: { enabled: true },
    outputs: words("arn customerAwsId tagsAll"),
    sets: words("eventCategories sourceIds"),
  },
  "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": {
    inputs: words("kmsKeyId preSignedUrl region retentionPeriod sourceDbInstanceArn"),
    required: words("sourceDbInstanceArn"),
    replaces: words("kmsKeyId preSignedUrl retentionPeriod sourceDbInstanceArn"),
    keeps: words("kmsKeyId region"),
    defaults: { retentionPeriod: 7 },
    providerOnly: words("preSignedUrl"),
  },
};
