import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { createStackHarness } from "../../test/support/pulumi.js";
import { measure, type Measured } from "../measure.js";
import type { DeployedResource } from "./deployed-resource.js";
import { findLanguageHost } from "./language-host.js";

/** What one run of the command line took: as a whole, and the program's process alone. */
export interface MeasuredRun {
  readonly command: Measured;
  readonly program: Omit<Measured, "exitCode">;
}

/** A program with a home, a stack "prod" and a simulated cloud of its own, deployed. */
export interface DeployedProgram {
  readonly resources: readonly DeployedResource[];
  /** One run of the command line that changes nothing. @throws Error where it would */
  run(operation: Operation): Promise<MeasuredRun>;
  remove(): void;
}

export type Operation = "preview" | "up";

const ARGUMENTS: Readonly<Record<Operation, readonly string[]>> = {
  preview: ["preview", "--expect-no-changes"],
  up: ["up", "--yes", "--skip-preview", "--expect-no-changes"],
};

/** Deploys the checkout's program, or the one whose text is given in its place, with the settings of the checkout. */
export async function deployProgram(settings: string, index?: string): Promise<DeployedProgram> {
  const harness = await createStackHarness({
    cloud: true,
    files: {
      ...{ "Pulumi.yaml": readFileSync("Pulumi.yaml", "utf8"), "Pulumi.prod.yaml": settings },
      ...COMMAND_ANSWERS,
      ...(index !== undefined && { "index.ts": index }),
    },
  });
  const cwd = harness.home.workDirectory;
  const recorded = join(cwd, "..", "recorded.json");
  const env = {
    ...harness.env,
    PATH: `${await findLanguageHost(join(cwd, "..", "hosts"))}:${process.env["PATH"] ?? ""}`,
    HOLDFAST_BENCH_RECORD: recorded,
    NODE_OPTIONS: `--import=${pathToFileURL(join(__dirname, "record-program.mjs")).href}`,
  };
  const pulumi = async (...args: string[]): Promise<string> => {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 1 << 28 };
    return (await promisify(execFile)(harness.cli, [...args, "--non-interactive"], options)).stdout;
  };
  try {
    await pulumi("stack", "select", "--create", "prod");
    await pulumi("up", "--yes", "--skip-preview");
    const { deployment } = JSON.parse(await pulumi("stack", "export")) as Exported;
    return {
      resources: deployment.resources,
      run: async (operation) => {
        const command = [harness.cli, ...ARGUMENTS[operation], "--non-interactive", "--cwd", cwd];
        const measured = await measure(command, env);
        return {
          command: measured,
          program: JSON.parse(readFileSync(recorded, "utf8")) as MeasuredRun["program"],
        };
      },
      remove: () => harness.remove(),
    };
  } catch (error) {
    harness.remove();
    throw error;
  }
}

interface Exported {
  readonly deployment: { readonly resources: readonly DeployedResource[] };
}

/**
 * Nothing stands behind a simulated endpoint: the commands that would work on the database answer at once that all is done. They
 * run when the stack is made; a preview, and a deploy with nothing to do, run none.
 */
const COMMAND_ANSWERS: Readonly<Record<string, string>> = {
  "package.json": JSON.stringify({
    name: "holdfast",
    exports: { "./access": "./access.cjs", "./deploy": "./deploy.cjs", "./preview": "./dist/cli/preview.js" },
  }),
  "access.cjs": `process.stdout.write(${JSON.stringify(JSON.stringify({ changed: {} }))});`,
  "deploy.cjs": `process.stdout.write(${JSON.stringify(
    JSON.stringify({
      ...{ ok: true, schemaVersion: "", release: "1.0.0", ran: [], held: [], backup: "", appliedMigrations: [] },
      counts: { applied: 0, held: 0, retired: 0, ran: 0 },
    }),
  )});`,
};
