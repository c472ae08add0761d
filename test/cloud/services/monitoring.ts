import type { Behaviour, Fault } from "../behaviour.js";
import { AwsError, newSuffix, newUuid } from "../cloud-region.js";
import { isZero, numberOf, textOf, type Properties } from "../values.js";
import { nameOf } from "./physical-name.js";
import { jsonFaults, samePolicy } from "./policies.js";
import { refuseTaken, requireExisting, requireKey, TOPIC } from "./refuse.js";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const RULE = "aws:cloudwatch/eventRule:EventRule";
const TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";

/** PutMetricAlarm writes over an alarm of the same name. */
const alarm: Behaviour = {
  autoname: { property: "name" },
  check: alarmFaults,
  create: ({ cloud, inputs }) => {
    const name = nameOf(inputs);
    return { id: name, attributes: { name, arn: cloud.arn("cloudwatch", `alarm:${name}`) } };
  },
};

function alarmFaults(inputs: Properties): Fault[] {
  const faults: Fault[] = [];
  if (isZero(inputs["evaluationCriteria"])) {
    for (const property of ["comparisonOperator", "evaluationPeriods"]) {
      if (isZero(inputs[property])) faults.push({ property, reason: `"${property}" is required` });
    }
  }
  const statistics = ["statistic", "extendedStatistic"].filter((name) => !isZero(inputs[name]));
  if (!isZero(inputs["metricName"]) && statistics.length !== 1) {
    faults.push({
      property: "statistic",
      reason: "One of `statistic` or `extended_statistic` must be set for a cloudwatch metric alarm",
    });
  }
  if (!isZero(inputs["metricName"]) && !isZero(inputs["metricQueries"])) {
    faults.push({ property: "metricName", reason: `"metricName": conflicts with metricQueries` });
  }
  return faults;
}

/** Days CloudWatch Logs can keep a line; 0 is for ever. */
const RETENTION = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const logGroup: Behaviour = {
  autoname: { property: "name" },
  check: (inputs) => {
    const days = numberOf(inputs, "retentionInDays");
    if (days === undefined || RETENTION.includes(days)) return [];
    return [
      {
        property: "retentionInDays",
        reason: `expected retentionInDays to be one of [${RETENTION.join(" ")}], got ${days}`,
      },
    ];
  },
  create: ({ cloud, inputs }) => {
    const name = nameOf(inputs);
    refuseTaken(cloud, LOG_GROUP, name, "ResourceAlreadyExistsException");
    requireKey(cloud, inputs["kmsKeyId"], "InvalidParameterException");
    return {
      id: name,
      attributes: {
        name,
        arn: cloud.arn("logs", `log-group:${name}`),
        deletionProtectionEnabled: inputs["deletionProtectionEnabled"] ?? false,
        logGroupClass: inputs["logGroupClass"] ?? "STANDARD",
      },
    };
  },
  delete: ({ resource, state }) => {
    if (state["skipDestroy"] === true) return "kept";
    if (resource.attributes["deletionProtectionEnabled"] !== true) return undefined;
    throw new AwsError("OperationAbortedException", `the log group ${resource.id} is protected from deletion`);
  },
};

const topic: Behaviour = {
  autoname: { property: "name" },
  same: { policy: samePolicy },
  check: (inputs) => jsonFaults(inputs, "policy"),
  create: ({ cloud, inputs }) => {
    const name = nameOf(inputs);
    const arn = cloud.arn("sns", name);
    requireKey(cloud, inputs["kmsMasterKeyId"], "KMSNotFound");
    return {
      id: arn,
      attributes: { name, arn, beginningArchiveTime: "", owner: cloud.account, signatureVersion: 0, tracingConfig: "" },
    };
  },
  update: ({ cloud, inputs }) => {
    requireKey(cloud, inputs["kmsMasterKeyId"], "KMSNotFound");
    return undefined;
  },
  delete: ({ cloud, resource }) => {
    for (const held of cloud.list(SUBSCRIPTION)) if (held.attributes["topic"] === resource.id) cloud.store.remove(held);
    return undefined;
  },
};

const topicPolicy: Behaviour = {
  same: { policy: samePolicy },
  check: (inputs) => jsonFaults(inputs, "policy"),
  create: ({ cloud, inputs }) => ({
    id: requireExisting(cloud, TOPIC, inputs["arn"], "NotFoundException").id,
    attributes: { owner: cloud.account },
  }),
};

const subscription: Behaviour = {
  create: ({ cloud, inputs }) => {
    requireExisting(cloud, TOPIC, inputs["topic"], "NotFoundException");
    const arn = `${String(inputs["topic"])}:${newUuid()}`;
    const waits = ["email", "email-json"].includes(String(inputs["protocol"]));
    return {
      id: arn,
      attributes: {
        arn,
        confirmationWasAuthenticated: !waits,
        filterPolicyScope: inputs["filterPolicyScope"] ?? "",
        ownerId: cloud.account,
        pendingConfirmation: waits,
      },
    };
  },
};

/** PutRule writes over a rule of the same name. */
const rule: Behaviour = {
  autoname: { property: "name", maxLength: 64 },
  same: { eventPattern: samePolicy },
  check: (inputs) =>
    isZero(inputs["eventPattern"]) && isZero(inputs["scheduleExpression"])
      ? [{ property: "eventPattern", reason: "one of `eventPattern,scheduleExpression` must be specified" }]
      : jsonFaults(inputs, "eventPattern"),
  create: ({ cloud, inputs }) => {
    const name = nameOf(inputs);
    const bus = textOf(inputs, "eventBusName") ?? "default";
    return {
      id: bus === "default" ? name : `${bus}/${name}`,
      attributes: { name, arn: cloud.arn("events", `rule/${name}`) },
    };
  },
  delete: ({ cloud, resource, state }) => {
    const held = cloud.list(TARGET).filter(({ attributes }) => attributes["rule"] === resource.attributes["name"]);
    if (held.length > 0 && state["forceDestroy"] !== true) {
      throw new AwsError("ValidationException", "Rule can't be deleted since it has targets.");
    }
    for (const target of held) cloud.store.remove(target);
    return undefined;
  },
};

const target: Behaviour = {
  create: ({ cloud, inputs }) => {
    if (cloud.findBy(RULE, "name", String(inputs["rule"])) === undefined) {
      throw new AwsError(
        "ResourceNotFoundException",
        `Rule ${String(inputs["rule"])} does not exist on EventBus default.`,
      );
    }
    const targetId = textOf(inputs, "targetId") ?? `terraform-${newSuffix()}`;
    return { id: `${String(inputs["rule"])}-${targetId}`, attributes: { targetId } };
  },
};

export const monitoringBehaviours = {
  [ALARM]: alarm,
  [LOG_GROUP]: logGroup,
  [TOPIC]: topic,
  "aws:sns/topicPolicy:TopicPolicy": topicPolicy,
  [SUBSCRIPTION]: subscription,
  [RULE]: rule,
  [TARGET]: target,
};
