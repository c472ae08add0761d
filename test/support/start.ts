/** `npm start` as a user runs it: in a checkout of its own, as a process of its own. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FOREIGN_VARIABLES } from "../../toolchain/pulumi-home.js";

const CHECKOUT = join(__dirname, "..", "..");

export interface TestCheckout {
  readonly path: string;
  /** Content of every file but dist/, by path. */
  contents(): Readonly<Record<string, string>>;
  remove(): void;
}

/** A copy of this checkout, without what was built; node_modules are shared. */
export function copyCheckout(): TestCheckout {
  const path = mkdtempSync(join(tmpdir(), "holdfast checkout "));
  for (const file of filesOf(CHECKOUT)) cpSync(join(CHECKOUT, file), join(path, file), { recursive: true });
  symlinkSync(join(CHECKOUT, "node_modules"), join(path, "node_modules"));
  execFileSync("git", ["init", "--quiet"], { cwd: path });
  return {
    path,
    contents: () => Object.fromEntries(filesOf(path).map((file) => [file, readFileSync(join(path, file), "utf8")])),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** What git does not ignore and what is still there. */
function filesOf(path: string): string[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const listed = execFileSync("git", args, { cwd: path, encoding: "utf8" }).split("\0");
  const deleted = new Set(
    execFileSync("git", ["ls-files", "--deleted", "-z"], { cwd: path, encoding: "utf8" }).split("\0"),
  );
  return [...new Set(listed)].filter((file) => file !== "" && file !== "node_modules" && !deleted.has(file));
}

export interface StartRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningStart {
  readonly process: ChildProcess;
  /** What it said so far. */
  said(): string;
  readonly ended: Promise<StartRun>;
}

/** `npm start -- ...args` without a terminal. */
export function startNpmStart(checkout: string, dataRoot: string, args: readonly string[] = []): RunningStart {
  const command = [process.execPath, "--import", "tsx", "cli/start.ts", ...args];
  return watch(
    spawn(command[0]!, command.slice(1), { ...options(checkout, dataRoot), stdio: ["ignore", "pipe", "pipe"] }),
  );
}

/**
 * `npm start` on a terminal of its own, which util-linux's `script` makes; everything it says, on both streams, is stdout. What a
 * person types is written to the process's stdin.
 */
export function startNpmStartOnTerminal(checkout: string, dataRoot: string): RunningStart {
  const command = `'${process.execPath}' --import tsx cli/start.ts`;
  return watch(spawn("script", ["-qec", command, "/dev/null"], { ...options(checkout, dataRoot), stdio: "pipe" }));
}

function options(checkout: string, dataRoot: string): { cwd: string; env: NodeJS.ProcessEnv } {
  const env: NodeJS.ProcessEnv = { ...process.env, HOLDFAST_HOME: dataRoot, TERM: "dumb" };
  for (const name of FOREIGN_VARIABLES) Reflect.deleteProperty(env, name);
  return { cwd: checkout, env };
}

function watch(child: ChildProcess): RunningStart {
  const text = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.setEncoding("utf8").on("data", (piece: string) => (text[stream] += piece));
  }
  const ended = new Promise<StartRun>((resolve) => child.on("close", (code) => resolve({ code, ...text })));
  return { process: child, said: () => text.stderr + text.stdout, ended };
}

export function npmStart(checkout: string, dataRoot: string, ...args: readonly string[]): Promise<StartRun> {
  return startNpmStart(checkout, dataRoot, args).ended;
}
