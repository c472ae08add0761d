import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { BARE, HOLDFAST, PEERS, type Contender } from "../contenders.js";
import { addMigration, makeFolders } from "../fixtures.js";
import { withLoad } from "../load.js";
import { measure, median } from "../measure.js";
import type { CaseReport } from "../report.js";
import type { BenchServer } from "../server.js";
import { inTemporaryFolder } from "../temporary-folder.js";

const ROWS = 100_000;
const READER_MS = 10_000;
const DATABASE = "bench_stall";
const LOAD = {
  count: 8,
  perSecond: 25,
  rows: ROWS,
  sql: "UPDATE accounts SET balance = balance + 1 WHERE id = $1",
};
const CONTROL = "no DDL (control)";

type Blocker = "reader" | "autovacuum";

/** Holds an ACCESS SHARE lock as a long report does; resolves with the moment it let go. */
async function readFor(server: BenchServer, ms: number): Promise<number> {
  const client = await server.client(DATABASE);
  await client.query("BEGIN");
  await client.query("SELECT count(*) FROM accounts");
  await sleep(ms);
  await client.query("COMMIT");
  const left = performance.now();
  await client.end();
  return left;
}

/** Makes an autovacuum worker crawl over the table, and waits until it is there. */
async function startAutovacuum(server: BenchServer): Promise<void> {
  const client = await server.client(DATABASE);
  await client.query(
    "ALTER TABLE accounts SET (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)",
  );
  await client.query("UPDATE accounts SET balance = balance + 1");
  for (;;) {
    const { rows } = await client.query("SELECT 1 FROM pg_stat_progress_vacuum WHERE relid = 'accounts'::regclass");
    if (rows.length > 0) break;
    await sleep(100);
  }
  await client.end();
}

async function fill(server: BenchServer): Promise<void> {
  const client = await server.client(DATABASE);
  await client.query(`INSERT INTO accounts (id) SELECT generate_series(1, ${ROWS})`);
  await client.query("ANALYZE accounts");
  await client.end();
}

interface Felt {
  /** Seconds until the column was there: after the reader left, or after the deploy began. */
  readonly through: number;
  readonly max: number;
  readonly p99: number;
  readonly errors: number;
}

/** One contender adds a column while `blocker` is at the table and eight clients write to it. */
function meet(server: BenchServer, contender: Contender | undefined, blocker: Blocker): Promise<Felt> {
  return inTemporaryFolder(async (root) => {
    const folders = makeFolders(root);
    const env = { DATABASE_URL: server.url(DATABASE) };
    await server.recreate(DATABASE);
    addMigration(folders, 0, "CREATE TABLE accounts (id bigint PRIMARY KEY, balance bigint NOT NULL DEFAULT 0);");
    await measure((contender ?? BARE).command(folders), env);
    await fill(server);
    addMigration(folders, 1, "ALTER TABLE accounts ADD COLUMN note text;");
    if (blocker === "autovacuum") await startAutovacuum(server);
    const deploy = async (): Promise<number> => {
      const reader = blocker === "reader" ? readFor(server, READER_MS) : undefined;
      await sleep(1000);
      const started = performance.now();
      if (contender === undefined) await sleep(2000);
      else await measure(contender.command(folders), env);
      const through = performance.now();
      const left = (await reader) ?? started;
      await sleep(500);
      return (through - left) / 1000;
    };
    const { figures, result } = await withLoad(() => server.client(DATABASE), LOAD, deploy);
    return { ...figures, through: result };
  });
}

/** The peers' stalls are seconds and need no second look; ours and the control are of the size of the noise. */
function meetings(rounds: number): (Contender | undefined)[] {
  const all = [undefined, BARE, HOLDFAST, ...PEERS];
  return [...all, ...Array.from({ length: rounds - 1 }, () => [undefined, HOLDFAST]).flat()];
}

/** What concurrent clients feel when a deploy adds a column to a table that somebody else is busy with. */
export async function stall(server: BenchServer, blocker: Blocker, rounds: number): Promise<CaseReport> {
  const felt = new Map<string, Felt[]>();
  if (blocker === "autovacuum") await server.set("autovacuum_naptime", "1s");
  for (const contender of meetings(rounds)) {
    const name = contender?.name ?? CONTROL;
    felt.set(name, [...(felt.get(name) ?? []), await meet(server, contender, blocker)]);
  }
  if (blocker === "autovacuum") await server.set("autovacuum_naptime");
  const medianOf = (name: string, figure: keyof Felt): number =>
    median((felt.get(name) ?? []).map((one) => one[figure]));
  const throughTitle = blocker === "reader" ? "through s after reader" : "through s";
  const title =
    blocker === "reader" ? "ADD COLUMN behind a 10 s reader" : "ADD COLUMN while autovacuum is at the table";
  return {
    title,
    rows: [...felt.keys()].map((name) => ({
      name,
      figures: {
        [throughTitle]: name === CONTROL ? "" : medianOf(name, "through"),
        "client max ms": medianOf(name, "max"),
        "client p99 ms": medianOf(name, "p99"),
        errors: medianOf(name, "errors"),
      },
    })),
    goals: [
      { what: `${blocker}: client max ms`, limit: 25, measured: medianOf(HOLDFAST.name, "max") },
      {
        what: `${blocker}: through, seconds`,
        limit: blocker === "reader" ? 0.5 : 2,
        measured: medianOf(HOLDFAST.name, "through"),
      },
    ],
  };
}
