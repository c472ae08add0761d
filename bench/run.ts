/** `npm run bench`: every case side by side with the peers in one run; tables on the terminal, figures as JSON on request. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { apply } from "./cases/apply.js";
import { backfill } from "./cases/backfill.js";
import { noOp } from "./cases/no-op.js";
import { stall } from "./cases/stall.js";
import { startUp } from "./cases/start-up.js";
import { isMet, renderCase, type CaseReport } from "./report.js";
import { startBenchServer } from "./server.js";

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    rounds: { type: "string", default: "5" },
    json: { type: "string" },
    help: { type: "boolean" },
  },
});

async function main(): Promise<void> {
  if (values.help === true) {
    process.stdout.write("npm run bench -- [--only start-up|no-op|apply|stall|backfill]… [--rounds 5] [--json FILE]\n");
    return;
  }
  const rounds = Number(values.rounds);
  const server = await startBenchServer(2);
  const cases: Record<string, () => Promise<CaseReport[]>> = {
    "start-up": async () => [await startUp(server, rounds)],
    "no-op": async () => [await noOp(server, false, rounds), await noOp(server, true, rounds)],
    apply: async () => [
      await apply(server, 100, false, rounds),
      await apply(server, 1000, false, Math.min(rounds, 3)),
      await apply(server, 100, true, Math.min(rounds, 3)),
      await apply(server, 1000, true, 1),
    ],
    stall: async () => [await stall(server, "reader"), await stall(server, "autovacuum")],
    backfill: async () => [await backfill(server)],
  };
  const reports: CaseReport[] = [];
  try {
    for (const [name, run] of Object.entries(cases)) {
      if (values.only !== undefined && !values.only.includes(name)) continue;
      for (const report of await run()) {
        reports.push(report);
        process.stdout.write(`${renderCase(report)}\n`);
      }
    }
  } finally {
    await server.stop();
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(reports, null, 2)}\n`);
  const goals = reports.flatMap((report) => report.goals);
  process.stdout.write(`\n${goals.filter(isMet).length} of ${goals.length} goals met\n`);
}

void main();
