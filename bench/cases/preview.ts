import { readFileSync } from "node:fs";
import { ACCOUNT } from "../../test/support/cloud.js";
import { median } from "../measure.js";
import { deployProgram, type DeployedProgram, type MeasuredRun, type Operation } from "../preview/deployed-program.js";
import { writeByHand } from "../preview/write-by-hand.js";
import type { CaseReport, ReportRow } from "../report.js";

const [OURS, BY_HAND] = ["holdfast", "by hand, the same resources"];

/** The checkout's own, with an account and without the wait for a runner that does not exist yet. */
function productionSettings(): string {
  const settings = readFileSync("Pulumi.prod.yaml", "utf8").replaceAll("000000000000", ACCOUNT);
  return `${settings.trimEnd()}\n  holdfast:execution: direct\n`;
}

/** The AWS provider's settings are the last that a program without components knows. */
function withoutOwnSettings(settings: string): string {
  return settings.replace(/^ {2}holdfast:[^]*/m, "");
}

interface Lane {
  readonly name: string;
  readonly program: DeployedProgram;
  readonly runs: Readonly<Record<Operation, MeasuredRun[]>>;
}

const lane = (name: string, program: DeployedProgram): Lane => ({ name, program, runs: { preview: [], up: [] } });

/**
 * A preview, and an up, of the production stack that have nothing to change, beside a hand-written program of the same resources
 * in a stack of its own. Both are files that Pulumi's command line runs, against the simulated cloud, which answers at once:
 * on AWS both wait for the same answers, and the ratio is nearer to 1.
 */
export async function preview(rounds: number): Promise<CaseReport> {
  const settings = productionSettings();
  const programs: DeployedProgram[] = [];
  try {
    const ours = await deployProgram(settings);
    programs.push(ours);
    const byHand = await deployProgram(withoutOwnSettings(settings), writeByHand(ours.resources));
    programs.push(byHand);
    const lanes = [lane(BY_HAND, byHand), lane(OURS, ours)];
    for (let round = 0; round < rounds; round++) {
      for (const operation of ["preview", "up"] as const) {
        // Who goes first goes second in the next round.
        const turns = round % 2 === 0 ? lanes : [...lanes].reverse();
        for (const { program, runs } of turns) runs[operation].push(await program.run(operation));
      }
    }
    return report(lanes);
  } finally {
    for (const program of programs) program.remove();
  }
}

type Figure = (run: MeasuredRun) => number;

/** Of the whole command, and of the process in which the program runs. */
const FIGURES: Readonly<Record<string, Figure>> = {
  ms: ({ command }) => command.ms,
  "cpu ms": ({ command }) => command.cpuMs,
  "program cpu ms": ({ program }) => program.cpuMs,
  "program peak MiB": ({ program }) => program.peakMiB,
};
const MS: Figure = ({ command }) => command.ms;
const CPU: Figure = ({ command }) => command.cpuMs;

function report(lanes: readonly Lane[]): CaseReport {
  const figureOf = (name: string, operation: Operation, figure: Figure): number =>
    median(lanes.find((one) => one.name === name)!.runs[operation].map(figure));
  const ratioOf = (name: string, operation: Operation, figure: Figure): number =>
    figureOf(name, operation, figure) / figureOf(BY_HAND, operation, figure);
  const row = (name: string, operation: Operation): ReportRow => ({
    name: `${operation}: ${name}`,
    figures: {
      "× by hand": ratioOf(name, operation, MS),
      "× cpu": ratioOf(name, operation, CPU),
      ...Object.fromEntries(
        Object.entries(FIGURES).map(([title, figure]) => [title, figureOf(name, operation, figure)]),
      ),
    },
  });
  const counts = lanes.map(({ name, program }) => `${name}: ${program.resources.length}`).join(", ");
  return {
    title: `Nothing to change in the production stack (resources ${counts})`,
    rows: (["preview", "up"] as const).flatMap((operation) => lanes.map(({ name }) => row(name, operation))),
    goals: [{ what: "preview, × by hand", limit: 1.1, measured: ratioOf(OURS, "preview", MS) }],
  };
}
