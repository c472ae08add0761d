import { AsyncResource } from "node:async_hooks";
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

/** What a component does to a database, in its errors' words. */
export interface DatabaseWork {
  /** The component's class and name. */
  readonly component: string;
  readonly name: string;
  /** What did not happen where it was stopped: "No migration was run". */
  readonly undone: string;
  readonly execution: string | undefined;
  readonly connection: pulumi.Output<DatabaseConnection>;
}

/**
 * Until there is a runner inside the database's network, a stack that asks for one previews whole, and `up` stops at this hook,
 * before the command. It fails rather than passes over the work: what depends on it would meet an older database.
 */
export function stopWhereUnavailable(work: DatabaseWork, resource: pulumi.Resource): pulumi.ResourceHook {
  let known: DatabaseConnection | undefined;
  work.connection.apply((at) => (known = at));
  const check = async (): Promise<void> => {
    if (known !== undefined && executionOf(work.execution, known) === "codebuild") await stop(work, known, resource);
  };
  const name = `holdfast:${work.component}:${work.name}:execution`;
  return new pulumi.ResourceHook(name, AsyncResource.bind(check), { onDryRun: true });
}

/** @throws RunError in `up` */
async function stop(
  { component, name, undone }: DatabaseWork,
  { host, port }: DatabaseConnection,
  resource: pulumi.Resource,
): Promise<void> {
  const where = `${host}:${port}`;
  const wish = `${component} "${name}" is to run by execution "codebuild", inside the network of ${where}, which Holdfast cannot do yet`;
  const way =
    `run pulumi up on a host that reaches ${where} (a CI runner in the VPC, a bastion, a VPN), with execution: "direct". ` +
    "For the reference program: pulumi config set holdfast:execution direct";
  if (pulumi.runtime.isDryRun()) {
    await pulumi.log.warn(`${wish}: pulumi up will stop there. Way out: ${way}.`, resource);
    return;
  }
  throw cleanError(
    `${wish}. ${undone}. The database and all that was made before stays as it is; nothing needs to be undone. Way out: ${way}.\n` +
      "A stack whose up never succeeded has no outputs yet; the holdfast command finds the database in the stack's state meanwhile.",
  );
}
