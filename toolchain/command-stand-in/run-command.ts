import { spawn } from "node:child_process";

export interface CommandRun {
  readonly command: string;
  /** A program and its first arguments; the command is the last one. */
  readonly interpreter: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdin?: string;
  /** Called with every full line as it comes. */
  readonly onLine: (stream: "stdout" | "stderr", line: string) => void;
}

export interface CommandOutput {
  /** Exit code, or what kept the command from starting, or the signal that ended it; undefined: it ended with 0. */
  readonly failure?: string;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams in the order they came, for the error text. */
  readonly both: string;
}

/** Hands on whole lines of a stream that comes in pieces. */
function lineSplitter(onLine: (line: string) => void): { write: (text: string) => void; end: () => void } {
  let rest = "";
  return {
    write: (text) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach(onLine);
    },
    end: () => {
      if (rest !== "") onLine(rest);
    },
  };
}

/** Runs a shell command to its end and keeps what it prints. */
export function runCommand(run: CommandRun): Promise<CommandOutput> {
  const [file, ...args] = run.interpreter;
  return new Promise((resolve) => {
    const child = spawn(file, [...args, run.command], { cwd: run.cwd, env: run.env, stdio: ["pipe", "pipe", "pipe"] });
    const text = { stdout: "", stderr: "", both: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      const lines = lineSplitter((line) => run.onLine(stream, line));
      child[stream].setEncoding("utf8");
      child[stream].on("data", (piece: string) => {
        text[stream] += piece;
        text.both += piece;
        lines.write(piece);
      });
      child[stream].on("end", lines.end);
    }
    // A command that does not read its standard input closes it early; that is its right.
    child.stdin.on("error", () => undefined);
    child.stdin.end(run.stdin ?? "");
    child.on("error", (error) => resolve({ ...text, failure: error.message }));
    child.on("close", (code, signal) => {
      const failure = signal === null ? `exit status ${code ?? -1}` : `signal: ${signal}`;
      resolve(code === 0 ? text : { ...text, failure });
    });
  });
}
