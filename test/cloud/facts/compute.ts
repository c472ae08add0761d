import { words, type TypeFacts } from "./type-facts.js";

/** See `type-facts.ts` for what each list means and where it comes from. */
export const computeFacts: Readonly<Record<string, TypeFacts>> = {
  "aws:codebuild/project:Project": {
    inputs: words(`
      artifacts autoRetryLimit badgeEnabled buildBatchConfig buildTimeout cache concurrentBuildLimit
      description encryptionKey environment fileSystemLocations logsConfig name projectVisibility
      queuedTimeout region resourceAccessRole secondaryArtifacts secondarySourceVersions secondarySources
      serviceRole source sourceVersion tags vpcConfig`),
    required: words("artifacts environment serviceRole source"),
    replaces: words("name"),
    keeps: words("autoRetryLimit description encryptionKey region"),
    defaults: { badgeEnabled: false, buildTimeout: 60, projectVisibility: "PRIVATE", queuedTimeout: 480 },
    outputs: words("arn badgeUrl publicProjectAlias tagsAll"),
    sets: words("fileSystemLocations secondaryArtifacts secondarySources secondarySourceVersions"),
  },
  "aws:ssm/parameter:Parameter": {
    inputs: words(`
      allowedPattern arn dataType description insecureValue keyId name overwrite region tags tier type
      value valueWo valueWoVersion`),
    required: words("type"),
    replaces: words("dataType name"),
    keeps: words("arn dataType insecureValue keyId tier value region"),
    outputs: words("hasValueWo tagsAll version"),
    providerOnly: words("overwrite valueWo valueWoVersion"),
  },
  "aws:lambda/function:Function": {
    inputs: words(`
      architectures capacityProviderConfig code codeSha256 codeSigningConfigArn deadLetterConfig
      description durableConfig environment ephemeralStorage fileSystemConfig handler imageConfig imageUri
      kmsKeyArn layers loggingConfig memorySize name packageType publish publishTo region
      replaceSecurityGroupsOnDestroy replacementSecurityGroupIds reservedConcurrentExecutions role runtime
      s3Bucket s3Key s3ObjectVersion skipDestroy snapStart sourceCodeHash sourceKmsKeyArn tags
      tenancyConfig timeout tracingConfig useResourceTimeoutForPropagation vpcConfig`),
    required: words("role"),
    replaces: words("durableConfig name packageType tenancyConfig"),
    keeps: words("architectures codeSha256 ephemeralStorage loggingConfig region sourceCodeHash tracingConfig"),
    defaults: {
      memorySize: 128,
      packageType: "Zip",
      publish: false,
      reservedConcurrentExecutions: -1,
      skipDestroy: false,
      timeout: 3,
    },
    outputs: words(`
      arn invokeArn lastModified qualifiedArn qualifiedInvokeArn responseStreamingInvokeArn signingJobArn
      signingProfileVersionArn sourceCodeSize tagsAll version`),
    providerOnly: words(`
      code publish publishTo replaceSecurityGroupsOnDestroy replacementSecurityGroupIds s3Bucket s3Key
      s3ObjectVersion skipDestroy useResourceTimeoutForPropagation`),
    sets: words("replacementSecurityGroupIds"),
  },
  "aws:lambda/permission:Permission": {
    inputs: words(`
      action eventSourceToken function functionUrlAuthType invokedViaFunctionUrl principal principalOrgId
      qualifier region sourceAccount sourceArn statementId statementIdPrefix`),
    required: words("action function principal"),
    replaces: words(`
      action eventSourceToken function functionUrlAuthType invokedViaFunctionUrl principal principalOrgId
      qualifier sourceAccount sourceArn statementId statementIdPrefix`),
    keeps: words("region statementId statementIdPrefix"),
  },
};
