import { words, type TypeFacts } from "./type-facts.js";

/** See `type-facts.ts` for what each list means and where it comes from. */
export const iamFacts: Readonly<Record<string, TypeFacts>> = {
  "aws:iam/role:Role": {
    inputs: words(`
      assumeRolePolicy description forceDetachPolicies inlinePolicies managedPolicyArns maxSessionDuration
      name namePrefix path permissionsBoundary tags`),
    required: words("assumeRolePolicy"),
    replaces: words("name namePrefix path"),
    keeps: words("inlinePolicies managedPolicyArns name namePrefix"),
    defaults: { forceDetachPolicies: false, maxSessionDuration: 3600, path: "/" },
    outputs: words("arn createDate tagsAll uniqueId"),
    providerOnly: words("forceDetachPolicies"),
    sets: words("inlinePolicies managedPolicyArns"),
  },
  "aws:iam/rolePolicy:RolePolicy": {
    inputs: words("name namePrefix policy role"),
    required: words("policy role"),
    replaces: words("name namePrefix role"),
    keeps: words("name namePrefix"),
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    inputs: words("policyArn role"),
    required: words("policyArn role"),
    replaces: words("policyArn role"),
  },
};
