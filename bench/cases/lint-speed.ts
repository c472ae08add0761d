import { rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFolders } from "../fixtures.js";
import type { CaseReport } from "../report.js";
import { takeTurns, type Lane } from "../rounds.js";
import { squawkBinary } from "../squawk.js";
import { inTemporaryFolder } from "../temporary-folder.js";

const FILES = 1000;
const [COLD, WARM, SQUAWK] = ["holdfast lint, cold", "holdfast lint, nothing changed", "squawk"];
const MAIN = join(__dirname, "..", "..", "dist/cli/main.js");
/** Squawk ends with 1 where it has findings, as it has of style in nearly every file. */
const UP_TO_ONE = ["sh", "-c", '"$@" >/dev/null; [ $? -le 1 ]', "sh"];

/** 1,000 files: judged for the first time, and again through the cache. */
export function lintSpeed(rounds: number): Promise<CaseReport> {
  return inTemporaryFolder(async (root) => {
    const folders = writeFolders(root, FILES);
    const lint = (cache: string): Pick<Lane, "command" | "env"> => ({
      command: [process.execPath, MAIN, "lint", "--dir", folders.holdfast],
      env: { XDG_CACHE_HOME: join(root, cache) },
    });
    const lanes: Lane[] = [
      {
        ...{ name: COLD, ...lint("cold") },
        prepare: () => rm(join(root, "cold"), { recursive: true, force: true }),
      },
      { name: WARM, ...lint("warm") },
      { name: SQUAWK, command: [...UP_TO_ONE, await squawkBinary(), join(folders.bare, "*.sql")], env: {} },
    ];
    // Fills the cache of the second lane.
    await takeTurns([{ name: WARM, ...lint("warm") }], 1);
    const results = await takeTurns(lanes, rounds);
    const squawkMs = results.get(SQUAWK)?.ms ?? Number.NaN;
    return {
      title: `Judging ${FILES} files`,
      rows: [...results.values()].map(({ name, ms, cpuMs, peakMiB }) => ({
        name,
        figures: { ms, "× squawk": ms / squawkMs, "cpu ms": cpuMs, "peak MiB": peakMiB },
      })),
      goals: [],
    };
  });
}
