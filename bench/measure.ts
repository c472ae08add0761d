import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What the kernel accounted for one finished process. */
export interface Measured {
  readonly ms: number;
  readonly cpuMs: number;
  readonly peakMiB: number;
  readonly exitCode: number;
}

/** One process, measured from outside. @throws Error when it exits with anything but 0 */
export async function measure(command: readonly string[], env: NodeJS.ProcessEnv): Promise<Measured> {
  const { stdout, stderr } = await run("python3", [join(__dirname, "measure.py"), ...command], {
    env: { ...process.env, ...env },
    maxBuffer: 1 << 26,
  });
  const measured = JSON.parse(stdout) as Measured;
  if (measured.exitCode !== 0) throw new Error(`${command.join(" ")} exited with ${measured.exitCode}:\n${stderr}`);
  return measured;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
