import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cachedTool } from "../../toolchain/cached-tool.js";
import { cacheDirectory } from "../../toolchain/cache-directory.js";
import { findOnPath } from "../../toolchain/find-on-path.js";
import { runTool, type ToolResult } from "../../toolchain/run-tool.js";

export interface PythonToolRequest {
  /** For messages, and part of the cache entry's name. */
  readonly name: string;
  /** Path of a requirements file that pins everything, as `pip freeze` prints it. */
  readonly requirements: string;
  /** Below it the virtual environment is kept. @default the toolchain's cache directory */
  readonly cache?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly progress?: (message: string) => void;
}

export interface PythonTool {
  /** The virtual environment's interpreter. Start a tool as a module (`-m moto.server`): a script's first line names the place it was made in. */
  readonly python: string;
  /** Runs it to its end. Never throws. */
  run(args: readonly string[]): Promise<ToolResult>;
}

/**
 * A tool from PyPI in a virtual environment of its own, made where it is missing and kept under the digest of its requirements.
 * Two processes that want it at once make it once. Making one takes up to a minute: give the `before` hook the time.
 * @throws Error that says what to install, where Python or its venv is missing; or what pip said
 */
export async function pythonTool(request: PythonToolRequest): Promise<PythonTool> {
  const { name, requirements, env = process.env, progress = say } = request;
  const base = await findPython(name, env);
  const text = readFileSync(requirements, "utf8");
  const digest = createHash("sha256").update(`${base.version}\n${text}`).digest("hex").slice(0, 12);
  const { directory } = await cachedTool({
    directory: join(request.cache ?? cacheDirectory(), "python", `${name}-${digest}`),
    file: "pyvenv.cfg",
    progress,
    make: async (place) => {
      progress(`installing ${name} for Python ${base.version}, once`);
      await must(name, base.command, ["-m", "venv", place], env);
      const pip = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"];
      await must(name, interpreter(place), [...pip, "--requirement", requirements], env);
      return "pip";
    },
    works: async (place) => (await runTool({ command: interpreter(place), args: ["-c", ""], env })).code === 0,
  });
  const python = interpreter(directory);
  return { python, run: (args) => runTool({ command: python, args, env }) };
}

function interpreter(directory: string): string {
  return join(directory, "bin", "python");
}

interface BasePython {
  readonly command: string;
  /** `3.11.7`: wheels are made for one minor version. */
  readonly version: string;
}

async function findPython(name: string, env: NodeJS.ProcessEnv): Promise<BasePython> {
  const command = findOnPath("python3", env["PATH"]);
  if (command === undefined) throw missing(name, "there is no python3 on PATH");
  const { code, stdout, stderr } = await runTool({ command, args: ["-c", VERSION], env });
  if (code !== 0) throw missing(name, `${command} does not run: ${stderr.trim()}`);
  return { command, version: stdout.trim() };
}

const VERSION = "import platform; print(platform.python_version())";

async function must(name: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const { code, stdout, stderr } = await runTool({ command, args, env });
  if (code === 0) return;
  const said = `${stdout}\n${stderr}`.trim();
  if (args.includes("venv")) throw missing(name, `${command} -m venv failed: ${said}`);
  throw new Error(`${name} could not be installed by pip:\n${said}`);
}

function missing(name: string, why: string): Error {
  return new Error(
    `${name}, which this test needs, is a Python program, and ${why}.\n` +
      "Install Python 3.11 or later with its venv module (Debian: apt-get install python3-venv), then run again.",
  );
}

function say(message: string): void {
  process.stderr.write(`${message}\n`);
}
