import { join } from "node:path";
import { findLocalInstance } from "../../engine/index.js";
import { withProcessLock } from "../../toolchain/process-lock.js";
import { approveContracts } from "./approve-contracts.js";
import { ensureBuild } from "./ensure-build.js";
import { openStack } from "./open-stack.js";
import { passThrough } from "./pass-through.js";
import { prepareHome } from "./prepare-home.js";
import { readStartArguments } from "./read-start-arguments.js";
import { runOnEngine } from "./run-on-engine.js";
import type { StartPlace } from "./start-place.js";
import { renderSummary } from "./summary.js";

/**
 * Runs the program of the checkout in a private Pulumi home: a preview, and where that succeeds the deploy.
 *
 * @param args what stands behind `npm start --`; none: `up`
 * @returns the exit code
 * @throws HoldfastError
 */
export async function start(args: readonly string[], place: StartPlace): Promise<number> {
  const startedAt = performance.now();
  const { command, stack: name, flags, rest } = readStartArguments(args);
  // Before the work directory links what there is.
  if (command !== undefined) await ensureBuild(place);
  const home = await prepareHome(place);
  if (command === undefined) return passThrough(rest, name, home, place);
  const { terminal } = place;
  const onWait = (pid: number): void => terminal.note(`process ${pid} runs npm start on this stack; waiting for it`);
  const outcome = await withProcessLock(join(home.stateDirectory, `${name}.lock`), onWait, async () => {
    const stack = await openStack(name, home, place);
    if (command === "up") await approveContracts(stack, home, place);
    if (command === "up" && !flags.skipPreview) await runOnEngine({ command: "preview", stack, flags, terminal });
    return runOnEngine({ command, stack, flags, terminal });
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const embedded = await findLocalInstance({ project: home.project, name });
  place.print(renderSummary({ command, stack: name, home, outcome, embedded, seconds }));
  return 0;
}
