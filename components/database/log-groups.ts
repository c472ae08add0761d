import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import { REPLACING_INPUTS } from "../replacing-inputs.js";
import type { ServerContext } from "./server.js";

/** Security Hub CloudWatch.16. */
const RETENTION_DAYS = 365;

/** Made before the database, since RDS makes its own without retention and key as soon as it exports a log. */
export function createLogGroups(
  { component, name, identifier, makesLogGroups, settings, tags }: ServerContext,
  kind: "instance" | "cluster",
  logs: readonly string[],
): LogGroup[] {
  if (!makesLogGroups) return [];
  return logs.map(
    (log) =>
      new LogGroup(
        `${name}-log-${log}`,
        {
          name: `/aws/rds/${kind}/${identifier}/${log}`,
          retentionInDays: RETENTION_DAYS,
          kmsKeyId: settings.keyArn,
          logGroupClass: "STANDARD",
          skipDestroy: false,
          tags,
        },
        {
          parent: component,
          ignoreChanges: [...REPLACING_INPUTS["aws:cloudwatch/logGroup:LogGroup"]],
          deleteBeforeReplace: false,
        },
      ),
  );
}
