import type { DumpEntry } from "../../core/dump-entry.js";
import { HoldfastError } from "../../core/errors.js";
import type { Inspect, Inspection, Proof } from "../../core/inspection.js";
import { proveBackup } from "../backup/prove-backup.js";
import { SUPERUSER } from "../rehearsal/cluster-template.js";
import { startThrowAwayServer, type ThrowAwayServer } from "../rehearsal/throw-away-server.js";
import { dumpFault } from "./dump-fault.js";
import { loadDump, makeMissingRoles } from "./load-dump.js";
import type { DumpSite } from "./take-dump.js";
import { withDumpSession } from "./with-dump-session.js";

/** Who drills. The database that was dumped need not exist any more. */
export interface DumpDrillSite extends Pick<DumpSite, "progress" | "killPoint" | "signal" | "now"> {
  /** The data root, where the embedded server's programs are. */
  readonly root: string;
  readonly inspect: Inspect;
}

const DATABASE = "drill";

/**
 * Restores a dump into a throw-away embedded server, with the roles it names, has it looked through, and records the proof.
 *
 * @throws HoldfastError drill_failed, backup_damaged, interrupted
 */
export async function drillDump(site: DumpDrillSite, entry: DumpEntry): Promise<Proof> {
  site.progress({ kind: "drill", state: "started" });
  return proveBackup({ site, entry, needed: [entry], faultOf: dumpFault }, () =>
    withThrowAwayServer(site.root, (server) => inspectRestored(site, entry, server)),
  );
}

async function withThrowAwayServer<T>(root: string, work: (server: ThrowAwayServer) => Promise<T>): Promise<T> {
  const server = await startThrowAwayServer(root);
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

async function inspectRestored(site: DumpDrillSite, entry: DumpEntry, server: ThrowAwayServer): Promise<Inspection> {
  refuseNewer(entry, server);
  const login = { host: server.host, port: server.port, user: SUPERUSER };
  await withDumpSession({ ...login, database: "postgres" }, async (admin) => {
    await makeMissingRoles(admin, entry.manifest.roles);
    await admin.execute(`CREATE DATABASE ${DATABASE} TEMPLATE template0`);
  });
  const connection = { ...login, database: DATABASE };
  const refusal = { code: "drill_failed", what: `Backup ${entry.id} cannot be drilled` } as const;
  await loadDump({ entry, into: connection, withOwners: true, refusal, signal: site.signal });
  site.killPoint("drill-running");
  const { tables, schemaVersion, fingerprint } = entry.manifest;
  return site.inspect({ connection, expected: { tables, schemaVersion, fingerprint } });
}

function refuseNewer({ id, manifest }: DumpEntry, { major }: ThrowAwayServer): void {
  if (Number.parseInt(manifest.server.version, 10) <= major) return;
  throw new HoldfastError(
    "drill_failed",
    `Backup ${id} is of PostgreSQL ${manifest.server.version}, and the embedded server is of version ${major}.`,
    { next: "Use a version of Holdfast that brings this PostgreSQL." },
  );
}
