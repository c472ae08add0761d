import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ensureBuilt } from "./build.js";

const MAIN = join(__dirname, "..", "..", "dist", "cli", "main.js");

export interface CliOptions {
  /** Default: a folder with nothing in it. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly onStart?: (pid: number) => void;
  /** Called with the process's id and everything printed so far, whenever something is printed. */
  readonly onOutput?: (pid: number, printed: string) => void;
}

export interface CliRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout, parsed: with --json it is one document and nothing else. */
  readonly json: () => unknown;
}

/** The real command line as a process, with nothing of this machine's environment. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  await ensureBuilt();
  return run(process.execPath, [MAIN, ...args], options);
}

/**
 * The same on a terminal: stdin, stdout and stderr are one. Each answer is typed when its question appears.
 * `script` (util-linux, BSD) makes the terminal.
 */
export async function runOnTerminal(
  args: readonly string[],
  {
    answers = [],
    ...options
  }: CliOptions & { readonly answers?: readonly (readonly [question: RegExp, answer: string])[] } = {},
): Promise<CliRun> {
  await ensureBuilt();
  const command = [process.execPath, MAIN, ...args];
  const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const script =
    process.platform === "darwin" ? ["-q", "/dev/null", ...command] : ["-qefc", `exec ${quoted}`, "/dev/null"];
  return run("script", script, { ...options, answers: [...answers] });
}

interface RunOptions extends CliOptions {
  readonly answers?: (readonly [RegExp, string])[];
}

function run(
  command: string,
  args: readonly string[],
  { cwd, env, input, onStart, onOutput, answers }: RunOptions,
): Promise<CliRun> {
  const child = spawn(command, [...args], {
    cwd: cwd ?? EMPTY,
    // A command that waits for an answer nobody gives must not keep the test run.
    timeout: 150_000,
    env: { PATH: process.env["PATH"] ?? "", HOME: EMPTY, HOLDFAST_HOME: join(EMPTY, "data"), TERM: "xterm", ...env },
  });
  onStart?.(child.pid ?? 0);
  let [stdout, stderr] = ["", ""];
  const heard = (): void => {
    const printed = stdout + stderr;
    onOutput?.(child.pid ?? 0, printed);
    const [question, answer] = answers?.[0] ?? [];
    if (question?.test(printed) !== true) return;
    answers?.shift();
    child.stdin.write(`${answer ?? ""}\r`);
  };
  child.stdout.on("data", (data: Buffer) => {
    stdout += data.toString();
    heard();
  });
  child.stderr.on("data", (data: Buffer) => {
    stderr += data.toString();
    heard();
  });
  // A terminal that is closed ends what runs on it; a pipe that is left open keeps `script` waiting for it.
  if (answers === undefined) child.stdin.end(input ?? "");
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => {
      resolve({ exitCode, stdout, stderr, json: () => JSON.parse(stdout) as unknown });
    });
  });
}

const EMPTY = mkdtempSync(join(tmpdir(), "holdfast-cli-"));
process.on("exit", () => rmSync(EMPTY, { recursive: true, force: true }));

export interface TestProject {
  readonly root: string;
  /** Writes files, by path below the root; null removes one. */
  write(files: Readonly<Record<string, string | null>>): void;
  remove(): void;
}

/** A project folder: files by path. */
export function createProject(files: Readonly<Record<string, string>> = {}): TestProject {
  const root = mkdtempSync(join(tmpdir(), "holdfast project "));
  const project: TestProject = {
    root,
    write: (changes) => {
      for (const [path, text] of Object.entries(changes)) {
        const file = join(root, path);
        mkdirSync(dirname(file), { recursive: true });
        if (text === null) rmSync(file);
        else writeFileSync(file, text);
      }
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
  project.write(files);
  return project;
}

/** `migrations/0001_first.sql` and so on, from texts. */
export function migrations(...texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text, index) => [`migrations/${String(index + 1).padStart(4, "0")}_step_${index + 1}.sql`, text]),
  );
}
