import { backupFacts } from "./backup.js";
import { computeFacts } from "./compute.js";
import { iamFacts } from "./iam.js";
import { kmsFacts } from "./kms.js";
import { monitoringFacts } from "./monitoring.js";
import { networkFacts } from "./network.js";
import { rdsFacts } from "./rds.js";
import { s3Facts } from "./s3.js";
import { secretsManagerFacts } from "./secrets-manager.js";
import type { TypeFacts } from "./type-facts.js";

export type { TypeFacts } from "./type-facts.js";

/** Every resource type the simulated cloud has, by its token. */
export const TYPE_FACTS: Readonly<Record<string, TypeFacts>> = {
  ...rdsFacts,
  ...secretsManagerFacts,
  ...kmsFacts,
  ...networkFacts,
  ...iamFacts,
  ...monitoringFacts,
  ...backupFacts,
  ...s3Facts,
  ...computeFacts,
};

/** @throws Error for a type the simulated cloud does not have */
export function factsOf(type: string): TypeFacts {
  const facts = TYPE_FACTS[type];
  if (facts === undefined) throw new Error(`the simulated cloud has no resource ${type}`);
  return facts;
}

/** Whether the type lies in a region; IAM's do not. */
export function isRegional(facts: TypeFacts): boolean {
  return facts.inputs.includes("region");
}

/** Whether the type carries tags. */
export function isTagged(facts: TypeFacts): boolean {
  return facts.inputs.includes("tags");
}
