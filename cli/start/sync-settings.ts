import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { LocalWorkspace, type PulumiCommand, type StackSettings } from "@pulumi/pulumi/automation/index.js";

export interface SyncRequest {
  readonly checkout: string;
  readonly workDirectory: string;
  readonly stack: string;
  readonly command: PulumiCommand;
}

type Config = Readonly<Record<string, unknown>>;

/**
 * Copies the checkout's Pulumi.yaml and the stack's file into the work directory, where a run may write into them. What stands
 * only in the copy stays there: Pulumi's own key material, and settings made by `npm start -- config set`.
 */
export async function syncSettings({ checkout, workDirectory, stack, command }: SyncRequest): Promise<void> {
  copyFileSync(join(checkout, "Pulumi.yaml"), join(workDirectory, "Pulumi.yaml"));
  const copy = await LocalWorkspace.create({ workDir: workDirectory, pulumiCommand: command });
  const original = await LocalWorkspace.create({ workDir: checkout, pulumiCommand: command });
  const own = await readSettings(copy, stack);
  const theirs = await readSettings(original, stack);
  const memory = join(workDirectory, `.copied-${stack}.json`);
  const copied = existsSync(memory) ? (JSON.parse(readFileSync(memory, "utf8")) as Config) : {};
  const added = addedSince(copied, configOf(own));
  const settings = { ...theirs, ...keysOf(own), config: { ...configOf(theirs), ...added } } as StackSettings;
  await copy.saveStackSettings(stack, settings);
  writeFileSync(memory, JSON.stringify(configOf(theirs)));
}

/** What a user set in the copy: keys that are not as they were copied. */
function addedSince(copied: Config, own: Config): Config {
  return Object.fromEntries(Object.entries(own).filter(([key, value]) => !isDeepStrictEqual(value, copied[key])));
}

function configOf(settings: StackSettings | undefined): Config {
  return settings?.config ?? {};
}

/** By these the stack's secrets are encrypted. */
function keysOf(settings: StackSettings | undefined): Partial<StackSettings> {
  const { secretsProvider, encryptedKey, encryptionSalt } = settings ?? {};
  return Object.fromEntries(
    Object.entries({ secretsProvider, encryptedKey, encryptionSalt }).filter(([, value]) => value !== undefined),
  );
}

async function readSettings(workspace: LocalWorkspace, stack: string): Promise<StackSettings | undefined> {
  if (!existsSync(join(workspace.workDir, `Pulumi.${stack}.yaml`))) return undefined;
  return workspace.stackSettings(stack);
}
