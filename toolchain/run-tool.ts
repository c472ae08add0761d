import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface ToolRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** The whole environment of the child; default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** Called with every line of stdout and stderr as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface ToolResult {
  /** Exit code; null where a signal ended it or it could not be started. */
  readonly code: number | null;
  readonly stdout: string;
  /** Standard error; the system's message where the tool could not be started (`ENOENT`: it is not installed). */
  readonly stderr: string;
}

/** Runs a tool to its end without a terminal of its own. Never throws: a tool that cannot be started has code null. */
export function runTool(run: ToolRun): Promise<ToolResult> {
  return new Promise((resolve) => {
    const child = spawn(run.command, run.args, {
      cwd: run.cwd,
      env: run.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const lines: Record<"stdout" | "stderr", string[]> = { stdout: [], stderr: [] };
    for (const name of ["stdout", "stderr"] as const) {
      createInterface({ input: child[name] }).on("line", (line) => {
        lines[name].push(line);
        run.onLine?.(line);
      });
    }
    child.on("error", (error) => resolve({ code: null, stdout: "", stderr: error.message }));
    child.on("close", (code) => resolve({ code, stdout: lines.stdout.join("\n"), stderr: lines.stderr.join("\n") }));
  });
}
