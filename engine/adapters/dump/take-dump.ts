import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { DumpManifest } from "../../core/backup-manifest.js";
import type { DumpEntry } from "../../core/dump-entry.js";
import type { ConnectionSettings } from "../../core/connection-settings.js";
import { HoldfastError } from "../../core/errors.js";
import type { KillPoint } from "../../core/kill-points.js";
import type { BackupRequest, Progress } from "../../core/ports.js";
import type { TableCount } from "../../core/row-counts.js";
import { catalogueFolder, makeWorkFolder, publish, type CatalogueName } from "../backup/catalogue-folder.js";
import { refuseWithoutRoom } from "../backup/free-space.js";
import { clearLeftovers } from "../backup/prune-catalogue.js";
import { syncFolder } from "../local/instance-file.js";
import { withClientLogin } from "./client-login.js";
import { describeFiles, folderBytes } from "./dump-files.js";
import { dumpFault } from "./dump-fault.js";
import { openDumpSession, type DumpSession } from "./dump-session.js";
import { findClientProgram, type ClientProgram } from "./find-client-program.js";
import { pruneDumps } from "./prune-dumps.js";
import { runClient } from "./run-client.js";

/** What is dumped, where it is kept, and who watches. */
export interface DumpSite {
  readonly connection: ConnectionSettings;
  readonly name: CatalogueName;
  /** Recorded in the manifest. */
  readonly environment: string;
  readonly progress: Progress;
  /** Fault injection, as in RunContext. */
  readonly killPoint: (name: KillPoint) => void;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Of this long back a dump of each day is kept, in milliseconds. Default: 7 days. */
  readonly retentionMs?: number | undefined;
}

/** One dump under way. */
interface Dumping extends DumpSite {
  readonly session: DumpSession;
  readonly program: ClientProgram;
  readonly directory: string;
}

const DIRECTORY = "dump";
/** Connections of their own, and as many processors of this machine. */
const MOST_JOBS = 4;
/** Whoever holds a table so that nobody can read it is waited for no longer; in milliseconds. */
const LOCK_WAIT_MS = 60_000;
const LOOK_EVERY_MS = 1000;
/** Text compresses to about that part of its table. Where it does not, pg_dump itself ends on a full disk, and nothing is kept. */
const LEAST_PART = 5;

/**
 * A logical dump in pg_dump's directory format, of one snapshot in which its rows are counted, too. It appears in the catalogue
 * whole or not at all.
 *
 * @throws HoldfastError no_backup where no pg_dump fits; connection_failed, authentication_failed; backup_failed, interrupted
 */
export async function takeDump(site: DumpSite, request: BackupRequest): Promise<DumpEntry> {
  const { name, signal, progress, connection } = site;
  const what = `The dump of ${connection.database} at ${connection.host}:${connection.port}`;
  const folder = catalogueFolder(name);
  try {
    await clearLeftovers(folder, name.root);
    const entry = await withDraft(folder, async (draft) => {
      const contents = await dumpInto(site, draft);
      site.killPoint("backup-copied");
      return publish<DumpManifest>(folder, draft, describe(site, request, contents));
    });
    site.killPoint("backup-published");
    await prune(folder, site, entry);
    progress({ kind: "backup", state: "done", id: entry.id, bytes: entry.sizeBytes });
    return entry;
  } catch (error) {
    // Ctrl-C goes to the whole group: pg_dump may have heard it first.
    await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted) throw interrupted(what);
    throw dumpFault("backup_failed", what, error);
  }
}

type Contents = Pick<DumpManifest, "takenAt" | "resourceId" | "server" | "dump" | "roles" | "tables">;

