import type { Behaviour } from "../behaviour.js";
import { AwsError, newCapitals, newSuffix } from "../cloud-region.js";
import { isZero, textOf } from "../values.js";
import { nameOf } from "./physical-name.js";
import { jsonFaults, samePolicy } from "./policies.js";
import { refuseTaken, requireExisting, ROLE } from "./refuse.js";

const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";

const role: Behaviour = {
  autoname: { property: "name", maxLength: 64 },
  same: { assumeRolePolicy: samePolicy },
  check: (inputs) => {
    const name = textOf(inputs, "name") ?? "";
    const long =
      name.length > 64
        ? [{ property: "name", reason: `expected length of name to be in the range (1 - 64), got ${name}` }]
        : [];
    return [...long, ...jsonFaults(inputs, "assumeRolePolicy")];
  },
  create: ({ cloud, inputs }) => {
    const name = nameOf(inputs);
    refuseTaken(cloud, ROLE, name, "EntityAlreadyExists");
    const path = textOf(inputs, "path") ?? "/";
    return {
      id: name,
      attributes: {
        name,
        arn: cloud.globalArn("iam", `role${path}${name}`),
        createDate: new Date().toISOString(),
        uniqueId: `simulated-AROA${newCapitals(16)}`,
      },
    };
  },
  delete: ({ cloud, resource, state }) => {
    const held = [ROLE_POLICY, ATTACHMENT].flatMap((type) =>
      cloud.list(type).filter(({ attributes }) => attributes["role"] === resource.id),
    );
    if (held.length > 0 && state["forceDetachPolicies"] !== true) {
      throw new AwsError("DeleteConflict", "Cannot delete entity, must detach all policies first.");
    }
    for (const policy of held) cloud.store.remove(policy);
    return undefined;
  },
};

const rolePolicy: Behaviour = {
  autoname: { property: "name" },
  same: { policy: samePolicy },
  check: (inputs) => jsonFaults(inputs, "policy"),
  create: ({ cloud, inputs }) => {
    requireExisting(cloud, ROLE, inputs["role"], "NoSuchEntity");
    const name = nameOf(inputs);
    return { id: `${String(inputs["role"])}:${name}`, attributes: { name } };
  },
};

const attachment: Behaviour = {
  deletesBeforeReplace: true,
  create: ({ cloud, inputs }) => {
    requireExisting(cloud, ROLE, inputs["role"], "NoSuchEntity");
    if (isZero(inputs["policyArn"])) throw new AwsError("InvalidInput", "no policy");
    return { id: `${String(inputs["role"])}-${newSuffix()}`, attributes: {} };
  },
};

export const iamBehaviours = { [ROLE]: role, [ROLE_POLICY]: rolePolicy, [ATTACHMENT]: attachment };
