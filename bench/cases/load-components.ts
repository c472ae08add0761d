import { join } from "node:path";
import type { CaseReport } from "../report.js";
import { takeTurns, type Lane } from "../rounds.js";

const ROOT = join(__dirname, "..", "..");
const SDK = "the Pulumi SDK alone";
const LOADS: Readonly<Record<string, readonly string[]>> = {
  [SDK]: ["@pulumi/pulumi"],
  "with holdfast": ["@pulumi/pulumi", "./dist/components/index.js"],
  "with the whole AWS package": ["@pulumi/pulumi", "@pulumi/aws"],
};

function lane([name, modules]: [string, readonly string[]]): Lane {
  // From the checkout, whatever the folder the bench is started in.
  const load = `process.chdir(${JSON.stringify(ROOT)}); for (const one of ${JSON.stringify(modules)}) require(require.resolve(one, { paths: [process.cwd()] }))`;
  return { name, command: [process.execPath, "-e", load], env: {} };
}

/** What a program pays for importing the package, before it makes anything: the part every program with Pulumi pays is beside it. */
export async function loadComponents(rounds: number): Promise<CaseReport> {
  const results = await takeTurns(Object.entries(LOADS).map(lane), rounds);
  const sdkMs = results.get(SDK)?.bestMs ?? Number.NaN;
  return {
    title: "Importing the components",
    rows: [...results.values()].map(({ name, bestMs, ms, cpuMs, peakMiB }) => ({
      name,
      figures: { "best ms": bestMs, "× SDK": bestMs / sdkMs, ms, "cpu ms": cpuMs, "peak MiB": peakMiB },
    })),
    goals: [],
  };
}
