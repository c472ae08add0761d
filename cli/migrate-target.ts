import { migrateDatabase, planMigration, type MigrateRequest, type RunResult } from "../engine/index.js";
import { deployTargetOf, requestOf, sourceOf, type DeploymentFlags } from "./deployment.js";
import { wake, type Target } from "./instances.js";
import { reviewedPlanOf, type ReviewedPlanFlag } from "./reviewed-plan.js";
import { promotionOf } from "./promotion.js";
import { stoppable } from "./stoppable.js";
import type { Terminal } from "./terminal.js";
import { withPassword } from "./with-session.js";

export interface MigrateFlags extends DeploymentFlags, ReviewedPlanFlag {
  readonly "include-held"?: boolean;
  readonly "no-backup-because"?: string;
}

export const MIGRATE_FLAGS = {
  "no-backup-because": {
    type: "string",
    value: "TEXT",
    about: "only where Holdfast cannot back up: why it goes without; kept in the history, never admits a contract",
  },
  "include-held": { type: "boolean", about: "fail where a contract would be held for want of an approval" },
} as const;

/** Deploys to one target, with a person at hand asking him for the approvals that are missing. */
export async function migrateTarget(given: Target, flags: MigrateFlags, terminal: Terminal): Promise<RunResult> {
  const wanted = requestFor(given, flags);
  await wake(given);
  const promotion = await promotionOf(given, sourceOf(given, flags));
  const asked = { ...wanted, ...promotion };
  return withPassword(given, terminal, async (target) => {
    const deployTarget = deployTargetOf(target, flags);
    const request = terminal.canAsk ? await withApprovals(target.name, asked, deployTarget, terminal) : asked;
    return stoppable(terminal, (watch) => migrateDatabase({ ...request, ...watch }, deployTarget));
  });
}

function requestFor(target: Target, flags: MigrateFlags): MigrateRequest {
  const excuse = flags["no-backup-because"];
  return {
    ...requestOf(target, flags),
    ...reviewedPlanOf(flags["reviewed-plan"]),
    ...(flags["include-held"] === true && { includeHeld: true }),
    ...(excuse !== undefined && { noBackupBecause: excuse }),
  };
}

/** A plan that is refused is the deploy's to tell. */
async function withApprovals(
  instance: string,
  request: MigrateRequest,
  deployTarget: Parameters<typeof planMigration>[1],
  terminal: Terminal,
): Promise<MigrateRequest> {
  const { askForApprovals } = await import("./approve.js");
  const plan = await planMigration({ ...request, includeHeld: false }, deployTarget);
  const typed = await askForApprovals(instance, plan, terminal);
  return { ...request, approvals: [...(request.approvals ?? []), ...typed] };
}
