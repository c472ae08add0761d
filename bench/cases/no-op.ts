import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BARE, CONNECT, HOLDFAST, PEERS } from "../contenders.js";
import { writeFolders } from "../fixtures.js";
import { measure } from "../measure.js";
import type { CaseReport } from "../report.js";
import { takeTurns, type Lane } from "../rounds.js";
import type { BenchServer } from "../server.js";

/** The commonest deploy: 1,000 files applied, nothing to do. */
export async function noOp(server: BenchServer, viaProxy: boolean, rounds: number): Promise<CaseReport> {
  const root = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  try {
    const folders = writeFolders(root, 1000);
    const lanes: Lane[] = [];
    for (const [index, contender] of [CONNECT, BARE, HOLDFAST, ...PEERS].entries()) {
      const database = `bench_no_op_${index}`;
      await server.recreate(database);
      const command = contender.command(folders);
      await measure(command, { DATABASE_URL: `${server.url(database)}?sslmode=disable` });
      lanes.push({
        name: contender.name,
        command,
        env: { DATABASE_URL: `${server.url(database, viaProxy)}?sslmode=disable` },
      });
    }
    const results = await takeTurns(lanes, rounds);
    const connectMs = results.get(CONNECT.name)?.ms ?? Number.NaN;
    const ours = results.get(HOLDFAST.name);
    const where = viaProxy ? "2 ms added to a round trip" : "loopback";
    return {
      title: `No-op with 1,000 applied, ${where}`,
      rows: [...results.values()].map((row) => ({
        name: row.name,
        figures: { ms: row.ms, "× connect": row.ms / connectMs, "cpu ms": row.cpuMs, "peak MiB": row.peakMiB },
      })),
      goals: [
        { what: `no-op, ${where}, × node + pg connect`, limit: 1.1, measured: (ours?.ms ?? Number.NaN) / connectMs },
        { what: "no-op, peak MiB", limit: 60, measured: ours?.peakMiB ?? Number.NaN },
      ],
    };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
