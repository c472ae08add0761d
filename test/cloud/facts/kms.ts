import { words, type TypeFacts } from "./type-facts.js";

/** See `type-facts.ts` for what each list means and where it comes from. */
export const kmsFacts: Readonly<Record<string, TypeFacts>> = {
  "aws:kms/key:Key": {
    inputs: words(`
      bypassPolicyLockoutSafetyCheck customKeyStoreId customerMasterKeySpec deletionWindowInDays
      description enableKeyRotation isEnabled keyUsage multiRegion policy region rotationPeriodInDays tags
      xksKeyId`),
    replaces: words("customKeyStoreId customerMasterKeySpec keyUsage multiRegion xksKeyId"),
    keeps: words("description multiRegion rotationPeriodInDays region policy"),
    defaults: {
      bypassPolicyLockoutSafetyCheck: false,
      customerMasterKeySpec: "SYMMETRIC_DEFAULT",
      enableKeyRotation: false,
      isEnabled: true,
      keyUsage: "ENCRYPT_DECRYPT",
    },
    outputs: words("arn keyId tagsAll"),
    providerOnly: words("bypassPolicyLockoutSafetyCheck deletionWindowInDays"),
  },
  "aws:kms/alias:Alias": {
    inputs: words("name namePrefix region targetKeyId"),
    required: words("targetKeyId"),
    replaces: words("name namePrefix"),
    keeps: words("name namePrefix region"),
    outputs: words("arn targetKeyArn"),
  },
  "aws:kms/keyPolicy:KeyPolicy": {
    inputs: words("bypassPolicyLockoutSafetyCheck keyId policy region"),
    required: words("keyId policy"),
    replaces: words("keyId"),
    keeps: words("region"),
    defaults: { bypassPolicyLockoutSafetyCheck: false },
    providerOnly: words("bypassPolicyLockoutSafetyCheck"),
  },
};
