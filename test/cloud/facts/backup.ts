import { words, type TypeFacts } from "./type-facts.js";

/** See `type-facts.ts` for what each list means and where it comes from. */
export const backupFacts: Readonly<Record<string, TypeFacts>> = {
  "aws:backup/vault:Vault": {
    inputs: words("forceDestroy kmsKeyArn name region tags"),
    replaces: words("kmsKeyArn name"),
    keeps: words("kmsKeyArn region"),
    defaults: { forceDestroy: false },
    outputs: words("arn recoveryPoints tagsAll"),
    providerOnly: words("forceDestroy"),
  },
  "aws:backup/plan:Plan": {
    inputs: words("advancedBackupSettings name region rules scanSettings tags"),
    required: words("rules"),
    replaces: words("name"),
    keeps: words("region"),
    outputs: words("arn tagsAll version"),
    sets: words("advancedBackupSettings rules"),
  },
  "aws:backup/selection:Selection": {
    inputs: words("conditions iamRoleArn name notResources planId region resources selectionTags"),
    required: words("iamRoleArn planId"),
    replaces: words("name conditions iamRoleArn notResources planId selectionTags resources"),
    keeps: words("conditions notResources region"),
    sets: words("conditions notResources resources selectionTags"),
  },
  "aws:backup/restoreTestingPlan:RestoreTestingPlan": {
    inputs: words(`
      name recoveryPointSelection region scheduleExpression scheduleExpressionTimezone startWindowHours
      tags`),
    required: words("recoveryPointSelection scheduleExpression"),
    replaces: words("name"),
    keeps: words("region scheduleExpressionTimezone startWindowHours"),
    outputs: words("arn tagsAll"),
  },
  "aws:backup/restoreTestingSelection:RestoreTestingSelection": {
    inputs: words(`
      iamRoleArn name protectedResourceArns protectedResourceConditions protectedResourceType region
      restoreMetadataOverrides restoreTestingPlanName validationWindowHours`),
    required: words("iamRoleArn protectedResourceType restoreTestingPlanName"),
    replaces: words("name protectedResourceType restoreTestingPlanName"),
    keeps: words("region protectedResourceArns restoreMetadataOverrides validationWindowHours"),
    sets: words("protectedResourceArns"),
  },
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration": {
    inputs: words("backupVaultName changeableForDays maxRetentionDays minRetentionDays region"),
    required: words("backupVaultName"),
    replaces: words("backupVaultName changeableForDays maxRetentionDays minRetentionDays"),
    keeps: words("region"),
    outputs: words("backupVaultArn"),
    providerOnly: words("changeableForDays"),
  },
  "aws:backup/vaultPolicy:VaultPolicy": {
    inputs: words("backupVaultName policy region"),
    required: words("backupVaultName policy"),
    replaces: words("backupVaultName"),
    keeps: words("region"),
    outputs: words("backupVaultArn"),
  },
  "aws:backup/vaultNotifications:VaultNotifications": {
    inputs: words("backupVaultEvents backupVaultName region snsTopicArn"),
    required: words("backupVaultEvents backupVaultName snsTopicArn"),
    replaces: words("backupVaultEvents backupVaultName snsTopicArn"),
    keeps: words("region"),
    outputs: words("backupVaultArn"),
    sets: words("backupVaultEvents"),
  },
};
