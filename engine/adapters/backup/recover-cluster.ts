import { chown, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { HoldfastError } from "../../core/errors.js";
import { runSingleUser, type Cluster } from "../local/cluster.js";
import { LOCAL_DATABASE } from "../local/instance-file.js";
import { serverUser } from "../local/server-user.js";

/** Where recovery ends. */
export type RecoveryEnd =
  /** The restore point with which the backup was closed. */
  | { readonly restorePoint: string }
  /** The last WAL segment in this archive. */
  | { readonly archive: string };

/** The link, in the data directory's parent, under which recovery finds another cluster's archive. */
const ARCHIVE_LINK = "recovered-wal";

/**
 * Brings an unpacked data directory to a consistent, stopped cluster on a timeline of its own, and runs `statements` in it.
 * In single-user mode: no port is open before the new password holds. Hot standby is off, since it cannot be in that mode.
 *
 * @throws HoldfastError restore_failed with the server's words
 */
export async function recoverCluster(cluster: Cluster, end: RecoveryEnd, statements: readonly string[]): Promise<void> {
  const link = join(dirname(cluster.dataDirectory), ARCHIVE_LINK);
  await writeSignal(cluster.dataDirectory);
  // Through a link, so that no odd character of a path gets into a shell command.
  if ("archive" in end) await symlink(end.archive, link);
  try {
    await runSingleUser(cluster, LOCAL_DATABASE, statements, { hot_standby: "off", ...target(end) });
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    throw new HoldfastError(
      "restore_failed",
      `The restored cluster did not recover: ${error.message}`,
      { next: "Restore another backup: `holdfast backups` lists them. Nothing half-made was left." },
      { cause: error },
    );
  } finally {
    await rm(link, { force: true });
  }
}

/** The WAL of the backup itself is in pg_wal already; `restore_command` may not be empty (manual, 19.5.5). */
function target(end: RecoveryEnd): Readonly<Record<string, string>> {
  if ("archive" in end)
    return { restore_command: `cp "../${ARCHIVE_LINK}/%f" "%p"`, recovery_target_timeline: "latest" };
  return {
    restore_command: "false",
    recovery_target_name: end.restorePoint,
    recovery_target_timeline: "current",
    recovery_target_action: "promote",
  };
}

/** An empty file that asks for recovery from an archive (manual, 25.3.5). */
async function writeSignal(dataDirectory: string): Promise<void> {
  const path = join(dataDirectory, "recovery.signal");
  await writeFile(path, "", { mode: 0o600 });
  const user = serverUser();
  if (user !== undefined) await chown(path, user.uid, user.gid);
}

/** The superuser's new password, from the file `preparePlaces` made. */
export async function setPassword(user: string, passwordFile: string): Promise<string> {
  return `ALTER ROLE ${user} PASSWORD '${await readFile(passwordFile, "utf8")}'`;
}
