import type { Behaviour } from "../behaviour.js";
import { iamBehaviours } from "./iam.js";
import { kmsBehaviours } from "./kms.js";
import { rdsBehaviours } from "./rds/index.js";
import { securityGroupBehaviours } from "./security-groups.js";
import { vpcBehaviours } from "./vpc.js";

/** What each type does, by its token. */
const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  ...rdsBehaviours,
  ...kmsBehaviours,
  ...vpcBehaviours,
  ...securityGroupBehaviours,
  ...iamBehaviours,
};

/** @throws Error for a type the simulated cloud does not have */
export function behaviourOf(type: string): Behaviour {
  const behaviour = BEHAVIOURS[type];
  if (behaviour === undefined) throw new Error(`the simulated cloud has no resource ${type}`);
  return behaviour;
}
