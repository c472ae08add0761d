/** `npm run bench`: every case side by side with the peers in one run; tables on the terminal, figures as JSON on request. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { apply } from "./cases/apply.js";
import { backfill } from "./cases/backfill.js";
import { backup } from "./cases/backup.js";
import { lintSpeed } from "./cases/lint-speed.js";
import { lintVerdicts } from "./cases/lint-verdicts.js";
import { loadComponents } from "./cases/load-components.js";
import { noOp } from "./cases/no-op.js";
import { preview } from "./cases/preview.js";
import { stall } from "./cases/stall.js";
import { startUp } from "./cases/start-up.js";
import { describeMachine } from "./machine.js";
import { isMet, renderCase, type CaseReport } from "./report.js";
import { startBenchServer, type BenchServer } from "./server.js";

const USAGE = `npm run bench -- [--only start-up|no-op|apply|stall|backfill|backup|load|preview|lint]… [--rounds 5] [--json FILE]

  --only     one case; may be repeated
  --rounds   how often contenders take turns; long cases take fewer; default 5
  --json     writes the figures there, too
`;

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    rounds: { type: "string", default: "5" },
    json: { type: "string" },
    help: { type: "boolean" },
  },
});

type Case = (server: BenchServer, rounds: number) => AsyncIterable<CaseReport>;

const CASES: Readonly<Record<string, Case>> = {
  "start-up": async function* (server, rounds) {
    yield await startUp(server, rounds);
  },
  "no-op": async function* (server, rounds) {
    // Short, and the one whose goal is nearest to the noise.
    yield await noOp(server, "loopback", 3 * rounds);
    yield await noOp(server, "slow", 2 * rounds);
  },
  apply: async function* (server, rounds) {
    const few = Math.min(rounds, 3);
    yield await apply(server, { files: 100, wire: "loopback", rounds });
    yield await apply(server, { files: 1000, wire: "loopback", rounds: few, goal: 0.75 });
    yield await apply(server, { files: 100, wire: "slow", rounds: few });
    yield await apply(server, { files: 1000, wire: "slow", rounds: 1, goal: 0.2 });
  },
  stall: async function* (server, rounds) {
    yield await stall(server, "reader", Math.min(rounds, 3));
    yield await stall(server, "autovacuum", Math.min(rounds, 3));
  },
  backfill: async function* (server, rounds) {
    yield await backfill(server, Math.min(rounds, 2));
  },
  backup: async function* (_server, rounds) {
    yield await backup(Math.min(rounds, 3));
  },
  load: async function* (_server, rounds) {
    yield await loadComponents(2 * rounds);
  },
  preview: async function* (_server, rounds) {
    yield await preview(rounds);
  },
  lint: async function* (_server, rounds) {
    yield await lintVerdicts("All rows of the corpus", "all");
    yield await lintVerdicts("The rows kept from the rules' authors", "unseen");
    yield await lintSpeed(rounds);
  },
};

async function main(): Promise<void> {
  if (values.help === true) {
    process.stdout.write(USAGE);
    return;
  }
  const names = values.only ?? Object.keys(CASES);
  const server = await startBenchServer();
  const reports: CaseReport[] = [];
  try {
    for (const name of names) {
      for await (const report of CASES[name]?.(server, Number(values.rounds)) ?? []) {
        reports.push(report);
        process.stdout.write(`${renderCase(report)}\n`);
      }
    }
  } finally {
    await server.stop();
  }
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify({ machine: describeMachine(), reports }, null, 2)}\n`);
  }
  const goals = reports.flatMap((report) => report.goals);
  process.stdout.write(`\n${goals.filter(isMet).length} of ${goals.length} goals met\n`);
}

void main();
