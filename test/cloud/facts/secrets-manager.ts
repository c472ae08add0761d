import { words, type TypeFacts } from "./type-facts.js";

/** See `type-facts.ts` for what each list means and where it comes from. */
export const secretsManagerFacts: Readonly<Record<string, TypeFacts>> = {
  "aws:secretsmanager/secret:Secret": {
    inputs: words(`
      description forceOverwriteReplicaSecret kmsKeyId name namePrefix policy recoveryWindowInDays region
      replicas tags type`),
    replaces: words("name namePrefix type"),
    keeps: words("name namePrefix replicas region policy"),
    defaults: { forceOverwriteReplicaSecret: false, recoveryWindowInDays: 30 },
    outputs: words("arn tagsAll"),
    providerOnly: words("forceOverwriteReplicaSecret recoveryWindowInDays"),
    sets: words("replicas"),
  },
  "aws:secretsmanager/secretVersion:SecretVersion": {
    inputs: words("region secretBinary secretId secretString secretStringWo secretStringWoVersion versionStages"),
    required: words("secretId"),
    replaces: words("secretId secretBinary secretString secretStringWoVersion"),
    keeps: words("versionStages region"),
    outputs: words("arn hasSecretStringWo secretArn versionId"),
    providerOnly: words("secretStringWo secretStringWoVersion"),
    sets: words("versionStages"),
  },
  "aws:secretsmanager/secretRotation:SecretRotation": {
    inputs: words(`
      externalSecretRotationMetadatas externalSecretRotationRoleArn region rotateImmediately
      rotationEnabled rotationLambdaArn rotationRules secretId`),
    required: words("secretId"),
    replaces: words("secretId"),
    keeps: words("region rotationEnabled"),
    defaults: { rotateImmediately: true },
    providerOnly: words("rotateImmediately"),
  },
  "aws:secretsmanager/secretPolicy:SecretPolicy": {
    inputs: words("blockPublicPolicy policy region secretArn"),
    required: words("policy secretArn"),
    replaces: words("secretArn"),
    keeps: words("region"),
    providerOnly: words("blockPublicPolicy"),
  },
};
