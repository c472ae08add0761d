import type { Behaviour } from "../behaviour.js";
import { AwsError } from "../cloud-region.js";
import { isZero } from "../values.js";
import { nameOf } from "./physical-name.js";
import { requireKey } from "./refuse.js";

const PARAMETER = "aws:ssm/parameter:Parameter";

const parameter: Behaviour = {
  autoname: { property: "name" },
  secrets: ["value", "valueWo"],
  check: (inputs) => {
    const given = ["value", "insecureValue", "valueWo"].filter((name) => !isZero(inputs[name]));
    return given.length === 1
      ? []
      : [{ property: "value", reason: "one of `value,insecureValue,valueWo` must be specified" }];
  },
  replaces: (property, { state, inputs }) =>
    property === "tier" && state["tier"] === "Advanced" && inputs["tier"] === "Standard",
  create: ({ cloud, inputs }) => {
    const name = nameOf(inputs);
    if (cloud.find(PARAMETER, name) !== undefined && inputs["overwrite"] !== true) {
      throw new AwsError(
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
      );
    }
    if (inputs["type"] === "SecureString") requireKey(cloud, inputs["keyId"], "InvalidKeyId");
    return {
      id: name,
      attributes: {
        name,
        arn: cloud.arn("ssm", `parameter${name.startsWith("/") ? "" : "/"}${name}`),
        dataType: inputs["dataType"] ?? "text",
        hasValueWo: !isZero(inputs["valueWo"]),
        keyId: inputs["keyId"] ?? (inputs["type"] === "SecureString" ? "alias/aws/ssm" : ""),
        tier: inputs["tier"] ?? "Standard",
        version: 1,
      },
    };
  },
  update: ({ resource }) => ({ attributes: { version: Number(resource.attributes["version"]) + 1 } }),
  unknownAfter: () => ["version"],
};

export const ssmBehaviours = { [PARAMETER]: parameter };
