import type { Behaviour } from "../behaviour.js";
import { backupBehaviours } from "./backup.js";
import { codebuildBehaviours } from "./codebuild.js";
import { iamBehaviours } from "./iam.js";
import { kmsBehaviours } from "./kms.js";
import { lambdaBehaviours } from "./lambda.js";
import { monitoringBehaviours } from "./monitoring.js";
import { rdsBehaviours } from "./rds/index.js";
import { s3Behaviours } from "./s3.js";
import { secretsManagerBehaviours } from "./secrets-manager.js";
import { securityGroupBehaviours } from "./security-groups.js";
import { ssmBehaviours } from "./ssm.js";
import { vpcBehaviours } from "./vpc.js";

/** What each type does, by its token. */
const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  ...rdsBehaviours,
  ...kmsBehaviours,
  ...vpcBehaviours,
  ...securityGroupBehaviours,
  ...iamBehaviours,
  ...secretsManagerBehaviours,
  ...backupBehaviours,
  ...s3Behaviours,
  ...monitoringBehaviours,
  ...lambdaBehaviours,
  ...codebuildBehaviours,
  ...ssmBehaviours,
};

/** @throws Error for a type the simulated cloud does not have */
export function behaviourOf(type: string): Behaviour {
  const behaviour = BEHAVIOURS[type];
  if (behaviour === undefined) throw new Error(`the simulated cloud has no resource ${type}`);
  return behaviour;
}
