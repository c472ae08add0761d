import { spawn } from "node:child_process";
import { automationCommand } from "../../toolchain/automation-command.js";
import type { PreparedHome } from "./prepare-home.js";
import type { StartPlace } from "./start-place.js";
import { syncSettings } from "./sync-settings.js";

/** Runs any Pulumi command in the private home, with this terminal as its own. @returns its exit code */
export async function passThrough(
  args: readonly string[],
  stack: string,
  home: PreparedHome,
  { checkout }: StartPlace,
): Promise<number> {
  const { workDirectory } = home;
  await syncSettings({ checkout, workDirectory, stack, command: await automationCommand(home.cli) });
  const env = { ...process.env, ...home.env, PULUMI_STACK: stack };
  return new Promise((resolve, reject) => {
    const child = spawn(home.cli.command, args, { cwd: workDirectory, env, stdio: "inherit" });
    // Ctrl-C is meant for the command, which shares the terminal.
    const ignore = (): void => undefined;
    process.on("SIGINT", ignore);
    child.on("error", reject);
    child.on("close", (code) => {
      process.off("SIGINT", ignore);
      resolve(code ?? 1);
    });
  });
}
