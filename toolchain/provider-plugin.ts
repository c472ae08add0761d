import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleStandIn } from "./bundle-stand-in.js";
import { runTool } from "./run-tool.js";
import { ToolchainError } from "./toolchain-error.js";

/**
 * The providers that have a stand-in, with the versions this package is locked to. The 4.5.0 of @pulumi/command on the npm
 * registry is no release of the provider.
 */
const VERSIONS = { command: "1.2.1", postgresql: "3.18.1" } as const;

export type ProviderName = keyof typeof VERSIONS;

export const PROVIDER_NAMES = Object.keys(VERSIONS) as readonly ProviderName[];

/** Lies in the plugin's folder where it is the stand-in; holds the digest of the source it was made from, and its program's size. */
const MARKER = "holdfast-stand-in.json";
const PROGRAM = "main.js";

export interface ProviderPlugin {
  readonly name: ProviderName;
  readonly origin: "official" | "stand-in";
  /** The folder the engine starts it from. */
  readonly directory: string;
  /** True where this run put it in place. */
  readonly isNew: boolean;
}

export interface ProviderPluginRequest {
  readonly name: ProviderName;
  /** The Pulumi CLI's executable. */
  readonly cli: string;
  /** A private PULUMI_HOME; a user's own never gets a stand-in. */
  readonly pulumiHome: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly progress?: (message: string) => void;
  /** What to put in place: Pulumi's download and else the stand-in (`any`, default), the stand-in at once, or the plugin in this folder. */
  readonly source?: "any" | "stand-in" | (string & {});
}

/**
 * Makes sure that the engine finds a provider in the private home: the official one, else the stand-in.
 * A stand-in from another version of its source is replaced, by the official one where that can be had by now; either goes on
 * with the other's states. @throws ToolchainError
 */
export async function ensureProviderPlugin(request: ProviderPluginRequest): Promise<ProviderPlugin> {
  const { name } = request;
  const version = VERSIONS[name];
  const directory = join(request.pulumiHome, "plugins", `resource-${name}-v${version}`);
  const present = inspect(name, directory);
  if (present?.origin === "official" || present?.source === standInDigest()) {
    return { name, origin: present.origin, directory, isNew: false };
  }
  const source = request.source ?? "any";
  if (source !== "any" && source !== "stand-in") {
    await installFolder(request, source);
    return { name, origin: "official", directory, isNew: true };
  }
  if (source === "any") {
    request.progress?.(`downloading the ${name} provider ${version}`);
    if ((await runPluginInstall(request, ["--reinstall"])).code === 0)
      return { name, origin: "official", directory, isNew: true };
    request.progress?.(
      `the download was refused; a stand-in for the ${name} provider from this checkout takes its place`,
    );
  }
  await installStandIn(request);
  return { name, origin: "stand-in", directory, isNew: true };
}

type Present = { readonly origin: "official" } | { readonly origin: "stand-in"; readonly source: string };

/** undefined: not there, or only half of it (the engine leaves a `.partial` file beside an unfinished one). */
function inspect(name: ProviderName, directory: string): Present | undefined {
  if (existsSync(`${directory}.partial`) || !existsSync(join(directory, executableOf(name)))) return undefined;
  const marker = join(directory, MARKER);
  if (!existsSync(marker)) return { origin: "official" };
  const { source, size } = JSON.parse(readFileSync(marker, "utf8")) as { source: string; size: number };
  const isWhole = statSync(join(directory, PROGRAM), { throwIfNoEntry: false })?.size === size;
  return { origin: "stand-in", source: isWhole ? source : "cut short" };
}

function executableOf(name: ProviderName): string {
  return `pulumi-resource-${name}`;
}

function runPluginInstall(request: ProviderPluginRequest, options: readonly string[]): ReturnType<typeof runTool> {
  const { name, cli, env = process.env, pulumiHome } = request;
  return runTool({
    command: cli,
    args: ["plugin", "install", "resource", name, VERSIONS[name], "--non-interactive", ...options],
    env: { ...env, PULUMI_HOME: pulumiHome, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
}

/** What a user gives Pulumi's command line to have the official one. */
export function installCommand(name: ProviderName): string {
  return `plugin install resource ${name} ${VERSIONS[name]} --reinstall`;
}

async function installStandIn(request: ProviderPluginRequest): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-stand-in-"));
  try {
    const program = join(folder, PROGRAM);
    await bundleStandIn(request.name, program);
    const start = `#!/bin/sh\nexec '${process.execPath.replaceAll("'", `'\\''`)}' "\${0%/*}/${PROGRAM}" "$@"\n`;
    writeFileSync(join(folder, executableOf(request.name)), start, { mode: 0o755 });
    writeFileSync(join(folder, MARKER), JSON.stringify({ source: standInDigest(), size: statSync(program).size }));
    await installFolder(request, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function installFolder(request: ProviderPluginRequest, folder: string): Promise<void> {
  const result = await runPluginInstall(request, ["--reinstall", "--file", folder]);
  if (result.code === 0) return;
  throw new ToolchainError(
    `The ${request.name} provider cannot be installed: ${result.stderr.trim().split("\n").at(-1) ?? ""}`,
    `Check that ${request.pulumiHome} can be written to, then run the command again.`,
  );
}

/** SHA-256 of the toolchain's sources, which the stand-ins are a part of, and of the Node that runs them. */
function standInDigest(): string {
  const hash = createHash("sha256").update(process.execPath);
  const names = readdirSync(__dirname, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  for (const name of names.sort()) hash.update(name).update(readFileSync(join(__dirname, name)));
  return hash.digest("hex");
}
