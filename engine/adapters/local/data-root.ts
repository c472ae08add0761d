import { mkdir, chown } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { BESIDE_INSTANCES, chooseDataRoot, isFolderName } from "../../core/data-root.js";
import { HoldfastError } from "../../core/errors.js";
import { serverUser } from "./server-user.js";

/** Where local databases and their backups live on this machine. */
export function dataRoot(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return chooseDataRoot({ env, platform: process.platform, uid: process.getuid?.(), home: homedir() });
}

/** Where all databases of this data root find PostgreSQL. */
export function binariesRoot(root: string): string {
  return join(root, "binaries");
}

/**
 * The folder of one local database: `<root>/<project>/<name>`.
 *
 * @throws HoldfastError invalid_usage for a name that is no folder of its own, or a root PostgreSQL cannot live in
 */
export function instanceDirectory(root: string, project: string, name: string): string {
  refuseRoot(root);
  refuseName("project", project, ["binaries"]);
  refuseName("instance", name, BESIDE_INSTANCES);
  return join(root, project, name);
}

/** initdb and pg_ctl pass paths to a shell in double quotes, where these four still have a meaning. */
function refuseRoot(root: string): void {
  if (isAbsolute(root) && !/["$`\\\n]/.test(root)) return;
  throw new HoldfastError("invalid_usage", `HOLDFAST_HOME cannot be "${root}".`, {
    next: 'Give an absolute path without ", $, `, \\ and line breaks.',
  });
}

function refuseName(what: string, name: string, taken: readonly string[]): void {
  if (isFolderName(name, taken)) return;
  throw new HoldfastError("invalid_usage", `"${name}" cannot be the name of a local ${what}.`, {
    next: `Use letters, digits, "_", "-" and ".", starting with a letter or digit, and none of: ${taken.join(", ")}.`,
  });
}

/**
 * Makes a folder with all its parents; the new ones belong to the server's user.
 *
 * @throws HoldfastError server_not_started where the disk or its rights do not allow it
 */
export async function makeFolder(path: string, mode = 0o755): Promise<void> {
  const user = serverUser();
  try {
    const first = await mkdir(path, { recursive: true, mode });
    if (first === undefined || user === undefined) return;
    for (let folder = path; folder.length >= first.length; folder = dirname(folder)) {
      await chown(folder, user.uid, user.gid);
    }
  } catch (error) {
    throw storageFault(error, path);
  }
}

const STORAGE_FAULTS: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENOTDIR: "a file stands in the way",
};

/** A fault of the disk in words; anything else comes back as it is. */
export function storageFault(error: unknown, path: string): unknown {
  const { code = "" } = error as NodeJS.ErrnoException;
  const reason = STORAGE_FAULTS[code];
  if (reason === undefined) return error;
  return new HoldfastError(
    "server_not_started",
    `Cannot write the local database's folder ${path}: ${reason}.`,
    { next: "Make room or give the permission there, or set HOLDFAST_HOME to another folder, and run again." },
    { cause: error },
  );
}
