import { CONNECT, HOLDFAST } from "../contenders.js";
import { writeFolders } from "../fixtures.js";
import type { CaseReport } from "../report.js";
import { takeTurns } from "../rounds.js";
import type { BenchServer } from "../server.js";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a process costs before it does anything. */
export async function startUp(server: BenchServer, rounds: number): Promise<CaseReport> {
  const folders = writeFolders(mkdtempSync(join(tmpdir(), "holdfast-bench-")), 1);
  const env = { DATABASE_URL: `${server.url("postgres")}?sslmode=disable` };
  const main = HOLDFAST.command(folders)[1] ?? "";
  const results = await takeTurns(
    [
      { name: "node -e 0", command: [process.execPath, "-e", "0"], env },
      { name: "holdfast --version", command: [process.execPath, main, "--version"], env },
      { name: CONNECT.name, command: CONNECT.command(folders), env },
    ],
    rounds,
  );
  const bareMs = results.get("node -e 0")?.ms ?? Number.NaN;
  return {
    title: "Start-up",
    rows: [...results.values()].map((row) => ({
      name: row.name,
      figures: { ms: row.ms, "× node": row.ms / bareMs, "peak MiB": row.peakMiB },
    })),
    goals: [],
  };
}
