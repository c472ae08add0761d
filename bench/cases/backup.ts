import { execFile } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { LocalInstance } from "../../engine/adapters/local/instance-file.js";
import { startLocalInstance, stopLocalInstance } from "../../engine/adapters/local/instances.js";
import { bytesBelow, connect, makeGround, passwordIn, PROJECT, removeRestored } from "../backup/ground.js";
import { pgDumpFolder } from "../backup/pg-dump.js";
import { withLoad, type LoadFigures } from "../load.js";
import { median } from "../measure.js";
import type { CaseReport, Goal } from "../report.js";
import { inTemporaryFolder } from "../temporary-folder.js";

const run = promisify(execFile);

const ROWS = 2_000_000;
const LOAD = { count: 8, perSecond: 25, rows: ROWS, sql: "UPDATE orders SET touched = touched + 1 WHERE id = $1" };
const CONTROL_MS = 5000;
const MB = 1e6;

const CONTROL = "clients alone (control)";
const BASE = "holdfast: base backup";
const POINT = "holdfast: restore point on it";
const TAR = "limit: tar of the files, flushed";
const PG_DUMP = "pg_dump -Fc";
const STOPPED = "cp -a of the files, server stopped";

/** One way to back up, or back. */
interface Way {
  readonly name: string;
  /** Clients write beside it; else there is nobody, or no server to write to. */
  readonly isLoaded: boolean;
  /** Gives the milliseconds it took. */
  work(): Promise<number>;
  /** Below it lies what it wrote. */
  readonly writes?: string;
  after?(): Promise<void>;
}

interface Done {
  readonly seconds: number;
  readonly megabytes: number | undefined;
  readonly clients: LoadFigures | undefined;
}

/** What each kind of backup costs for two million rows: seconds, bytes, and the stall of clients that write meanwhile. */
export function backup(rounds: number): Promise<CaseReport> {
  return inTemporaryFolder(async (root) => {
    const clients = await pgDumpFolder();
    const instance = await makeGround(root, ROWS);
    try {
      const done = new Map<string, Done[]>();
      for (let round = 0; round < rounds; round++) {
        for (const way of waysOf(instance, clients.folder)) {
          done.set(way.name, [...(done.get(way.name) ?? []), await time(instance, way)]);
        }
      }
      return report(done, clients.why);
    } finally {
      await stopLocalInstance(instance);
    }
  });
}

