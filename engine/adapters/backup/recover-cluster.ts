import { chown, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { HoldfastError } from "../../core/errors.js";
import { readRecoveryMessages, readSwitchPoint, type RecoveryMessages } from "../../core/recovery-messages.js";
import { readLsn } from "../../core/wal-position.js";
import { runSingleUser, type Cluster } from "../local/cluster.js";
import { LOCAL_DATABASE } from "../local/instance-file.js";
import { serverUser } from "../local/server-user.js";

/** Where recovery ends. */
export type RecoveryEnd =
  /** A named mark, such as the one with which a backup was closed. */
  | { readonly restorePoint: string }
  /** An instant as PostgreSQL reads it: everything committed up to and at it, and nothing later. */
  | { readonly time: string }
  /** Just before this place in the log, as the server prints it. */
  | { readonly before: string }
  /** Where the log ends. */
  | { readonly allWal: true };

/** A file of the write-ahead log that recovery may read beside those in the data directory itself. */
export interface WalFile {
  readonly name: string;
  readonly path: string;
}

export interface Recovery {
  readonly end: RecoveryEnd;
  readonly wal: readonly WalFile[];
}

/** Where recovery really ended. */
export interface Recovered {
  /** The target lies behind the last commit there is. */
  readonly isEnd: boolean;
  /** In bytes since the log's beginning. */
  readonly reached: bigint;
  /** Of the last commit that was replayed; null: none was. */
  readonly lastCommitAt: Date | null;
}

/** The folder, in the data directory's parent, in which recovery finds what `wal` names. */
const WAL_LINKS = "recovered-wal";

/** As core/recovery-messages.ts reads them, whatever the cluster's own settings say. */
const READABLE = { log_min_messages: "log", lc_messages: "C", log_timezone: "UTC" };

/**
 * Brings an unpacked data directory to a consistent, stopped cluster on a timeline of its own, and runs `statements` in it.
 * In single-user mode: no port is open before the new password holds. Hot standby is off, since it cannot be in that mode.
 *
 * @throws HoldfastError restore_failed with the server's words
 */
export async function recoverCluster(
  cluster: Cluster,
  { end, wal }: Recovery,
  statements: readonly string[],
): Promise<Recovered> {
  const links = join(dirname(cluster.dataDirectory), WAL_LINKS);
  await writeSignal(cluster.dataDirectory);
  // Through links, so that no odd character of a path gets into a shell command, and no file beside those named is read.
  await mkdir(links, { mode: 0o755 });
  try {
    for (const { name, path } of wal) await symlink(path, join(links, name));
    const { messages, isEnd } = await recover(cluster, end, statements);
    return { isEnd, lastCommitAt: messages.lastCommitAt, reached: await readReached(cluster) };
  } finally {
    await rm(links, { recursive: true, force: true });
  }
}

/** PostgreSQL refuses an instant behind the last commit, and leaves the cluster such that recovery can go on to the end. */
async function recover(
  cluster: Cluster,
  end: RecoveryEnd,
  statements: readonly string[],
): Promise<{ readonly messages: RecoveryMessages; readonly isEnd: boolean }> {
  const toEnd = "allWal" in end;
  try {
    const text = await runSingleUser(cluster, LOCAL_DATABASE, statements, { ...settings(end), ...READABLE });
    return { messages: readRecoveryMessages(text), isEnd: toEnd };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    if ("time" in end && readRecoveryMessages(error.message).endedEarly) {
      return recover(cluster, { allWal: true }, statements);
    }
    throw notRecovered(error);
  }
}

function notRecovered(error: HoldfastError): HoldfastError {
  return new HoldfastError(
    "restore_failed",
    `The restored cluster did not recover: ${error.message}`,
    { next: "Restore another backup: `holdfast backups` lists them. Nothing half-made was left." },
    { cause: error },
  );
}

/**
 * The timeline is the backup's own, never the newest that an archive names. The WAL of the backup itself is in pg_wal already.
 */
function settings(end: RecoveryEnd): Readonly<Record<string, string>> {
  return {
    hot_standby: "off",
    restore_command: `cp "../${WAL_LINKS}/%f" "%p"`,
    recovery_target_timeline: "current",
    recovery_target_action: "promote",
    ...target(end),
  };
}

function target(end: RecoveryEnd): Readonly<Record<string, string>> {
  if ("restorePoint" in end) return { recovery_target_name: end.restorePoint };
  if ("time" in end) return { recovery_target_time: end.time, recovery_target_inclusive: "on" };
  if ("before" in end) return { recovery_target_lsn: end.before, recovery_target_inclusive: "off" };
  return {};
}

/** An empty file that asks for recovery from an archive (manual, 25.3.5). */
async function writeSignal(dataDirectory: string): Promise<void> {
  const path = join(dataDirectory, "recovery.signal");
  await writeFile(path, "", { mode: 0o600 });
  const user = serverUser();
  if (user !== undefined) await chown(path, user.uid, user.gid);
}

/** From the history of the timeline that recovery began, the newest one there is. */
async function readReached({ dataDirectory }: Cluster): Promise<bigint> {
  const folder = join(dataDirectory, "pg_wal");
  const newest = (await readdir(folder))
    .filter((name) => name.endsWith(".history"))
    .toSorted()
    .at(-1);
  const history = newest === undefined ? "" : await readFile(join(folder, newest), "utf8");
  return readLsn(readSwitchPoint(history) ?? "0/0");
}

/** The superuser's new password, from the file `preparePlaces` made. */
export async function setPassword(user: string, passwordFile: string): Promise<string> {
  return `ALTER ROLE ${user} PASSWORD '${await readFile(passwordFile, "utf8")}'`;
}
