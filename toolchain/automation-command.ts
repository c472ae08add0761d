import { dirname } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import type { PulumiCli } from "./pulumi-cli.js";

/** The CLI as the Automation API wants it: found on PATH by itself, or below the root of an installation. */
export function automationCommand(cli: Pick<PulumiCli, "command" | "origin">): Promise<PulumiCommand> {
  return PulumiCommand.get(cli.origin === "path" ? {} : { root: dirname(dirname(cli.command)) });
}
