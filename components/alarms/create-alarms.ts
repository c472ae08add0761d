import * as cloudwatch from "@pulumi/aws/cloudwatch/index.js";
import * as rds from "@pulumi/aws/rds/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { EventRuleDefinition } from "./event-rules.js";
import type { EventSubscriptionDefinition } from "./event-subscriptions.js";
import type { MetricAlarmDefinition, PerformanceInsightsCounter } from "./metric-alarm.js";

/** Where the children of one DatabaseAlarms belong, and what they tell. */
export interface AlarmContext {
  readonly component: pulumi.ComponentResource;
  readonly name: string;
  readonly topicArn: pulumi.Output<string>;
  readonly tags: Record<string, pulumi.Input<string>>;
}

export function createMetricAlarm(context: AlarmContext, definition: MetricAlarmDefinition): cloudwatch.MetricAlarm {
  const { component, name, topicArn, tags } = context;
  return new cloudwatch.MetricAlarm(
    `${name}-${definition.key}`,
    {
      alarmDescription: definition.description,
      comparisonOperator: definition.comparison,
      threshold: definition.threshold,
      evaluationPeriods: definition.periods,
      datapointsToAlarm: definition.periods,
      treatMissingData: definition.missingData,
      actionsEnabled: true,
      alarmActions: [topicArn],
      okActions: [topicArn],
      ...metricInputs(definition),
      tags,
    },
    { parent: component },
  );
}

function metricInputs({ metric, periodSeconds }: MetricAlarmDefinition): cloudwatch.MetricAlarmArgs {
  if ("counter" in metric) return { metricQueries: [insightQuery(metric, periodSeconds)] };
  const { namespace, name, statistic, dimensions } = metric;
  return { namespace, metricName: name, statistic, dimensions, period: periodSeconds };
}

/** Source: Amazon CloudWatch user guide, "Create an alarm on Performance Insights counter metrics from a database". */
function insightQuery({ counter, resourceId }: PerformanceInsightsCounter, period: number) {
  const expression = pulumi.interpolate`DB_PERF_INSIGHTS('RDS', '${resourceId}', '${counter}')`;
  return { id: "counter", expression, label: counter, period, returnData: true };
}

/** A rule of the default bus whose events go to the topic. A target with a role would not reach an encrypted topic. */
export function createEventRule(context: AlarmContext, { key, description, pattern }: EventRuleDefinition): void {
  const { component, name, topicArn, tags } = context;
  const rule = new cloudwatch.EventRule(
    `${name}-${key}`,
    { description, eventPattern: pattern, state: "ENABLED", tags },
    { parent: component },
  );
  new cloudwatch.EventTarget(`${name}-${key}-topic`, { rule: rule.name, arn: topicArn }, { parent: component });
}

/** Of every source of the kind, as the controls of Security Hub ask: also of one that is restored or made tomorrow. */
export function createEventSubscription(context: AlarmContext, definition: EventSubscriptionDefinition): void {
  const { component, name, topicArn, tags } = context;
  const { key, sourceType, categories } = definition;
  new rds.EventSubscription(
    `${name}-${key}`,
    { snsTopic: topicArn, sourceType, eventCategories: [...categories], enabled: true, tags },
    { parent: component },
  );
}
