import { CONNECT, HOLDFAST } from "../contenders.js";
import { writeFolders } from "../fixtures.js";
import type { CaseReport } from "../report.js";
import { takeTurns } from "../rounds.js";
import type { BenchServer } from "../server.js";
import { inTemporaryFolder } from "../temporary-folder.js";

const FLOOR = "node -e 0";

/** What a process costs before it does anything. */
export function startUp(server: BenchServer, rounds: number): Promise<CaseReport> {
  return inTemporaryFolder(async (root) => {
    const folders = writeFolders(root, 1);
    const env = { DATABASE_URL: server.url("postgres") };
    const main = HOLDFAST.command(folders)[1] ?? "";
    const lanes = [
      { name: FLOOR, command: [process.execPath, "-e", "0"], env },
      { name: "holdfast --version", command: [process.execPath, main, "--version"], env },
      { name: CONNECT.name, command: CONNECT.command(folders), env },
    ];
    const results = await takeTurns(lanes, rounds);
    const floorMs = results.get(FLOOR)?.bestMs ?? Number.NaN;
    return {
      title: "Start-up",
      rows: [...results.values()].map(({ name, bestMs, ms, cpuMs, peakMiB }) => ({
        name,
        figures: { "best ms": bestMs, "× node": bestMs / floorMs, ms, "cpu ms": cpuMs, "peak MiB": peakMiB },
      })),
      goals: [],
    };
  });
}
