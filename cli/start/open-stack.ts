import { LocalWorkspace, Stack, type PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { automationCommand } from "../../toolchain/automation-command.js";
import { clearInterrupted } from "./clear-interrupted.js";
import type { PreparedHome } from "./prepare-home.js";
import type { StartPlace } from "./start-place.js";
import { syncSettings } from "./sync-settings.js";

/** The stack with the checkout's program, ready to run: made where it is new, freed of what a killed run left behind. */
export async function openStack(name: string, home: PreparedHome, { checkout, terminal }: StartPlace): Promise<Stack> {
  const command = await automationCommand(home.cli);
  const { workDirectory } = home;
  await syncSettings({ checkout, workDirectory, stack: name, command });
  const workspace = await LocalWorkspace.create({
    workDir: workDirectory,
    pulumiHome: home.directory,
    pulumiCommand: command,
    envVars: { ...home.env },
    program: await loadProgram(),
  });
  const stack = await Stack.createOrSelect(name, workspace);
  await clearInterrupted(stack, home, terminal);
  return stack;
}

/** What `pulumi up` would run; loaded late, so that the toolchain's progress is seen first. */
async function loadProgram(): Promise<PulumiFn> {
  const { default: program } = await import("../../index.js");
  return program;
}
