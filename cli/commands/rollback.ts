import { HoldfastError, planMigrationRollback, rollBackMigrations, type RollbackPlan } from "../../engine/index.js";
import { defineCommand, INSTANCE } from "../command.js";
import { byHandRequest, deployTargetOf } from "../deployment.js";
import { CONNECTION_FLAGS, findTarget, wake, type Target } from "../instances.js";
import { FOLDER_FLAG } from "../place.js";
import { ask } from "../prompt.js";
import { stoppable } from "../stoppable.js";
import type { Terminal } from "../terminal.js";
import { withPassword } from "../with-session.js";

interface RollbackFlags {
  readonly dir?: string;
  readonly to?: string;
  readonly confirm?: string;
  readonly "no-backup-because"?: string;
}

export const command = defineCommand({
  about:
    "Runs the @rollback of the newest file, or of all files after --to, newest first: each rehearsed just before, and all of them\n" +
    "after a backup. Says first what is lost, and stops where only the backup leads back.",
  words: [INSTANCE],
  flags: {
    ...CONNECTION_FLAGS,
    ...FOLDER_FLAG,
    to: {
      type: "string",
      value: "VERSION",
      about: "the version that stays; default: only the newest file is rolled back",
    },
    confirm: { type: "string", value: "NAME", about: "the instance's name, where nobody is there to type it" },
    "no-backup-because": {
      type: "string",
      value: "TEXT",
      about: "only where Holdfast cannot back up, and nothing is lost: why it goes without; kept in the history",
    },
  },
  examples: [
    ["holdfast rollback dev", "the newest file"],
    ["holdfast rollback staging --to 0041", "all after 0041"],
  ],
  async run({ instance, flags, terminal }) {
    const target = await findTarget(instance, flags);
    await wake(target);
    const report = await withPassword(target, terminal, (open) => rollBackTarget(open, flags, terminal));
    const { name } = target;
    const { rolledBack, stop, backup } = report;
    return {
      json: { ok: stop === null, instance: name, rolledBack, stop, backup: backup?.id ?? null },
      text: async () => (await import("../render-rollback.js")).renderRollback(name, report),
      exitCode: stop === null ? 0 : 3,
    };
  },
});

async function rollBackTarget(target: Target, flags: RollbackFlags, terminal: Terminal) {
  const excuse = flags["no-backup-because"];
  const request = { ...byHandRequest(target), ...(excuse !== undefined && { noBackupBecause: excuse }) };
  const deployTarget = deployTargetOf(target, flags);
  const plan = await stoppable(terminal, (watch) =>
    planMigrationRollback({ ...request, ...watch }, deployTarget, flags.to),
  );
  await confirm(target.name, plan, flags.confirm, terminal);
  return stoppable(terminal, (watch) => rollBackMigrations({ ...request, ...watch }, deployTarget, plan));
}

/** The name must be typed: a "y" is given by habit, and to the wrong database. */
async function confirm(name: string, plan: RollbackPlan, given: string | undefined, terminal: Terminal): Promise<void> {
  const { renderRollbackPlan } = await import("../render-rollback.js");
  terminal.note(renderRollbackPlan(name, plan));
  const typed = given ?? (terminal.canAsk ? await ask(`Type ${name} to roll it back: `) : undefined);
  if (typed?.trim() === name) return;
  throw new HoldfastError("rollback_refused", `The rollback of ${name} was not confirmed; nothing was changed.`, {
    next: `Type the name when asked, or give it: --confirm ${name}`,
  });
}
