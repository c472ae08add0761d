import type { Behaviour } from "../../behaviour.js";
import { AwsError } from "../../cloud-region.js";
import { isZero } from "../../values.js";
import { nameOf } from "../physical-name.js";
import { refuseTaken, requireExisting, TOPIC } from "../refuse.js";
import { oneOfFaults } from "./instance-faults.js";

const SUBSCRIPTION = "aws:rds/eventSubscription:EventSubscription";

const SOURCE_TYPES = [
  "blue-green-deployment",
  "custom-engine-version",
  "db-cluster",
  "db-cluster-snapshot",
  "db-instance",
  "db-parameter-group",
  "db-proxy",
  "db-security-group",
  "db-snapshot",
];

export const eventSubscription: Behaviour = {
  autoname: { property: "name" },
  check: (inputs) => oneOfFaults(inputs, "sourceType", SOURCE_TYPES),
  create: ({ cloud, inputs }) => {
    const name = nameOf(inputs);
    refuseTaken(cloud, SUBSCRIPTION, name, "SubscriptionAlreadyExist");
    requireExisting(cloud, TOPIC, inputs["snsTopic"], "SNSTopicArnNotFound");
    if (!isZero(inputs["sourceIds"]) && isZero(inputs["sourceType"])) {
      throw new AwsError("InvalidParameterValue", "If source ids are given, a source type must be, too.");
    }
    return { id: name, attributes: { name, arn: cloud.arn("rds", `es:${name}`), customerAwsId: cloud.account } };
  },
  update: ({ cloud, inputs }) => {
    requireExisting(cloud, TOPIC, inputs["snsTopic"], "SNSTopicArnNotFound");
    return undefined;
  },
};
