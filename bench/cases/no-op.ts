import { BARE, CONNECT, HOLDFAST, PEERS } from "../contenders.js";
import { writeFolders, type Folders } from "../fixtures.js";
import { measure } from "../measure.js";
import type { CaseReport } from "../report.js";
import { takeTurns, type Lane } from "../rounds.js";
import type { BenchServer } from "../server.js";
import { inTemporaryFolder } from "../temporary-folder.js";
import { wireName, type Wire } from "../wire.js";

const FILES = 1000;

/** Every contender has applied its files to a database of its own. */
async function preparedLanes(server: BenchServer, folders: Folders, wire: Wire): Promise<Lane[]> {
  const lanes: Lane[] = [];
  for (const [index, contender] of [CONNECT, BARE, HOLDFAST, ...PEERS].entries()) {
    const database = `bench_no_op_${index}`;
    await server.recreate(database);
    const command = contender.command(folders);
    await measure(command, { DATABASE_URL: server.url(database) });
    lanes.push({ name: contender.name, command, env: { DATABASE_URL: server.url(database, wire) } });
  }
  return lanes;
}

/**
 * The commonest deploy: 1,000 files applied, nothing to do. Such a process lives as long as a hiccup of the machine, so the
 * fastest round of each counts; the median stands beside.
 */
export function noOp(server: BenchServer, wire: Wire, rounds: number): Promise<CaseReport> {
  return inTemporaryFolder(async (root) => {
    const results = await takeTurns(await preparedLanes(server, writeFolders(root, FILES), wire), rounds);
    const connectMs = results.get(CONNECT.name)?.bestMs ?? Number.NaN;
    const ours = results.get(HOLDFAST.name);
    return {
      title: `No-op with 1,000 applied, ${wireName(wire)}`,
      rows: [...results.values()].map(({ name, bestMs, ms, cpuMs, peakMiB }) => ({
        name,
        figures: { "best ms": bestMs, "× connect": bestMs / connectMs, ms, "cpu ms": cpuMs, "peak MiB": peakMiB },
      })),
      goals: [
        {
          what: `no-op, ${wireName(wire)}, × node + pg connect`,
          limit: 1.1,
          measured: (ours?.bestMs ?? Number.NaN) / connectMs,
        },
        { what: `no-op, ${wireName(wire)}, peak MiB`, limit: 60, measured: ours?.peakMiB ?? Number.NaN },
      ],
    };
  });
}
