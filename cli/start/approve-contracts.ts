import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { readConfig, type Config } from "../../config.js";
import {
  defaultPolicy,
  fileMigrationSource,
  findLocalInstance,
  HoldfastError,
  planMigration,
  type MigrateRequest,
  type PlanResult,
} from "../../engine/index.js";
import { askForApprovals } from "../approve.js";
import { findTarget, wake } from "../instances.js";
import { ownVersion } from "../own-version.js";
import type { PreparedHome } from "./prepare-home.js";
import type { StartPlace } from "./start-place.js";
import { keepApprovals } from "./sync-settings.js";

/**
 * Asks the person at the terminal for the approvals that contracts wait for, before the preview; a command inside the deploy
 * has no terminal. What is typed goes into the private stack file. Does nothing where nobody can be asked, or before the first deploy.
 */
export async function approveContracts(
  stack: Stack,
  home: PreparedHome,
  { checkout, terminal }: StartPlace,
): Promise<void> {
  if (!terminal.canAsk) return;
  const instance = await findLocalInstance({ project: home.project, name: stack.name });
  if (instance === undefined) return;
  const plan = await planFor(stack, checkout);
  if (plan === undefined) return;
  const given = await askForApprovals(stack.name, plan, terminal);
  if (given.length > 0) await keepApprovals(stack.workspace, stack.name, given);
}

/** undefined where there is no plan to be had: the preview tells why. */
async function planFor(stack: Stack, checkout: string): Promise<PlanResult | undefined> {
  try {
    const values = Object.entries(await stack.getAllConfig()).map(([key, { value }]) => [key, value] as const);
    const fallback = { environment: stack.name, release: ownVersion(checkout) };
    const config = readConfig(Object.fromEntries(values), fallback);
    const target = await findTarget(stack.name, {});
    await wake(target);
    const { connection, local } = target;
    return await planMigration(requestOf(config), {
      connection: { ...connection, schema: config.schema },
      source: fileMigrationSource(config.directory, checkout, config.format),
      ...(local !== undefined && { local }),
    });
  } catch (error) {
    if (error instanceof HoldfastError) return undefined;
    throw error;
  }
}

function requestOf({ environment, release, approvals, soakSeconds, copyLimitBytes }: Config): MigrateRequest {
  return {
    environment,
    release,
    approvals: approvals.map(({ expires, ...rest }) => ({ ...rest, ...(expires && { expires: new Date(expires) }) })),
    policy: {
      ...defaultPolicy(environment),
      ...(soakSeconds !== undefined && { soakMs: soakSeconds * 1000 }),
      ...(copyLimitBytes !== undefined && { copyLimitBytes }),
    },
  };
}
