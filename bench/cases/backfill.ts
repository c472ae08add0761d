import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { HOLDFAST } from "../contenders.js";
import { addMigration, makeFolders, type Folders } from "../fixtures.js";
import { withLoad, type LoadFigures } from "../load.js";
import { measure, median } from "../measure.js";
import type { CaseReport } from "../report.js";
import type { BenchServer } from "../server.js";
import { inTemporaryFolder } from "../temporary-folder.js";

const ROWS = 2_000_000;
const TEMPLATE = "bench_backfill_rows";
const DATABASE = "bench_backfill";
const LOAD = { count: 8, perSecond: 25, rows: ROWS, sql: "UPDATE orders SET touched = touched + 1 WHERE id = $1" };
const CONTROL_MS = 5000;

/** The rows, and the history of the file that made their table. */
async function prepareTemplate(server: BenchServer, folders: Folders): Promise<void> {
  await server.recreate(TEMPLATE);
  addMigration(
    folders,
    0,
    "CREATE TABLE orders (id bigint PRIMARY KEY, payload text NOT NULL, touched integer NOT NULL DEFAULT 0, status text);",
  );
  await measure(HOLDFAST.command(folders), { DATABASE_URL: server.url(TEMPLATE) });
  const client = await server.client(TEMPLATE);
  await client.query(
    `INSERT INTO orders (id, payload) SELECT i, repeat(md5(i::text), 2) FROM generate_series(1, ${ROWS}) i`,
  );
  await client.query("VACUUM ANALYZE orders");
  await client.end();
  addMigration(
    folders,
    1,
    "UPDATE orders SET status = 'new' WHERE status IS NULL AND id BETWEEN :from AND :to;",
    "backfill\n-- @batch table=orders key=id",
  );
}

/** A copy of the rows, in memory as far as it fits there. */
async function copyRows(server: BenchServer): Promise<void> {
  await server.recreate(DATABASE, TEMPLATE);
  const client = await server.client(DATABASE);
  await client.query("SELECT count(*), sum(touched) FROM orders");
  await client.query("CHECKPOINT");
  await client.end();
}

interface Timed {
  readonly rowsPerSecond: number;
  readonly clients: LoadFigures | undefined;
}

interface Way {
  readonly name: string;
  /** With eight clients writing beside it. */
  readonly isLoaded: boolean;
  work(): Promise<void>;
}

const CONTROL = "clients alone (control)";
const [SINGLE, SINGLE_LOADED] = ["single UPDATE, alone", "single UPDATE, clients beside"];
const [OURS, OURS_LOADED] = ["holdfast, alone", "holdfast, clients beside"];

function ways(server: BenchServer, folders: Folders): Way[] {
  const single = async (): Promise<void> => {
    const client = await server.client(DATABASE);
    await client.query("UPDATE orders SET status = 'new' WHERE status IS NULL");
    await client.end();
  };
  const batched = async (): Promise<void> => {
    await measure(HOLDFAST.command(folders), { DATABASE_URL: server.url(DATABASE) });
  };
  return [
    { name: CONTROL, isLoaded: true, work: () => sleep(CONTROL_MS) },
    { name: SINGLE, isLoaded: false, work: single },
    { name: OURS, isLoaded: false, work: batched },
    { name: SINGLE_LOADED, isLoaded: true, work: single },
    { name: OURS_LOADED, isLoaded: true, work: batched },
  ];
}

async function time(server: BenchServer, way: Way): Promise<Timed> {
  const rate = async (): Promise<number> => {
    const started = performance.now();
    await way.work();
    return ROWS / ((performance.now() - started) / 1000);
  };
  if (!way.isLoaded) return { rowsPerSecond: await rate(), clients: undefined };
  const { figures, result } = await withLoad(() => server.client(DATABASE), LOAD, rate);
  return { rowsPerSecond: result, clients: figures };
}

/** Fills a column of two million rows: one UPDATE, and the batches of a backfill file; alone and with clients. */
export function backfill(server: BenchServer, rounds: number): Promise<CaseReport> {
  return inTemporaryFolder(async (root) => {
    const folders = makeFolders(root);
    await prepareTemplate(server, folders);
    const timings = new Map<string, Timed[]>();
    for (let round = 0; round < rounds; round++) {
      for (const way of ways(server, folders)) {
        await copyRows(server);
        timings.set(way.name, [...(timings.get(way.name) ?? []), await time(server, way)]);
      }
    }
    return report(timings);
  });
}

function report(timings: ReadonlyMap<string, readonly Timed[]>): CaseReport {
  const rate = (name: string): number => median((timings.get(name) ?? []).map(({ rowsPerSecond }) => rowsPerSecond));
  const felt = (name: string, figure: keyof LoadFigures): number =>
    median((timings.get(name) ?? []).flatMap(({ clients }) => clients?.[figure] ?? []));
  const orBlank = (figure: number): number | string => (Number.isNaN(figure) ? "" : figure);
  return {
    title: "Backfill of 2,000,000 rows",
    rows: [...timings.keys()].map((name) => ({
      name,
      figures: {
        "rows/s": name === CONTROL ? "" : rate(name),
        "× single": name === CONTROL ? "" : rate(name) / rate(SINGLE),
        "client p50 ms": orBlank(felt(name, "p50")),
        "client p99 ms": orBlank(felt(name, "p99")),
        "client max ms": orBlank(felt(name, "max")),
      },
    })),
    goals: [
      {
        what: "backfill rate, × single UPDATE",
        limit: 0.8,
        atLeast: true,
        measured: rate(OURS) / rate(SINGLE),
      },
      {
        what: "backfill: client p99, × its baseline",
        limit: 3,
        measured: felt(OURS_LOADED, "p99") / felt(CONTROL, "p99"),
      },
    ],
  };
}
