import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BARE, HOLDFAST, PEERS } from "../contenders.js";
import { writeFolders } from "../fixtures.js";
import type { CaseReport } from "../report.js";
import { takeTurns, type Lane } from "../rounds.js";
import type { BenchServer } from "../server.js";

function lanes(server: BenchServer, root: string, count: number, viaProxy: boolean): Lane[] {
  const folders = writeFolders(root, count);
  return [BARE, HOLDFAST, ...PEERS].map((contender, index) => {
    const database = `bench_apply_${index}`;
    return {
      name: contender.name,
      command: contender.command(folders),
      env: { DATABASE_URL: `${server.url(database, viaProxy)}?sslmode=disable` },
      prepare: () => server.recreate(database),
    };
  });
}

/** Applies `count` files to an empty database: every contender from its own format. */
export async function apply(
  server: BenchServer,
  count: number,
  viaProxy: boolean,
  rounds: number,
): Promise<CaseReport> {
  const root = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  try {
    const results = await takeTurns(lanes(server, root, count, viaProxy), rounds);
    const bareMs = results.get(BARE.name)?.ms ?? Number.NaN;
    const ours = results.get(HOLDFAST.name);
    const where = viaProxy ? "2 ms added to a round trip" : "loopback";
    const goals =
      count < 1000
        ? []
        : [
            {
              what: `apply ${count}, ${where}, × bare`,
              limit: viaProxy ? 0.2 : 0.75,
              measured: (ours?.ms ?? Number.NaN) / bareMs,
            },
          ];
    return {
      title: `Apply ${count} files, ${where}`,
      rows: [...results.values()].map((row) => ({
        name: row.name,
        figures: { ms: row.ms, "× bare": row.ms / bareMs, "cpu ms": row.cpuMs, "peak MiB": row.peakMiB },
      })),
      goals,
    };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
