/** Services that publish on behalf of this account, which they name. */
const PUBLISHERS = ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com", "backup.amazonaws.com"];

/**
 * Who may publish to the topic: the services that watch, for this account; and only over TLS.
 *
 * EventBridge stands apart: it takes no conditions in the policy of a topic. Source: Amazon EventBridge user guide,
 * "Using resource-based policies for Amazon EventBridge", Amazon SNS permissions.
 */
export function topicPolicy(topicArn: string, accountId: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "ServicesOfThisAccount",
        Effect: "Allow",
        Principal: { Service: PUBLISHERS },
        Action: "sns:Publish",
        Resource: topicArn,
        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
      },
      {
        Sid: "EventBridge",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topicArn,
      },
      {
        Sid: "OverTlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "sns:Publish",
        Resource: topicArn,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
}
