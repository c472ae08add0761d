import { spawn } from "node:child_process";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { HoldfastError } from "../../core/errors.js";
import type { PostgresBinaries } from "./binaries.js";
import { storageFault } from "./data-root.js";
import { LOCAL_HOST, LOCAL_SUPERUSER } from "./instance-file.js";
import { isPortFree } from "./port.js";
import { isAlive, readPostmaster, type Postmaster } from "./postmaster.js";
import { asServerUser, runAsServerUser, serverUser } from "./server-user.js";

/** A data directory and the programs that fit it. */
export interface Cluster {
  readonly binaries: PostgresBinaries;
  readonly dataDirectory: string;
}

/**
 * Beside PostgreSQL's defaults. Archiving is on from the start, by a path relative to the data directory (the archiver's
 * working folder), so that no odd character in a path matters and a restored cluster archives into its own folder.
 * basic_archive copies to a temporary name, flushes, renames, and takes an identical file twice (manual, F.4).
 */
const SETTINGS = `
listen_addresses = '${LOCAL_HOST}'
unix_socket_directories = ''
timezone = 'UTC'
log_timezone = 'UTC'
wal_level = 'replica'
archive_mode = 'on'
archive_library = 'basic_archive'
basic_archive.archive_directory = '../wal'
archive_timeout = '5min'
`;

/** One way in: this machine, with the password. */
const HOST_ACCESS = `host all all ${LOCAL_HOST}/32 scram-sha-256\n`;

/** Starting includes the recovery after a crash. */
const START_TIMEOUT_S = 300;
const STOP_TIMEOUT_S = 120;
const ORPHANS_TIMEOUT_MS = 10_000;
const LAST_WORDS = /(?:FATAL|PANIC): +(.*)/g;
/** A log larger than this is set aside (one generation) when the server starts. */
const LOG_LIMIT_BYTES = 10 * 1024 * 1024;

/**
 * A new cluster: UTF-8, the locale provider that never changes sort order with the machine's libraries, checksums on.
 * WAL segments of 4 MB: an idle database archives a quarter of what the default of 16 MB would cost.
 *
 * @param passwordFile holds the superuser's password, readable by the server's user
 * @throws HoldfastError server_not_started
 */
export async function createCluster({ binaries, dataDirectory }: Cluster, passwordFile: string): Promise<void> {
  const args = [
    ...["-D", dataDirectory, "-U", LOCAL_SUPERUSER, "--pwfile", passwordFile, "--auth=scram-sha-256"],
    ...[
      "--encoding=UTF8",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--data-checksums",
      "--wal-segsize=4",
    ],
  ];
  await runAsServerUser(serverUser(), binaries.initdb, args).catch((error: unknown) => {
    throw notCreated(error, dataDirectory);
  });
  await appendDurably(join(dataDirectory, "postgresql.conf"), SETTINGS);
  await replaceDurably(join(dataDirectory, "pg_hba.conf"), HOST_ACCESS);
}

/**
 * Runs statements on a stopped cluster in single-user mode (manual, "postgres", "Single-User Mode"): no port, no password.
 * One statement a line.
 *
 * @param settings hold for this one run only
 * @throws HoldfastError server_not_started with the server's words when one fails
 */
export async function runSingleUser(
  cluster: Cluster,
  database: string,
  statements: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<void> {
  const options = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn(cluster.binaries.postgres, ["--single", "-D", cluster.dataDirectory, ...options, database], {
    ...asServerUser(serverUser()),
    stdio: ["pipe", "ignore", "pipe"],
  });
  let messages = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (messages += text));
  const ended = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  child.stdin.end(statements.map((statement) => `${statement}\n`).join(""));
  const code = await ended;
  const fault = /(?:ERROR|FATAL|PANIC): +(.*)/.exec(messages)?.[1];
  if (code === 0 && fault === undefined) return;
  throw new HoldfastError(
    "server_not_started",
    `The new cluster could not be prepared: ${fault ?? `exit code ${code}`}.`,
    {
      next: "Look at the disk's free space and rights, then run again; nothing was kept.",
    },
  );
}

/**
 * Starts the server detached and waits until it takes connections. One that runs already is taken as it is.
 *
 * @throws HoldfastError server_not_started: port taken, disk full, no rights, or the last line of the server's log
 */
export async function startServer(cluster: Cluster, port: number, logFile: string): Promise<Postmaster> {
  const running = await readPostmaster(cluster.dataDirectory);
  if (running?.isReady === true) return running;
  if (running === undefined) {
    await removeForeignPidFile(cluster.dataDirectory);
    await refuseTakenPort(port);
    await setLogAside(logFile);
  }
  const failure = await startOnceOrphansAreGone(cluster, port, logFile);
  // Two deploys may start it at once: PostgreSQL lets one win, and the other finds it running.
  const started = failure === undefined ? await readPostmaster(cluster.dataDirectory) : await waitForOther(cluster);
  if (started !== undefined) return started;
  throw await notStarted(cluster.dataDirectory, logFile, port, failure);
}

