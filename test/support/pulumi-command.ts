import { execFile } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { StackHarness } from "./pulumi.js";

export interface CommandRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Pulumi's command line in a harness's work directory, as a user types it, for programs that are files there. */
export interface PulumiCommand {
  /** A run that fails is reported, not thrown. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<CommandRun>;
}

/** Needs a folder outside the work directory, for the language host. */
export async function pulumiCommand(harness: StackHarness): Promise<PulumiCommand> {
  const hosts = join(harness.home.workDirectory, "..", "hosts");
  await installLanguageHost(hosts);
  return {
    async run(args, extra = {}) {
      const env = { ...process.env, ...harness.env, ...extra, PATH: `${hosts}:${process.env["PATH"] ?? ""}` };
      const options = { cwd: harness.home.workDirectory, env, maxBuffer: 64 * 1024 * 1024 };
      try {
        const done = await promisify(execFile)(harness.cli, [...args, "--non-interactive"], options);
        return { ...done, exitCode: 0 };
      } catch (error) {
        const { stdout, stderr, code } = error as { stdout: string; stderr: string; code: number };
        return { stdout, stderr, exitCode: code };
      }
    },
  };
}

/** Found by its name on PATH, as Pulumi's own host is. */
export async function installLanguageHost(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, "pulumi-language-nodejs");
  const loader = resolve("node_modules/tsx/dist/cjs/index.cjs");
  const host = resolve("test/support/language-host.ts");
  await writeFile(path, `#!/bin/sh\nexec "${process.execPath}" --require "${loader}" "${host}" "$@"\n`);
  await chmod(path, 0o755);
}
