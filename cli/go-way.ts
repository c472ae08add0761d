import { HoldfastError, rollBackMigrations, type Way, type WaysBack } from "../engine/index.js";
import type { Answer } from "./command.js";
import { byHandRequest, deployTargetOf, type DeploymentFlags } from "./deployment.js";
import type { Target } from "./instances.js";
import { stoppable } from "./stoppable.js";
import type { Terminal } from "./terminal.js";
import { undoOne } from "./undo-contract.js";
import { withPassword } from "./with-session.js";

/** Goes a way that is open and confirmed. */
export async function goWay(
  target: Target,
  { way, versions, does }: Way,
  found: WaysBack,
  flags: DeploymentFlags,
  terminal: Terminal,
): Promise<Answer> {
  switch (way) {
    case "un-retire":
      return undoAll(target, versions, flags, terminal);
    case "rollback":
      return rollBack(target, found, flags, terminal);
    case "forward":
      return { json: { instance: target.name, steps: does }, text: () => does.join("\n") };
    case "restore":
      return restore(target, found, flags, terminal);
  }
}

/** The contract that ran last comes back first. */
async function undoAll(
  target: Target,
  versions: readonly string[],
  flags: DeploymentFlags,
  terminal: Terminal,
): Promise<Answer> {
  const answers: Answer[] = [];
  for (const version of versions) answers.push(await undoOne(target, version, flags, terminal));
  return {
    json: { instance: target.name, undone: answers.map(({ json }) => json) },
    text: async () => (await Promise.all(answers.map(async (answer) => answer.text()))).join("\n"),
  };
}

async function rollBack(
  target: Target,
  { rollback }: WaysBack,
  flags: DeploymentFlags,
  terminal: Terminal,
): Promise<Answer> {
  if (rollback === null) throw new HoldfastError("undo_refused", "Nothing can be rolled back.");
  const report = await withPassword(target, terminal, (open) =>
    stoppable(terminal, (watch) =>
      rollBackMigrations({ ...byHandRequest(open), ...watch }, deployTargetOf(open, flags), rollback),
    ),
  );
  const { rolledBack, stop, backup } = report;
  return {
    json: { ok: stop === null, instance: target.name, rolledBack, stop, backup: backup?.id ?? null },
    text: async () => (await import("./render-rollback.js")).renderRollback(target.name, report),
    exitCode: stop === null ? 0 : 3,
  };
}

/** As `holdfast restore` does it, beside; the switch is a step of its own, once the two are compared. */
async function restore(
  target: Target,
  { backup, ways }: WaysBack,
  flags: DeploymentFlags,
  terminal: Terminal,
): Promise<Answer> {
  const { command } = await import("./commands/restore.js");
  const line = ways.find(({ way }) => way === "restore")?.command ?? "";
  const as = line.split(" --as ")[1];
  const wanted = { backup: backup?.id, as, dir: flags.dir };
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  return command.run({ words: [target.name], instance: undefined, flags: given, terminal });
}
