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
 * What a base backup copies, each folder before what it holds. A listing of a running server's files may name some that are
 * gone when they are read.
 */
export async function listDataFiles(dataDirectory: string): Promise<DataFile[]> {
  const found: DataFile[] = [];
  await walk(dataDirectory, "", found);
  return found;
}

async function walk(root: string, folder: string, found: DataFile[]): Promise<void> {
  const names = (await readdir(join(root, folder)).catch(ignoreMissing)) ?? [];
  const unlogged = new Set(names.map((name) => INIT_FORK.exec(name)?.[1]));
  const isCopied = (name: string) => {
    const relation = RELATION_FILE.exec(name)?.[1];
    return !PASSING.test(name) && (relation === undefined || !unlogged.has(relation));
  };
  const paths = names
    .filter(isCopied)
    .toSorted()
    .map((name) => (folder === "" ? name : `${folder}/${name}`))
    .filter((path) => !LEFT_OUT.has(path));
  const stats = await Promise.all(paths.map((path) => stat(join(root, path)).catch(ignoreMissing)));
  for (const [index, path] of paths.entries()) await take(root, path, stats[index], found);
}

async function take(root: string, path: string, stats: Stats | undefined, found: DataFile[]): Promise<void> {
  if (stats?.isDirectory() === true) {
    found.push({ path, isFolder: true, bytes: 0 });
    if (!EMPTIED.has(path)) await walk(root, path, found);
  } else if (stats?.isFile() === true) {
    found.push({ path, isFolder: false, bytes: stats.size });
  }
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
  throw error;
}
