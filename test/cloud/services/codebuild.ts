import type { Behaviour } from "../behaviour.js";
import { managedKey, refuseTaken, requireKey, requireRole } from "./refuse.js";
import { nameOf } from "./physical-name.js";
import { rangeFaults } from "./rds/instance-faults.js";

const PROJECT = "aws:codebuild/project:Project";

const project: Behaviour = {
  autoname: { property: "name" },
  check: (inputs) => [...rangeFaults(inputs, "buildTimeout", 5, 2160), ...rangeFaults(inputs, "queuedTimeout", 5, 480)],
  create: ({ cloud, inputs }) => {
    const name = nameOf(inputs);
    const arn = cloud.arn("codebuild", `project/${name}`);
    refuseTaken(cloud, PROJECT, arn, "ResourceAlreadyExistsException");
    requireRole(cloud, inputs["serviceRole"], "InvalidInputException");
    requireKey(cloud, inputs["encryptionKey"], "InvalidInputException");
    return {
      id: arn,
      attributes: {
        name,
        arn,
        autoRetryLimit: inputs["autoRetryLimit"] ?? 0,
        badgeUrl: "",
        description: inputs["description"] ?? "",
        encryptionKey: inputs["encryptionKey"] ?? managedKey(cloud, "s3"),
        publicProjectAlias: "",
      },
    };
  },
};

export const codebuildBehaviours = { [PROJECT]: project };
