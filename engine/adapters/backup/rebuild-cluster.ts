import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import type { BaseEntry } from "../../core/catalogue.js";
import { preparePlaces } from "../local/empty-cluster.js";
import { LOCAL_SUPERUSER } from "../local/instance-file.js";
import { clusterOf } from "../local/instances.js";
import type { Cluster } from "../local/cluster.js";
import { unpackBackup, verifyBytes } from "./extract-backup.js";
import { refuseWithoutRoom } from "./free-space.js";
import { recoverCluster, setPassword, type Recovered, type RecoveryEnd, type WalFile } from "./recover-cluster.js";

export interface RebuildRequest {
  readonly root: string;
  readonly entry: BaseEntry;
  /** New and empty; gets `data`, `wal` and `password`, as every instance has them. */
  readonly directory: string;
  readonly end: RecoveryEnd;
  /** The log behind the backup's own. Default: none. */
  readonly wal?: readonly WalFile[];
  /** For a drill: fast, since it need not survive the machine, and without an archive. */
  readonly isThrowAway: boolean;
  /** Run in the recovered database before anyone can connect; one line each. */
  readonly statements: readonly string[];
  readonly onBytes: (bytes: number) => void;
}

/** Stopped. */
export interface RebuiltCluster extends Cluster {
  readonly recovered: Recovered;
}

const THROW_AWAY_SETTINGS = "\nfsync = off\nfull_page_writes = off\narchive_mode = off\n";

/**
 * A stopped cluster out of a backup, with a superuser password and a WAL archive of its own.
 *
 * @throws HoldfastError backup_damaged, restore_failed
 */
export async function rebuildCluster(request: RebuildRequest): Promise<RebuiltCluster> {
  const { root, entry, directory, end, wal = [], isThrowAway, statements, onBytes } = request;
  await refuseWithoutRoom("restore_failed", directory, entry.sizeBytes);
  await verifyBytes(entry);
  const dataDirectory = join(directory, "data");
  await unpackBackup(entry, { dataDirectory, isThrowAway, onBytes });
  // Read after postgresql.conf, so these settings win.
  if (isThrowAway) await appendFile(join(dataDirectory, "postgresql.auto.conf"), THROW_AWAY_SETTINGS);
  const passwordFile = await preparePlaces(directory);
  const cluster = await clusterOf({ root, dataDirectory });
  const allStatements = [await setPassword(LOCAL_SUPERUSER, passwordFile), ...statements];
  return { ...cluster, recovered: await recoverCluster(cluster, { end, wal }, allStatements) };
}