function waysOf(instance: LocalInstance, programs: string | undefined): Way[] {
  const catalogue = join(instance.root, PROJECT, "backups");
  const beside = join(instance.root, "beside");
  const ours = (name: string, what: string, more: Partial<Way> = {}): Way => ({
    ...{ name, isLoaded: true, work: () => act(what, instance.root, programs) },
    ...more,
  });
  const restore = (name: string, what: string): Way =>
    ours(name, what, { isLoaded: false, after: () => removeRestored(instance) });
  const other = (name: string, work: () => Promise<unknown>, isLoaded = true): Way => ({
    ...{ name, isLoaded, writes: beside, work: () => timed(work) },
    after: () => rm(beside, { recursive: true, force: true }),
  });
  const dump = (name: string, flags: readonly string[]): Way =>
    other(name, () => pgDump(instance, programs ?? "", [...flags, "-f", join(beside, "dump")]));
  return [
    { name: CONTROL, isLoaded: true, work: () => timed(() => sleep(CONTROL_MS)) },
    ours(BASE, "base", { writes: catalogue }),
    ours(POINT, "point", { writes: instance.walDirectory }),
    restore("holdfast: restore of the base backup, checked", "restore-base"),
    restore("holdfast: restore of the point, checked", "restore-point"),
    other(TAR, () => shell('tar -C "$1" --exclude=./pg_wal -cf "$2" . || [ $? -eq 1 ]; sync "$2"', instance, beside)),
    ...(programs === undefined
      ? []
      : [
          ours("holdfast: dump (pg_dump -Fd, counted)", "dump", { writes: catalogue }),
          restore("holdfast: restore of the dump, checked", "restore-dump"),
          dump(PG_DUMP, ["-Fc"]),
          dump("pg_dump -Fd -j2", ["-Fd", "-j2"]),
        ]),
    other(STOPPED, () => copyStopped(instance, beside), false),
  ];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function act(what: string, root: string, programs = ""): Promise<number> {
  const args = ["--import", "tsx", join(__dirname, "../backup/act.ts"), what, root];
  const env = { ...process.env, PATH: `${programs}:${process.env["PATH"] ?? ""}` };
  const { stdout } = await run(process.execPath, args, { env, maxBuffer: 1 << 24 });
  return Number(stdout);
}

function shell(script: string, { dataDirectory }: LocalInstance, beside: string): Promise<unknown> {
  return run("sh", ["-c", script, "sh", dataDirectory, join(beside, "files")]);
}

async function pgDump(instance: LocalInstance, programs: string, flags: readonly string[]): Promise<void> {
  const { host, port, user, database, passwordFile } = instance;
  const at = ["-h", host, "-p", String(port), "-U", user, "-d", database];
  const env = { ...process.env, PGPASSWORD: await passwordIn(passwordFile) };
  await run(join(programs, "pg_dump"), [...at, ...flags], { env });
}

/** From the stop to the start: as long nobody is served. */
async function copyStopped(instance: LocalInstance, beside: string): Promise<void> {
  await stopLocalInstance(instance);
  await shell('cp -a "$1" "$2" && sync -f "$2"', instance, beside);
  await startLocalInstance(instance);
}

async function time(instance: LocalInstance, way: Way): Promise<Done> {
  if (way.writes !== undefined) await mkdir(way.writes, { recursive: true });
  const size = async (): Promise<number> => (way.writes === undefined ? 0 : bytesBelow(way.writes));
  const before = await size();
  const { ms, clients } = await underLoad(instance, way);
  const megabytes = way.writes === undefined ? undefined : ((await size()) - before) / MB;
  await way.after?.();
  return { seconds: ms / 1000, megabytes, clients };
}

async function underLoad(instance: LocalInstance, way: Way): Promise<{ ms: number; clients: LoadFigures | undefined }> {
  if (!way.isLoaded) return { ms: await way.work(), clients: undefined };
  const { figures, result } = await withLoad(
    () => connect(instance),
    LOAD,
    () => way.work(),
  );
  return { ms: result, clients: figures };
}

function report(done: ReadonlyMap<string, readonly Done[]>, skipped: string | undefined): CaseReport {
  const seconds = (name: string): number => median((done.get(name) ?? []).map((one) => one.seconds));
  const of = (name: string, figure: (one: Done) => number | undefined): number =>
    median((done.get(name) ?? []).flatMap((one) => figure(one) ?? []));
  const felt = (name: string, figure: keyof LoadFigures): number => of(name, ({ clients }) => clients?.[figure]);
  const orBlank = (figure: number): number | string => (Number.isNaN(figure) ? "" : figure);
  const times = (name: string, by: string): number | string =>
    orBlank(name === CONTROL ? NaN : seconds(name) / seconds(by));
  const rows = [...done.keys()].map((name) => ({
    name,
    figures: {
      s: name === CONTROL ? "" : seconds(name),
      "× tar": times(name, TAR),
      [`× ${PG_DUMP}`]: times(name, PG_DUMP),
      MB: orBlank(of(name, ({ megabytes }) => megabytes)),
      "client p99 ms": orBlank(felt(name, "p99")),
      "client max ms": orBlank(felt(name, "max")),
    },
  }));
  const unmeasured = ["snapshot on AWS: not measured, AWS alone can"];
  if (skipped !== undefined) unmeasured.push(`dumps: skipped, ${skipped}`);
  const why = unmeasured.map((name) => ({ name, figures: {} }));
  return { title: "Backup of 2,000,000 rows", rows: [...rows, ...why], goals: goals(seconds, felt) };
}

function goals(
  seconds: (name: string) => number,
  felt: (name: string, figure: keyof LoadFigures) => number,
): readonly Goal[] {
  const all = [
    { what: "base backup, × tar of the files", limit: 1.4, measured: seconds(BASE) / seconds(TAR) },
    { what: `base backup, × ${PG_DUMP}`, limit: 0.25, measured: seconds(BASE) / seconds(PG_DUMP) },
    { what: "base backup: client max, × control", limit: 1.75, measured: felt(BASE, "max") / felt(CONTROL, "max") },
    { what: "restore point: client max, × control", limit: 1.75, measured: felt(POINT, "max") / felt(CONTROL, "max") },
  ];
  return all.filter(({ measured }) => !Number.isNaN(measured));
}
