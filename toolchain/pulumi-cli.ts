import { mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { buildPulumiCli } from "./build-pulumi-cli.js";
import { cacheDirectory } from "./cache-directory.js";
import { cachedTool } from "./cached-tool.js";
import { findOnPath } from "./find-on-path.js";
import { isFittingVersion, PULUMI_VERSION } from "./pulumi-version.js";
import { runTool } from "./run-tool.js";
import { ToolchainError } from "./toolchain-error.js";

export interface PulumiCli {
  /** Absolute path of the executable. */
  readonly command: string;
  /** Without the leading v. */
  readonly version: string;
  readonly origin: "path" | "downloaded" | "built";
  /** True where this run had to download or build it. */
  readonly isNew: boolean;
}

export interface PulumiCliRequest {
  /** Holds `toolchain/pulumi-cli/go.mod`. */
  readonly projectRoot: string;
  /** Default: this process's. PATH, HOME and XDG_CACHE_HOME are read. */
  readonly env?: NodeJS.ProcessEnv;
  readonly progress?: (message: string) => void;
  /** How it is downloaded below a directory: gives the reason where that was refused. Default: by Pulumi's installer. */
  readonly download?: (root: string) => Promise<string | undefined>;
}

/**
 * Finds a Pulumi CLI that fits: one on PATH, else the cached one, else it is downloaded by Pulumi's own installer, else
 * built from Go modules (two to four minutes, once). @throws ToolchainError when none of these works
 */
export async function ensurePulumiCli(request: PulumiCliRequest): Promise<PulumiCli> {
  const env = request.env ?? process.env;
  const progress = request.progress ?? (() => undefined);
  const onPath = await findFitting(findOnPath("pulumi", env["PATH"]), env);
  if (onPath !== undefined) return { ...onPath, origin: "path", isNew: false };

  const directory = join(cacheDirectory(env), "pulumi", `${PULUMI_VERSION}-${process.platform}-${process.arch}`);
  const entry = await cachedTool({
    directory,
    file: "bin/pulumi",
    works: async (root) => (await findFitting(join(root, "bin", "pulumi"), env)) !== undefined,
    make: (root) => makeCli(root, { download, ...request, env, progress }),
    progress,
  });
  return {
    command: join(directory, "bin", "pulumi"),
    version: PULUMI_VERSION,
    origin: entry.origin === "built" ? "built" : "downloaded",
    isNew: !entry.wasCached,
  };
}

async function findFitting(
  command: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<{ command: string; version: string } | undefined> {
  if (command === undefined) return undefined;
  const answer = await runTool({ command, args: ["version"], env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" } });
  if (answer.code !== 0 || !isFittingVersion(answer.stdout)) return undefined;
  return { command, version: answer.stdout.trim().replace(/^v/, "") };
}

/** Loaded late: the Automation API takes longer to load than a cached CLI to find. */
async function download(root: string): Promise<string | undefined> {
  const { downloadPulumiCli } = await import("./download-pulumi-cli.js");
  return downloadPulumiCli(root);
}

/** The download first: it is faster and brings the language hosts. Its failure is only told when the build fails too. */
async function makeCli(root: string, request: Required<PulumiCliRequest>): Promise<string> {
  request.progress(`downloading the Pulumi CLI ${PULUMI_VERSION}`);
  const refusal = await request.download(root);
  if (refusal === undefined) return "downloaded";
  request.progress(
    `the download was refused (${refusal}); building it from Go modules, which takes a few minutes once`,
  );
  const output = join(root, "bin", "pulumi");
  mkdirSync(join(root, "bin"), { recursive: true });
  try {
    await buildPulumiCli({
      moduleDirectory: join(request.projectRoot, "toolchain", "pulumi-cli"),
      output,
      env: request.env,
      progress: request.progress,
    });
    if ((await findFitting(output, request.env)) === undefined) throw wrongBuild();
  } catch (error) {
    if (!(error instanceof ToolchainError)) throw error;
    throw new ToolchainError(
      `No Pulumi CLI can be had: the download failed (${refusal}), and so did the build. ${error.message}`,
      error.next,
      { cause: error },
    );
  }
  return "built";
}

function wrongBuild(): ToolchainError {
  const message = `What was built does not answer as version ${PULUMI_VERSION} of Pulumi.`;
  return new ToolchainError(message, "Check toolchain/pulumi-cli/go.mod, then run the command again.");
}

/** PATH with the CLI's own directory first, so that the language hosts beside it are found. */
export function pathWith(cli: PulumiCli, path: string | undefined): string {
  const directory = join(cli.command, "..");
  return path === undefined || path === "" ? directory : `${directory}${delimiter}${path}`;
}
