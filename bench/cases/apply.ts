import { BARE, HOLDFAST, LIMIT, PEERS } from "../contenders.js";
import { writeFolders } from "../fixtures.js";
import type { CaseReport, Goal } from "../report.js";
import { takeTurns, type Lane } from "../rounds.js";
import type { BenchServer } from "../server.js";
import { inTemporaryFolder } from "../temporary-folder.js";
import { wireName, type Wire } from "../wire.js";

export interface ApplyCase {
  readonly files: number;
  readonly wire: Wire;
  readonly rounds: number;
  /** Time × bare at most. */
  readonly goal?: number;
}

function lanes(server: BenchServer, root: string, { files, wire }: ApplyCase): Lane[] {
  const folders = writeFolders(root, files);
  return [LIMIT, BARE, HOLDFAST, ...PEERS].map((contender, index) => {
    const database = `bench_apply_${index}`;
    return {
      name: contender.name,
      command: contender.command(folders),
      env: { DATABASE_URL: server.url(database, wire) },
      prepare: () => server.recreate(database),
    };
  });
}

/** Applies files to an empty database: every contender from its own format. */
export function apply(server: BenchServer, one: ApplyCase): Promise<CaseReport> {
  return inTemporaryFolder(async (root) => {
    const results = await takeTurns(lanes(server, root, one), one.rounds);
    const bareMs = results.get(BARE.name)?.ms ?? Number.NaN;
    const what = `apply ${one.files}, ${wireName(one.wire)}, × bare`;
    const measured = (results.get(HOLDFAST.name)?.ms ?? Number.NaN) / bareMs;
    const goals: Goal[] = one.goal === undefined ? [] : [{ what, limit: one.goal, measured }];
    return {
      title: `Apply ${one.files} files, ${wireName(one.wire)}`,
      rows: [...results.values()].map(({ name, ms, cpuMs, peakMiB }) => ({
        name,
        figures: { ms, "× bare": ms / bareMs, "cpu ms": cpuMs, "peak MiB": peakMiB },
      })),
      goals,
    };
  });
}
