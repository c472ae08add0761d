import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConnectionSettings } from "../../core/connection-settings.js";
import { HoldfastError } from "../../core/errors.js";
import type { RestoredDatabase } from "../../core/restored-database.js";
import { refuseWithoutRoom } from "../backup/free-space.js";
import type { Cluster } from "../local/cluster.js";
import { settingsOf } from "../local/connection.js";
import { buildEmptyCluster } from "../local/empty-cluster.js";
import {
  listLocalInstances,
  LOCAL_DATABASE,
  LOCAL_HOST,
  LOCAL_OWNER_ROLE,
  LOCAL_SUPERUSER,
} from "../local/instance-file.js";
import { clusterOf, startLocalInstance } from "../local/instances.js";
import { choosePort } from "../local/port.js";
import { registerLocalInstance } from "../local/register-instance.js";
import { startServer, stopServer } from "../local/server-process.js";
import { loadDump, makeMissingRoles } from "./load-dump.js";
import type { RestoreDumpWork } from "./restore-dump.js";
import { settleRestored } from "./settle-restored.js";
import { withDumpSession } from "./with-dump-session.js";

/** Rows take about that many times the room of their dump. */
const SWELLS = 5;
/** Makes the objects, and gives them away: what it must be able to make, such as an extension, only a superuser may. */
const LOADER = "holdfast_loader";

/** A new embedded instance, whose owner role owns what the dump holds. It appears whole or not at all, and runs. */
export async function restoreIntoLocal(
  work: RestoreDumpWork,
): Promise<Pick<RestoredDatabase, "connection" | "resourceId">> {
  const { name, as, entry, schema = "public" } = work;
  const instance = await registerLocalInstance({
    ...{
      root: name.root,
      project: name.project,
      name: as,
      restoredFrom: { backup: entry.id, resourceId: entry.manifest.resourceId },
    },
    build: async (directory) => {
      await refuseWithoutRoom("restore_failed", directory, entry.sizeBytes * SWELLS);
      await buildEmptyCluster(name.root, directory);
      const cluster = await clusterOf({ root: name.root, dataDirectory: join(directory, "data") });
      refuseNewer(work, cluster.binaries.major);
      await fill(work, cluster, directory);
    },
  });
  await startLocalInstance(instance);
  return { connection: settingsOf(instance, schema), resourceId: instance.resourceId };
}

function refuseNewer({ entry: { id, manifest } }: RestoreDumpWork, major: number): void {
  if (Number.parseInt(manifest.server.version, 10) <= major) return;
  throw new HoldfastError(
    "restore_failed",
    `Backup ${id} is of PostgreSQL ${manifest.server.version}, and the embedded server is of version ${major}.`,
    { next: "Restore on its own server, as a role that may make databases (CREATEDB), or use a newer Holdfast." },
  );
}

async function fill(work: RestoreDumpWork, cluster: Cluster, directory: string): Promise<void> {
  const taken = new Set((await listLocalInstances({ root: work.name.root })).map(({ port }) => port));
  const port = await choosePort(directory, taken);
  const password = (await readFile(join(directory, "password"), "utf8")).trim();
  const into = { host: LOCAL_HOST, port, database: LOCAL_DATABASE, user: LOCAL_SUPERUSER, password };
  await startServer(cluster, { port, logFile: join(directory, "server.log") });
  try {
    await load(work, into);
  } finally {
    await stopServer(cluster);
  }
}

async function load(work: RestoreDumpWork, into: ConnectionSettings): Promise<void> {
  const { entry, as } = work;
  const refusal = { code: "restore_failed", what: `Backup ${entry.id} cannot be restored` } as const;
  await withDumpSession(into, async (session) => {
    await makeMissingRoles(session, entry.manifest.roles);
    await session.execute(`CREATE ROLE ${LOADER} SUPERUSER NOLOGIN`);
  });
  await loadDump({ ...work, into, withOwners: false, role: LOADER, refusal });
  await withDumpSession(into, async (session) => {
    for (const { name } of await session.query("SELECT quote_ident(evtname) AS name FROM pg_event_trigger")) {
      await session.execute(`ALTER EVENT TRIGGER ${name ?? ""} OWNER TO ${LOCAL_SUPERUSER}`);
    }
    await session.execute(`REASSIGN OWNED BY ${LOADER} TO ${LOCAL_OWNER_ROLE}`);
    await session.execute(`DROP OWNED BY ${LOADER}`);
    await session.execute(`DROP ROLE ${LOADER}`);
    await settleRestored(session, as);
  });
}
