import { spawn, type ChildProcess } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { findOnPath } from "../find-on-path.js";
import { goSignal, goStartFailure } from "./go-text.js";

export interface CommandRun {
  readonly command: string;
  /** A program and its first arguments; the command is the last one. */
  readonly interpreter: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: string;
  /** The streams whose lines are shown while it runs. */
  readonly shown: readonly ("stdout" | "stderr")[];
  readonly onLine: (line: string) => void;
}

export interface CommandOutput {
  /** Why it failed, in Go's words; undefined: it ended with 0. */
  readonly failure: string | undefined;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** Both streams in the order they came, for the error text. */
  readonly both: Buffer;
}

const running = new Set<ChildProcess>();

/** Whether a command is under way. */
export function isRunning(): boolean {
  return running.size > 0;
}

/** Kills what runs, as the engine asks when its own run is cancelled. */
export function killRunning(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** Runs a command to its end and keeps what it prints. */
export function runCommand(run: CommandRun): Promise<CommandOutput> {
  const failure = startFailure(run);
  const nothing = Buffer.alloc(0);
  if (failure !== undefined) return Promise.resolve({ failure, stdout: nothing, stderr: nothing, both: nothing });
  return new Promise((resolve) => {
    const [file, ...args] = run.interpreter;
    const child = spawn(file, [...args, run.command], {
      cwd: run.cwd,
      env: run.env,
      stdio: [run.stdin === "" ? "ignore" : "pipe", "pipe", "pipe"],
    });
    running.add(child);
    const output = collect(child, run);
    // A command that does not read its standard input may close it early.
    child.stdin?.on("error", () => undefined).end(run.stdin);
    child.on("error", (error) => resolve({ ...output(), failure: goStartFailure(`fork/exec ${file}`, error) }));
    child.on("close", (code, signal) => {
      running.delete(child);
      const ended = signal === null ? `exit status ${code ?? -1}` : goSignal(signal);
      resolve({ ...output(), failure: code === 0 ? undefined : ended });
    });
  });
}

function startFailure({ cwd, interpreter: [file] }: CommandRun): string | undefined {
  try {
    accessSync(cwd, constants.X_OK);
  } catch (error) {
    return goStartFailure(`chdir ${cwd}`, error as NodeJS.ErrnoException);
  }
  const isFound = file.includes("/") || findOnPath(file, process.env["PATH"]) !== undefined;
  return isFound ? undefined : `exec: "${file}": executable file not found in $PATH`;
}

type Output = Omit<CommandOutput, "failure">;

function collect(child: ChildProcess, { shown, onLine }: CommandRun): () => Output {
  const pieces = { stdout: [] as Buffer[], stderr: [] as Buffer[], both: [] as Buffer[] };
  let rest = "";
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.on("data", (piece: Buffer) => {
      pieces[stream].push(piece);
      pieces.both.push(piece);
      if (!shown.includes(stream)) return;
      const lines = (rest + piece.toString("utf8")).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach(onLine);
    });
  }
  child.on("close", () => {
    if (rest !== "") onLine(rest);
  });
  return () => ({
    stdout: Buffer.concat(pieces.stdout),
    stderr: Buffer.concat(pieces.stderr),
    both: Buffer.concat(pieces.both),
  });
}
