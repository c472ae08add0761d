import type { CloudRegion } from "../../cloud-region.js";

export const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";

/** RDS makes the groups of exported logs itself where nobody made them before; a later create of the same name then fails. */
export function createLogGroups(
  cloud: CloudRegion,
  kind: "instance" | "cluster",
  identifier: string,
  logs: readonly string[],
): void {
  for (const log of logs) {
    const name = `/aws/rds/${kind}/${identifier}/${log}`;
    if (cloud.find(LOG_GROUP, name) !== undefined) continue;
    cloud.add(LOG_GROUP, name, {
      name,
      arn: cloud.arn("logs", `log-group:${name}`),
      retentionInDays: 0,
      logGroupClass: "STANDARD",
    });
  }
}