/** The sessions of a killed server take a moment to notice; until then PostgreSQL refuses to start beside them. */
async function startOnceOrphansAreGone(cluster: Cluster, port: number, logFile: string): Promise<string | undefined> {
  const deadline = Date.now() + ORPHANS_TIMEOUT_MS;
  for (;;) {
    const failure = await runPgCtl(cluster, [
      ...["start", "--silent", "--wait", "--timeout", String(START_TIMEOUT_S), "--log", logFile],
      ...["--options", `-p ${port}`],
    ]);
    if (failure === undefined || Date.now() > deadline) return failure;
    const reason = lastMatch(await tail(logFile), LAST_WORDS);
    if (reason === undefined || !/pre-existing shared memory block/.test(reason)) return failure;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Stops with a checkpoint; open connections are ended. Does nothing where none runs. @throws HoldfastError server_not_started */
export async function stopServer(cluster: Cluster): Promise<void> {
  if ((await readPostmaster(cluster.dataDirectory)) === undefined) return;
  const failure = await runPgCtl(cluster, ["stop", "--mode", "fast", "--wait", "--timeout", String(STOP_TIMEOUT_S)]);
  if (failure === undefined || (await readPostmaster(cluster.dataDirectory)) === undefined) return;
  throw new HoldfastError(
    "server_not_started",
    `The server on ${cluster.dataDirectory} did not stop within ${STOP_TIMEOUT_S} s.`,
    {
      next: "Look into its log for what keeps it busy, then stop it again.",
      detail: failure,
    },
  );
}

/** @returns what it said, when it failed */
async function runPgCtl({ binaries, dataDirectory }: Cluster, args: readonly string[]): Promise<string | undefined> {
  return runAsServerUser(serverUser(), binaries.pgCtl, [...args, "--pgdata", dataDirectory]).then(
    () => undefined,
    (error: unknown) => {
      const { stdout = "", stderr = "", message } = error as Error & { stdout?: string; stderr?: string };
      return stderr + stdout || message;
    },
  );
}

/** The server whose start was under way when ours was refused; undefined where there is none. */
async function waitForOther({ dataDirectory }: Cluster): Promise<Postmaster | undefined> {
  const deadline = Date.now() + START_TIMEOUT_S * 1000;
  for (;;) {
    const other = await readPostmaster(dataDirectory);
    if (other === undefined || other.isReady || Date.now() > deadline)
      return other?.isReady === true ? other : undefined;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** PostgreSQL refuses to start while the process its file names lives, whatever that process is. */
async function removeForeignPidFile(dataDirectory: string): Promise<void> {
  const file = join(dataDirectory, "postmaster.pid");
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (
    text !== undefined &&
    isAlive(Number(text.split("\n")[0])) &&
    (await readPostmaster(dataDirectory)) === undefined
  ) {
    await rm(file, { force: true });
  }
}

/** @throws HoldfastError server_not_started while something else listens there */
export async function refuseTakenPort(port: number): Promise<void> {
  if (await isPortFree(port)) return;
  throw portTaken(port);
}

function portTaken(port: number): HoldfastError {
  return new HoldfastError("server_not_started", `Port ${port} of this local database is taken by another program.`, {
    next: `End that program (it listens on ${LOCAL_HOST}:${port}), or give the database another port: pulumi config set holdfast:port <port>.`,
  });
}

async function setLogAside(logFile: string): Promise<void> {
  const { size } = await stat(logFile).catch(() => ({ size: 0 }));
  if (size > LOG_LIMIT_BYTES) await rename(logFile, `${logFile}.1`);
}

async function notStarted(dataDirectory: string, logFile: string, port: number, failure = ""): Promise<unknown> {
  const log = await tail(logFile);
  if (/could not bind.*Address already in use/.test(log) && !(await isPortFree(port))) return portTaken(port);
  const reason = lastMatch(log, LAST_WORDS) ?? lastMatch(failure, /pg_ctl: +(.*)/g) ?? failure.trim();
  const isFull = /No space left on device|Disk quota exceeded/.test(reason);
  return new HoldfastError("server_not_started", `The server on ${dataDirectory} did not start: ${reason}.`, {
    next: isFull
      ? "Make room on that disk, then run again."
      : `Look into ${logFile}, mend what it names, then run again.`,
  });
}

async function tail(logFile: string): Promise<string> {
  return (await readFile(logFile, "utf8").catch(() => "")).slice(-4000);
}

function lastMatch(text: string, pattern: RegExp): string | undefined {
  return [...text.matchAll(pattern)].at(-1)?.[1];
}

function notCreated(error: unknown, dataDirectory: string): unknown {
  const { stderr = "", message } = error as Error & { stderr?: string };
  const reason = lastMatch(stderr, /(?:error|FATAL): +(.*)/g) ?? message;
  const code = /Permission denied|EACCES/.test(reason) ? "EACCES" : /No space left/.test(reason) ? "ENOSPC" : undefined;
  if (code !== undefined) return storageFault(Object.assign(new Error(reason), { code }), dataDirectory);
  return new HoldfastError(
    "server_not_started",
    `No cluster could be made in ${dataDirectory}: ${reason}.`,
    {
      next: "Mend what the message names, then run again; nothing was kept.",
    },
    { cause: error },
  );
}

async function appendDurably(path: string, text: string): Promise<void> {
  await writeAndSync(path, "a", text);
}

async function replaceDurably(path: string, text: string): Promise<void> {
  await writeAndSync(path, "w", text);
}

async function writeAndSync(path: string, flags: "a" | "w", text: string): Promise<void> {
  const file = await open(path, flags);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
