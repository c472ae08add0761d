import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { BaseEntry } from "../../core/catalogue.js";
import { HoldfastError } from "../../core/errors.js";
import { compareCounts, describeDifferences, type TableCount } from "../../core/row-counts.js";
import type { Cluster } from "../local/cluster.js";
import { startServer, stopServer } from "../local/server-process.js";
import { LOCAL_DATABASE, LOCAL_HOST, LOCAL_SUPERUSER, listLocalInstances } from "../local/instance-file.js";
import { choosePort } from "../local/port.js";
import { backupFault } from "./backup-fault.js";
import { withBackupSession } from "./backup-session.js";
import { catalogueFolder, makeWorkFolder, writeProof } from "./catalogue-folder.js";
import { countNow } from "./count-rows.js";
import { clearLeftovers } from "./prune-catalogue.js";
import { rebuildCluster } from "./rebuild-cluster.js";
import type { BackupSite } from "./take-backup.js";

type DrillSite = Pick<BackupSite, "instance" | "progress" | "killPoint" | "now">;

/**
 * Restores a backup into a throw-away cluster, starts it, compares the rows of every table, and records the proof.
 *
 * @returns when it was proven
 * @throws HoldfastError drill_failed, backup_damaged
 */
export async function drillBackup(site: DrillSite, entry: BaseEntry): Promise<Date> {
  const { instance, progress } = site;
  const folder = catalogueFolder({ ...instance, instance: instance.name });
  progress({ kind: "drill", state: "started" });
  try {
    await clearLeftovers(folder, instance.root);
    const found = await inThrowAwayFolder(folder, (directory) => countRestored(site, entry, directory));
    const differences = compareCounts(entry.manifest.tables, found);
    if (differences.length > 0) throw notProven(entry, describeDifferences(differences));
    const provenAt = site.now();
    await writeProof(entry, { provenAt });
    progress({ kind: "drill", state: "done" });
    return provenAt;
  } catch (error) {
    const fault = backupFault("drill_failed", `The drill of backup ${entry.id}`, error);
    if (fault.code === "backup_damaged" || fault.code === "drill_failed") throw fault;
    throw new HoldfastError("drill_failed", `The drill of backup ${entry.id} failed: ${fault.message}`, fault.details, {
      cause: fault,
    });
  }
}

async function countRestored(
  { instance: { root }, killPoint }: DrillSite,
  entry: BaseEntry,
  directory: string,
): Promise<TableCount[]> {
  const end = { restorePoint: entry.manifest.wal.restorePoint };
  const options = { isThrowAway: true, statements: [], onBytes: () => undefined };
  const cluster = await rebuildCluster({ root, entry, directory, end, ...options });
  const taken = new Set((await listLocalInstances({ root })).map(({ port }) => port));
  const port = await choosePort(directory, taken);
  const address = { host: LOCAL_HOST, port, database: LOCAL_DATABASE, user: LOCAL_SUPERUSER };
  return whileRunning(cluster, port, join(directory, "server.log"), () => {
    killPoint("drill-running");
    return withBackupSession({ ...address, passwordFile: join(directory, "password") }, countNow);
  });
}

async function whileRunning<T>(cluster: Cluster, port: number, logFile: string, work: () => Promise<T>): Promise<T> {
  await startServer(cluster, { port, logFile });
  try {
    return await work();
  } finally {
    await stopServer(cluster);
  }
}

async function inThrowAwayFolder<T>(folder: string, work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await makeWorkFolder(folder, "drill");
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function notProven({ id }: BaseEntry, differences: string): HoldfastError {
  return new HoldfastError(
    "drill_failed",
    `Backup ${id} restores with other rows than it was taken with: ${differences}.`,
    {
      next: "Keep this backup for examination, take another one, and drill that.",
    },
  );
}
