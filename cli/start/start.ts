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
  const stack = await openStack(name, home, place);
  const run = { stack, flags, terminal: place.terminal };
  if (command === "up") await approveContracts(stack, home, place);
  if (command === "up" && !flags.skipPreview) await runOnEngine({ ...run, command: "preview" });
  const outcome = await runOnEngine({ ...run, command });
  const seconds = (performance.now() - startedAt) / 1000;
  place.print(renderSummary({ command, stack: name, home, outcome, seconds }));
  return 0;
}
