import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { HoldfastError } from "../../core/errors.js";
import type { Cluster } from "./cluster.js";
import { LOCAL_HOST } from "./instance-file.js";
import { isPortFree } from "./port.js";
import { isAlive, readPostmaster, type Postmaster } from "./postmaster.js";
import { lastMatch, LAST_WORDS, readLogEnd, setLogAside } from "./server-log.js";
import { runAsServerUser, serverUser } from "./server-user.js";

/** Starting includes the recovery after a crash. */
const START_TIMEOUT_S = 300;
const STOP_TIMEOUT_S = 120;
const PORT_LOOKS = 6;
const ORPHANS_TIMEOUT_MS = 10_000;

export interface ServerStart {
  readonly port: number;
  readonly logFile: string;
  /** Win over those of the cluster's own files. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Starts the server detached and waits until it takes connections. One that runs already is taken as it is.
 *
 * @throws HoldfastError server_not_started: port taken, disk full, no rights, or the last line of the server's log
 */
export async function startServer(cluster: Cluster, start: ServerStart): Promise<Postmaster> {
  const { port, logFile } = start;
  const running = await readPostmaster(cluster.dataDirectory);
  if (running?.isReady === true) return running;
  if (running === undefined) {
    await removeForeignPidFile(cluster.dataDirectory);
    await refuseForeignListener(cluster, port);
    await setLogAside(logFile);
  }
  const failure = await startOnceOrphansAreGone(cluster, start);
  // Two deploys may start it at once: PostgreSQL lets one win, and the other finds it running.
  const started = failure === undefined ? await readPostmaster(cluster.dataDirectory) : await waitForOther(cluster);
  if (started !== undefined) return started;
  throw await notStarted(cluster.dataDirectory, logFile, port, failure);
}

/** Who listens there may be another deploy that starts this very server, or looks whether the port is free, at this moment. */
async function refuseForeignListener({ dataDirectory }: Cluster, port: number): Promise<void> {
  for (let look = 1; look < PORT_LOOKS; look += 1) {
    if ((await isPortFree(port)) || (await readPostmaster(dataDirectory)) !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await refuseTakenPort(port);
}

/** The sessions of a killed server take a moment to notice; until then PostgreSQL refuses to start beside them. */
async function startOnceOrphansAreGone(
  cluster: Cluster,
  { port, logFile, settings = {} }: ServerStart,
): Promise<string | undefined> {
  const deadline = Date.now() + ORPHANS_TIMEOUT_MS;
  // pg_ctl gives them to a shell; a data root holds nothing that means something between double quotes.
  const options = Object.entries(settings).map(([name, value]) => `-c "${name}=${value}"`);
  for (;;) {
    const failure = await runPgCtl(cluster, [
      ...["start", "--silent", "--wait", "--timeout", String(START_TIMEOUT_S), "--log", logFile],
      ...["--options", [`-p ${port}`, ...options].join(" ")],
    ]);
    if (failure === undefined || Date.now() > deadline) return failure;
    const reason = lastMatch(await readLogEnd(logFile), LAST_WORDS);
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

async function notStarted(dataDirectory: string, logFile: string, port: number, failure = ""): Promise<unknown> {
  const log = await readLogEnd(logFile);
  if (/could not bind.*Address already in use/.test(log) && !(await isPortFree(port))) return portTaken(port);
  const reason = lastMatch(log, LAST_WORDS) ?? lastMatch(failure, /pg_ctl: +(.*)/g) ?? failure.trim();
  const isFull = /No space left on device|Disk quota exceeded/.test(reason);
  return new HoldfastError("server_not_started", `The server on ${dataDirectory} did not start: ${reason}.`, {
    next: isFull
      ? "Make room on that disk, then run again."
      : `Look into ${logFile}, mend what it names, then run again.`,
  });
}
