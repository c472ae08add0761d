import * as pulumi from "@pulumi/pulumi";
import type { DatabaseConnection } from "../engine/core/database-connection.js";
import { cleanError, type Fault } from "./fault.js";

/** Where a deploy's migrations run. */
export type Execution = "direct" | "codebuild";

/** What is wrong with the argument `execution`, if anything. */
export function executionFaults(execution: string | undefined): Fault[] {
  if (execution === undefined || execution === "direct" || execution === "codebuild") return [];
  const way =
    execution === "ssm-tunnel"
      ? 'a tunnel is for people, and ends with their terminal: open it yourself for "holdfast sql" and the like, and let the deploy run from a host that reaches the database ("direct")'
      : 'leave it out, or say "direct"';
  return [{ property: "execution", value: execution, allowed: '"direct" or "codebuild"', way }];
}

/** A database on AWS lies in private subnets, which a deploy from a laptop or from Pulumi's own service does not reach. */
export function executionOf(execution: string | undefined, { kind }: Pick<DatabaseConnection, "kind">): Execution {
  if (execution === "direct" || execution === "codebuild") return execution;
  return kind === "rds" || kind === "aurora" ? "codebuild" : "direct";
}

/**
 * Until there is a runner inside the database's network, a stack that asks for one previews whole, and `up` stops here, before
 * the command. It fails rather than passes over the migrations: what depends on them would run against an older schema.
 *
 * @throws RunError in `up`
 */
export async function stopWhereUnavailable(
  name: string,
  connection: DatabaseConnection,
  resource: pulumi.Resource,
): Promise<void> {
  const where = `${connection.host}:${connection.port}`;
  const wish = `SchemaMigrations "${name}" is to run by execution "codebuild", inside the network of ${where}, which Holdfast cannot do yet`;
  const way =
    `run pulumi up on a host that reaches ${where} (a CI runner in the VPC, a bastion, a VPN), with execution: "direct". ` +
    "For the reference program: pulumi config set holdfast:execution direct";
  if (pulumi.runtime.isDryRun()) {
    await pulumi.log.warn(`${wish}: pulumi up will stop before the migrations. Way out: ${way}.`, resource);
    return;
  }
  throw cleanError(
    `${wish}. No migration was run. The database and all that was made before stays as it is; nothing needs to be undone. Way out: ${way}.\n` +
      "This stack's outputs are empty until the next up succeeds; holdfast finds the database in the stack's state meanwhile.",
  );
}
