import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "../../toolchain/run-tool.js";

/** The version of the installed @pulumi/aws: the engine asks for the plugin of the same. */
export const AWS_VERSION = (
  JSON.parse(readFileSync(require.resolve("@pulumi/aws/package.json"), "utf8")) as { version: string }
).version;

export interface CloudPluginRequest {
  /** The Pulumi CLI's executable. */
  readonly cli: string;
  /** A test's own PULUMI_HOME. */
  readonly pulumiHome: string;
}

const installed = new Map<string, Promise<void>>();

/** Puts the simulated AWS provider into the home, once for every home. */
export function installCloudPlugin(request: CloudPluginRequest): Promise<void> {
  const present = installed.get(request.pulumiHome) ?? install(request);
  installed.set(request.pulumiHome, present);
  return present;
}

async function install({ cli, pulumiHome }: CloudPluginRequest): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-cloud-plugin-"));
  try {
    await bundle(join(folder, "main.js"));
    const start = `#!/bin/sh\nexec '${process.execPath.replaceAll("'", `'\\''`)}' "\${0%/*}/main.js" "$@"\n`;
    writeFileSync(join(folder, "pulumi-resource-aws"), start, { mode: 0o755 });
    const result = await runTool({
      command: cli,
      args: ["plugin", "install", "resource", "aws", AWS_VERSION, "--non-interactive", "--file", folder],
      env: { ...process.env, PULUMI_HOME: pulumiHome, PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    if (result.code !== 0) throw new Error(`The simulated AWS provider cannot be installed: ${result.stderr}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function bundle(outfile: string): Promise<void> {
  const { build } = await import("esbuild");
  await build({
    entryPoints: [join(__dirname, "..", "cloud", "main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    define: { SIMULATED_VERSION: JSON.stringify(AWS_VERSION) },
    external: ["typescript", "ts-node"],
    logLevel: "silent",
  });
}
