import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  LocalWorkspace,
  type PulumiCommand,
  type StackSettings,
  type Workspace,
} from "@pulumi/pulumi/automation/index.js";
import type { Approval } from "../../engine/index.js";
import { mergeSettings, withApprovals, type StackConfig } from "./private-settings.js";

export interface SyncRequest {
  readonly checkout: string;
  readonly workDirectory: string;
  readonly stack: string;
  readonly command: PulumiCommand;
}

/**
 * Copies the checkout's Pulumi.yaml and the stack's file into the work directory, where a run may write into them. What stands
 * only in the copy stays there: Pulumi's own key material, settings made by `npm start -- config set`, typed approvals.
 */
export async function syncSettings({ checkout, workDirectory, stack, command }: SyncRequest): Promise<void> {
  copyFileSync(join(checkout, "Pulumi.yaml"), join(workDirectory, "Pulumi.yaml"));
  const copy = await LocalWorkspace.create({ workDir: workDirectory, pulumiCommand: command });
  const original = await LocalWorkspace.create({ workDir: checkout, pulumiCommand: command });
  const own = await readSettings(copy, stack);
  const theirs = await readSettings(original, stack);
  const memory = join(workDirectory, `.copied-${stack}.json`);
  const copied = existsSync(memory) ? (JSON.parse(readFileSync(memory, "utf8")) as StackConfig) : {};
  const config = mergeSettings(configOf(theirs), copied, configOf(own), new Date());
  await copy.saveStackSettings(stack, { ...theirs, ...keysOf(own), config });
  writeFileSync(memory, JSON.stringify(configOf(theirs)));
}

/** Keeps typed approvals in the work directory's copy of the stack's file. */
export async function keepApprovals(workspace: Workspace, stack: string, given: readonly Approval[]): Promise<void> {
  const settings = await readSettings(workspace, stack);
  await workspace.saveStackSettings(stack, { ...settings, config: withApprovals(configOf(settings), given) });
}

function configOf(settings: StackSettings | undefined): StackConfig {
  return settings?.config ?? {};
}

/** By these the stack's secrets are encrypted. */
function keysOf(settings: StackSettings | undefined): Partial<StackSettings> {
  const { secretsProvider, encryptedKey, encryptionSalt } = settings ?? {};
  return Object.fromEntries(
    Object.entries({ secretsProvider, encryptedKey, encryptionSalt }).filter(([, value]) => value !== undefined),
  );
}

async function readSettings(workspace: Workspace, stack: string): Promise<StackSettings | undefined> {
  if (!existsSync(join(workspace.workDir, `Pulumi.${stack}.yaml`))) return undefined;
  return workspace.stackSettings(stack);
}
