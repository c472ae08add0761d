import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Stats } from "node:fs";

/** Something of a data directory that belongs into its copy. */
export interface DataFile {
  /** From the data directory, with slashes. */
  readonly path: string;
  readonly isFolder: boolean;
  readonly bytes: number;
}

const CONTROL_FILE = "global/pg_control";

/** Kept as empty folders: what they hold is of the running server only, or is rebuilt at start (manual, 25.3.6). */
const EMPTIED = new Set([
  "pg_wal",
  "pg_replslot",
  "pg_dynshmem",
  "pg_notify",
  "pg_serial",
  "pg_snapshots",
  "pg_stat_tmp",
  "pg_subtrans",
]);

const LEFT_OUT = new Set([
  "postmaster.pid",
  "postmaster.opts",
  "backup_label",
  "backup_label.old",
  "tablespace_map",
  "tablespace_map.old",
  "backup_manifest",
  "current_logfiles.tmp",
  "postgresql.auto.conf.tmp",
]);

/** Of each folder: temporary files, the relation cache, and temporary tables (`t<backend>_<file>`). */
const PASSING = /^(?:pgsql_tmp|pg_internal\.init)|^t\d+_\d+(?:[._]|$)/;
/** The marker of an unlogged table: its other files are emptied by recovery. */
const INIT_FORK = /^(\d+)_init$/;
const RELATION_FILE = /^(\d+)(?:_(?:fsm|vm))?(?:\.\d+)?$/;

/**
 * What a base backup copies. The control file comes last: it must not be older than anything else in the copy.
 * A listing of a running server's files may name some that are gone when they are read.
 */
export async function listDataFiles(dataDirectory: string): Promise<DataFile[]> {
  const found: DataFile[] = [];
  await walk(dataDirectory, "", found);
  const isControl = ({ path }: DataFile) => path === CONTROL_FILE;
  return [...found.filter((file) => !isControl(file)), ...found.filter(isControl)];
}

async function walk(root: string, folder: string, found: DataFile[]): Promise<void> {
  const names = await readdir(join(root, folder)).catch(ignoreMissing);
  const unlogged = new Set(names?.map((name) => INIT_FORK.exec(name)?.[1]));
  for (const name of (names ?? []).toSorted()) {
    const relation = RELATION_FILE.exec(name)?.[1];
    if (PASSING.test(name) || (relation !== undefined && unlogged.has(relation))) continue;
    const path = folder === "" ? name : `${folder}/${name}`;
    if (LEFT_OUT.has(path)) continue;
    const stats = await stat(join(root, path)).catch(ignoreMissing);
    if (stats === undefined) continue;
    await take(root, path, stats, found);
  }
}

async function take(root: string, path: string, stats: Stats, found: DataFile[]): Promise<void> {
  if (stats.isDirectory()) {
    found.push({ path, isFolder: true, bytes: 0 });
    if (!EMPTIED.has(path)) await walk(root, path, found);
  } else if (stats.isFile()) {
    found.push({ path, isFolder: false, bytes: stats.size });
  }
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
  throw error;
}
