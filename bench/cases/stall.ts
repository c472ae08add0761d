import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { BARE, HOLDFAST, PEERS, type Contender } from "../contenders.js";
import { addMigration, makeFolders } from "../fixtures.js";
import { withLoad } from "../load.js";
import { measure } from "../measure.js";
import type { CaseReport, ReportRow } from "../report.js";
import type { BenchServer } from "../server.js";

const ROWS = 100_000;
const READER_MS = 10_000;
const DATABASE = "bench_stall";

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
  await client.query("ALTER SYSTEM SET autovacuum_naptime = 1");
  await client.query("SELECT pg_reload_conf()");
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

/** One contender adds a column while `blocker` is at the table and eight clients write to it. */
async function meet(server: BenchServer, contender: Contender | undefined, blocker: Blocker): Promise<ReportRow> {
  const root = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  const folders = makeFolders(root);
  const env = { DATABASE_URL: `${server.url(DATABASE)}?sslmode=disable` };
  try {
    await server.recreate(DATABASE);
    addMigration(folders, 0, "CREATE TABLE accounts (id bigint PRIMARY KEY, balance bigint NOT NULL DEFAULT 0);");
    await measure((contender ?? BARE).command(folders), env);
    await fill(server);
    addMigration(folders, 1, "ALTER TABLE accounts ADD COLUMN note text;");
    if (blocker === "autovacuum") await startAutovacuum(server);
    const load = {
      count: 8,
      perSecond: 25,
      rows: ROWS,
      sql: "UPDATE accounts SET balance = balance + 1 WHERE id = $1",
    };
    const { figures, result } = await withLoad(
      () => server.client(DATABASE),
      load,
      async () => {
        const reader = blocker === "reader" ? readFor(server, READER_MS) : undefined;
        await sleep(1000);
        const started = performance.now();
        if (contender === undefined) await sleep(2000);
        else await measure(contender.command(folders), env);
        const through = performance.now();
        const left = reader === undefined ? started : await reader;
        await sleep(500);
        return (through - left) / 1000;
      },
    );
    return {
      name: contender?.name ?? "no DDL (control)",
      figures: {
        [blocker === "reader" ? "through s after reader" : "through s"]: contender === undefined ? "" : result,
        "client max ms": figures.max,
        "client p99 ms": figures.p99,
        errors: figures.errors,
      },
    };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** What concurrent clients feel when a deploy adds a column to a table that somebody else is busy with. */
export async function stall(server: BenchServer, blocker: Blocker): Promise<CaseReport> {
  const rows: ReportRow[] = [];
  for (const contender of [undefined, BARE, HOLDFAST, ...PEERS]) rows.push(await meet(server, contender, blocker));
  const ours = rows.find((row) => row.name === HOLDFAST.name)?.figures ?? {};
  const through = Number(ours[blocker === "reader" ? "through s after reader" : "through s"]);
  return {
    title: blocker === "reader" ? "ADD COLUMN behind a 10 s reader" : "ADD COLUMN while autovacuum is at the table",
    rows,
    goals: [
      { what: "client max ms", limit: 25, measured: Number(ours["client max ms"]) },
      { what: "through, seconds", limit: blocker === "reader" ? 0.5 : 2, measured: through },
    ],
  };
}
