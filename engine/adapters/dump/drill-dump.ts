import { asDump, type DumpEntry } from "../../core/dump-entry.js";
import type { ConnectionSettings } from "../../core/connection-settings.js";
import { HoldfastError } from "../../core/errors.js";
import type { BackupEntry, Session } from "../../core/ports.js";
import { compareCounts, describeDifferences, type TableCount } from "../../core/row-counts.js";
import { damaged, readEntry, writeProof } from "../backup/catalogue-folder.js";
import { countRows } from "../backup/count-rows.js";
import { pgSessions } from "../pg-session.js";
import { SUPERUSER } from "../rehearsal/cluster-template.js";
import { startThrowAwayServer, type ThrowAwayServer } from "../rehearsal/throw-away-server.js";
import { dumpFault } from "./dump-fault.js";
import { loadDump, makeMissingRoles } from "./load-dump.js";
import type { DumpSite } from "./take-dump.js";

type DrillSite = Pick<DumpSite, "name" | "progress" | "killPoint" | "signal" | "now">;

const DATABASE = "drill";

/**
 * Restores a dump into a throw-away embedded server, with the roles it names, compares the rows of every table, and records
 * the proof.
 *
 * @returns when it was proven
 * @throws HoldfastError drill_failed, backup_damaged
 */
export async function drillDump(site: DrillSite, { id, path }: BackupEntry): Promise<Date> {
  const { progress } = site;
  progress({ kind: "drill", state: "started" });
  try {
    const entry = await readEntry(path);
    if (entry === undefined) throw damaged(`Backup ${id} is no longer in ${path}.`);
    const found = await withThrowAwayServer(site.name.root, (server) => countRestored(site, asDump(entry), server));
    const differences = compareCounts(entry.manifest.kind === "dump" ? entry.manifest.tables : [], found);
    if (differences.length > 0) throw notProven(id, describeDifferences(differences));
    const provenAt = site.now();
    await writeProof(entry, { provenAt });
    progress({ kind: "drill", state: "done" });
    return provenAt;
  } catch (error) {
    const fault = dumpFault("drill_failed", `The drill of backup ${id}`, error);
    if (fault.code === "backup_damaged" || fault.code === "drill_failed") throw fault;
    throw new HoldfastError("drill_failed", `The drill of backup ${id} failed: ${fault.message}`, fault.details, {
      cause: fault,
    });
  }
}

async function withThrowAwayServer<T>(root: string, work: (server: ThrowAwayServer) => Promise<T>): Promise<T> {
  const server = await startThrowAwayServer(root);
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

async function countRestored(
  { killPoint, signal }: DrillSite,
  entry: DumpEntry,
  server: ThrowAwayServer,
): Promise<TableCount[]> {
  refuseNewer(entry, server);
  const login = { host: server.host, port: server.port, user: SUPERUSER };
  await withSession({ ...login, database: "postgres" }, async (admin) => {
    await makeMissingRoles(admin, entry.manifest.roles);
    await admin.execute(`CREATE DATABASE ${DATABASE} TEMPLATE template0`);
  });
  const into = { ...login, database: DATABASE };
  const refusal = { code: "drill_failed", what: `Backup ${entry.id} cannot be drilled` } as const;
  await loadDump({ entry, into, withOwners: true, refusal, signal });
  killPoint("drill-running");
  return withSession(into, (session) =>
    countRows({ query: async <T extends object>(sql: string) => (await session.query(sql)) as T[] }),
  );
}

function refuseNewer({ id, manifest }: DumpEntry, { major }: ThrowAwayServer): void {
  if (Number.parseInt(manifest.server.version, 10) <= major) return;
  throw new HoldfastError(
    "drill_failed",
    `Backup ${id} is of PostgreSQL ${manifest.server.version}, and the embedded server is of version ${major}.`,
    { next: "Use a version of Holdfast that brings this PostgreSQL." },
  );
}

async function withSession<T>(settings: ConnectionSettings, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await pgSessions(settings).open("migrate");
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

function notProven(id: string, differences: string): HoldfastError {
  return new HoldfastError(
    "drill_failed",
    `Backup ${id} restores with other rows than it was taken with: ${differences}.`,
    {
      next: "Keep this backup for examination, take another one, and drill that.",
    },
  );
}
