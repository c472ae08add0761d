import { readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { LocalEntry } from "../../core/catalogue.js";
import type { Inspect, Inspection, Proof } from "../../core/inspection.js";
import type { Cluster } from "../local/cluster.js";
import { startServer, stopServer } from "../local/server-process.js";
import { LOCAL_DATABASE, LOCAL_HOST, LOCAL_SUPERUSER, listLocalInstances } from "../local/instance-file.js";
import { choosePort } from "../local/port.js";
import { backupFault } from "./backup-fault.js";
import type { BackupSite } from "./backup-site.js";
import { makeWorkFolder } from "./catalogue-folder.js";
import { planEntry, type RestorePlan } from "./plan-restore.js";
import { drillFault, proveBackup } from "./prove-backup.js";
import { clearLeftovers } from "./prune-catalogue.js";
import { rebuildCluster } from "./rebuild-cluster.js";

/** Who drills. The database that was backed up need not exist any more. */
export interface DrillSite extends Pick<BackupSite, "progress" | "killPoint" | "signal" | "now"> {
  readonly root: string;
  readonly inspect: Inspect;
}

/**
 * Restores a backup into a throw-away cluster, starts it, has it looked through, and records the proof.
 *
 * @throws HoldfastError drill_failed, backup_damaged, interrupted
 */
export async function drillBackup(site: DrillSite, entry: LocalEntry): Promise<Proof> {
  const folder = dirname(entry.path);
  site.progress({ kind: "drill", state: "started" });
  const drill = { site, entry, faultOf: backupFault };
  const plan = await prepare(site, entry).catch((error: unknown) => {
    throw drillFault(drill, error);
  });
  return proveBackup({ ...drill, needed: [entry, plan.base] }, () =>
    inThrowAwayFolder(folder, (directory) => inspectRestored(site, { entry, plan, directory })),
  );
}

async function prepare(site: DrillSite, entry: LocalEntry): Promise<RestorePlan> {
  await clearLeftovers(dirname(entry.path), site.root);
  return planEntry(site.root, entry, site);
}

interface Drill {
  readonly entry: LocalEntry;
  readonly plan: RestorePlan;
  readonly directory: string;
}

async function inspectRestored(
  { root, inspect, killPoint, signal }: DrillSite,
  { entry, plan, directory }: Drill,
): Promise<Inspection> {
  const { base, end, wal } = plan;
  const onBytes = (): void => signal.throwIfAborted();
  const options = { isThrowAway: true, statements: [], onBytes };
  const cluster = await rebuildCluster({ root, entry: base, directory, end, wal, ...options });
  const taken = new Set((await listLocalInstances({ root })).map(({ port }) => port));
  const port = await choosePort(directory, taken);
  const password = (await readFile(join(directory, "password"), "utf8")).trim();
  const connection = { host: LOCAL_HOST, port, database: LOCAL_DATABASE, user: LOCAL_SUPERUSER, password };
  const { tables, schemaVersion, fingerprint } = entry.manifest;
  return whileRunning(cluster, port, join(directory, "server.log"), () => {
    killPoint("drill-running");
    return inspect({ connection, expected: { tables, schemaVersion, fingerprint } });
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
