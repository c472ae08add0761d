import { rmSync } from "node:fs";
import { join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";

/**
 * Lets Pulumi's own installer (https://get.pulumi.com/install.sh, run by the Automation API) put the CLI of the SDK's own
 * version below `root`. Gives the reason in one line where that was refused; then `root` holds nothing of it.
 */
export async function downloadPulumiCli(root: string): Promise<string | undefined> {
  try {
    await PulumiCommand.install({ root });
    return undefined;
  } catch (error) {
    rmSync(join(root, "bin"), { recursive: true, force: true });
    return (error instanceof Error ? error.message : String(error)).trim().split("\n")[0] ?? "no reason given";
  }
}
