import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { HOLDFAST } from "../contenders.js";
import { addMigration, makeFolders, type Folders } from "../fixtures.js";
import { withLoad, type LoadFigures } from "../load.js";
import { measure } from "../measure.js";
import type { CaseReport } from "../report.js";
import type { BenchServer } from "../server.js";

const ROWS = 2_000_000;
const DATABASE = "bench_backfill";
const LOAD = { count: 8, perSecond: 25, rows: ROWS, sql: "UPDATE orders SET touched = touched + 1 WHERE id = $1" };

async function prepare(server: BenchServer, folders: Folders): Promise<void> {
  await server.recreate(DATABASE);
  addMigration(
    folders,
    0,
    "CREATE TABLE orders (id bigint PRIMARY KEY, payload text NOT NULL, touched integer NOT NULL DEFAULT 0, status text);",
  );
  await measure(HOLDFAST.command(folders), { DATABASE_URL: `${server.url(DATABASE)}?sslmode=disable` });
  const client = await server.client(DATABASE);
  await client.query(
    `INSERT INTO orders (id, payload) SELECT i, repeat(md5(i::text), 2) FROM generate_series(1, ${ROWS}) i`,
  );
  await client.query("VACUUM ANALYZE orders");
  await client.query("CHECKPOINT");
  await client.end();
}

interface Timed {
  readonly rowsPerSecond: number;
  readonly figures: LoadFigures | undefined;
}

/** @param isLoaded with eight clients writing beside it */
async function time(server: BenchServer, isLoaded: boolean, work: () => Promise<void>): Promise<Timed> {
  const timed = async (): Promise<number> => {
    const started = performance.now();
    await work();
    return ROWS / ((performance.now() - started) / 1000);
  };
  if (!isLoaded) return { rowsPerSecond: await timed(), figures: undefined };
  const { figures, result } = await withLoad(() => server.client(DATABASE), LOAD, timed);
  return { rowsPerSecond: result, figures };
}

/** Fills a column of two million rows: one UPDATE, and the batches of a backfill file; alone and with clients. */
export async function backfill(server: BenchServer): Promise<CaseReport> {
  const root = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  const folders = makeFolders(root);
  const single = async (): Promise<void> => {
    const client = await server.client(DATABASE);
    await client.query("UPDATE orders SET status = 'new' WHERE status IS NULL");
    await client.end();
  };
  const batched = async (): Promise<void> => {
    addMigration(
      folders,
      1,
      "UPDATE orders SET status = 'new' WHERE status IS NULL AND id BETWEEN :from AND :to;",
      "backfill\n-- @batch table=orders key=id",
    );
    await measure(HOLDFAST.command(folders), { DATABASE_URL: `${server.url(DATABASE)}?sslmode=disable` });
  };
  try {
    const timings: Record<string, Timed> = {};
    for (const [name, isLoaded, work] of [
      ["single UPDATE, alone", false, single],
      ["holdfast, alone", false, batched],
      ["control", true, (): Promise<void> => sleep(5000)],
      ["single UPDATE, clients beside", true, single],
      ["holdfast, clients beside", true, batched],
    ] as const) {
      rmSync(root, { recursive: true, force: true });
      makeFolders(root);
      await prepare(server, folders);
      timings[name] = await time(server, isLoaded, work);
    }
    const rate = (name: string): number => timings[name]?.rowsPerSecond ?? Number.NaN;
    const control = timings["control"]?.figures;
    const ours = timings["holdfast, clients beside"]?.figures;
    return {
      title: "Backfill of 2,000,000 rows",
      rows: Object.entries(timings).map(([name, timing]) => ({
        name,
        figures: {
          "rows/s": name === "control" ? "" : timing.rowsPerSecond,
          "× single": name === "control" ? "" : timing.rowsPerSecond / rate("single UPDATE, alone"),
          "client p50 ms": timing.figures?.p50 ?? "",
          "client p99 ms": timing.figures?.p99 ?? "",
          "client max ms": timing.figures?.max ?? "",
        },
      })),
      goals: [
        {
          what: "backfill rate, × single UPDATE",
          limit: 0.8,
          atLeast: true,
          measured: rate("holdfast, alone") / rate("single UPDATE, alone"),
        },
        {
          what: "client p99, × its baseline",
          limit: 3,
          measured: (ours?.p99 ?? Number.NaN) / (control?.p99 ?? Number.NaN),
        },
      ],
    };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
