import * as sns from "@pulumi/aws/sns/index.js";
import * as pulumi from "@pulumi/pulumi";
import { placeOf } from "../aws-place.js";
import { topicPolicy } from "./topic-policy.js";

/** The one topic all alarms and events go to, encrypted: the given key must let the services that publish use it. */
export function createAlarmTopic(
  component: pulumi.ComponentResource,
  name: string,
  keyArn: pulumi.Input<string>,
  tags: Record<string, pulumi.Input<string>>,
): pulumi.Output<string> {
  const parent = { parent: component };
  const topic = new sns.Topic(`${name}-topic`, { kmsMasterKeyId: keyArn, tags }, parent);
  const policy = pulumi.all([topic.arn, placeOf(parent).account]).apply(([arn, account]) => topicPolicy(arn, account));
  const admitted = new sns.TopicPolicy(`${name}-topic-policy`, { arn: topic.arn, policy }, parent);
  // RDS refuses a subscription to a topic it may not publish to.
  return pulumi.all([topic.arn, admitted.id]).apply(([arn]) => arn);
}

export function subscribeEmails(
  component: pulumi.ComponentResource,
  name: string,
  topic: pulumi.Input<string>,
  emails: readonly string[],
): void {
  for (const email of emails) {
    const child = `${name}-email-${email.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
    new sns.TopicSubscription(child, { topic, protocol: "email", endpoint: email }, { parent: component });
  }
}
