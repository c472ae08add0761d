import { writeFileSync } from "node:fs";
import type { KillPoint } from "../core/kill-points.js";

/**
 * Fault injection for tests: where HOLDFAST_TEST_KILL_POINT names a point, the process writes the name to the file
 * HOLDFAST_TEST_KILL_REACHED, so that the test knows it got there, and dies as by a power cut.
 */
export function killSwitch(env: NodeJS.ProcessEnv): (name: KillPoint) => void {
  const chosen = env["HOLDFAST_TEST_KILL_POINT"];
  const reached = env["HOLDFAST_TEST_KILL_REACHED"];
  if (chosen === undefined || reached === undefined) return () => undefined;
  return (name) => {
    if (name !== chosen) return;
    writeFileSync(reached, name);
    process.kill(process.pid, "SIGKILL");
  };
}