async function dumpInto(site: DumpSite, draft: string): Promise<Contents> {
  const session = await openDumpSession(site.connection);
  try {
    const { server, resourceId, takenAt, roles } = session;
    const program = await findClientProgram("pg_dump", server.major, refusal(server.major));
    const directory = join(draft, DIRECTORY);
    const tables = await runDump({ ...site, session, program, directory });
    const files = await describeFiles(directory, site.signal);
    await syncFolder(draft);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    return {
      ...{ takenAt: takenAt.toISOString(), resourceId, server: { version: server.version } },
      dump: { directory: DIRECTORY, programVersion: program.version, bytes, files },
      ...{ roles, tables },
    };
  } finally {
    await session.close();
  }
}

function refusal(serverMajor: number) {
  return {
    code: "no_backup" as const,
    what: `The database cannot be backed up: the server is PostgreSQL ${serverMajor}`,
    otherwise:
      'Or take a backup by hand and say so: --no-backup-because "…" (kept in the history; never for a contract).',
  };
}

/** The rows are counted meanwhile. What fails first ends the other. */
async function runDump(dumping: Dumping): Promise<readonly TableCount[]> {
  const { session, directory, signal, connection, progress } = dumping;
  const totalBytes = Math.ceil(session.tableBytes / LEAST_PART);
  await refuseWithoutRoom("backup_failed", join(directory, ".."), totalBytes);
  progress({ kind: "backup", state: "started", totalBytes });
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const watching = setInterval(() => void tell(dumping, totalBytes), LOOK_EVERY_MS);
  try {
    const counting = session.countRows();
    const dumped = withClientLogin(connection, "dump", (env) =>
      runClient(dumping.program, argumentsOf(dumping), { env, signal: stop }),
    );
    const both = [counting, dumped] as const;
    for (const each of both) each.catch(() => failed.abort());
    const [counted, ran] = await Promise.allSettled(both);
    if (ran.status === "rejected" && !(failed.signal.aborted && counted.status === "rejected")) throw ran.reason;
    if (counted.status === "rejected") throw counted.reason;
    return counted.value;
  } finally {
    clearInterval(watching);
  }
}

async function tell({ directory, progress }: Dumping, totalBytes: number): Promise<void> {
  progress({ kind: "backup", state: "copying", bytes: await folderBytes(directory), totalBytes });
}

/** pg_dump flushes what it wrote by itself. */
function argumentsOf({ session, directory }: Dumping): string[] {
  const jobs = Math.max(1, Math.min(MOST_JOBS, availableParallelism()));
  return [
    ...["--format=directory", `--file=${directory}`, `--jobs=${jobs}`, `--snapshot=${session.snapshot}`],
    ...["--no-password", `--lock-wait-timeout=${LOCK_WAIT_MS}`],
    ...(session.role === undefined ? [] : [`--role=${session.role}`]),
  ];
}

function describe({ name, environment }: DumpSite, request: BackupRequest, contents: Contents) {
  const { reason, schemaVersion, release, pendingVersions, contracts, fingerprint } = request;
  const wanted = { reason, schemaVersion, release, pendingVersions, contracts, fingerprint };
  const { project, instance } = name;
  return { format: 1, kind: "dump", project, instance, environment, ...wanted, ...contents } as const;
}

async function withDraft<T>(folder: string, work: (draft: string) => Promise<T>): Promise<T> {
  const draft = await makeWorkFolder(folder, "new");
  try {
    return await work(draft);
  } finally {
    // Published, it is no longer there under this name.
    await rm(draft, { recursive: true, force: true });
  }
}

/** The dump is there and good whatever becomes of the old ones. */
async function prune(folder: string, { now, retentionMs, progress }: DumpSite, entry: DumpEntry): Promise<void> {
  try {
    await pruneDumps(folder, entry.manifest.resourceId, now(), retentionMs);
  } catch (error) {
    progress({ kind: "note", message: dumpFault("backup_failed", "Removing old dumps", error).message });
  }
}

function interrupted(what: string): HoldfastError {
  return new HoldfastError("interrupted", `${what} was interrupted; nothing of it was kept.`, {
    next: "Run again.",
  });
}
