import { randomBytes } from "node:crypto";
import { chown, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { installBinaries } from "./binaries.js";
import { createCluster, runSingleUser } from "./cluster.js";
import { binariesRoot } from "./data-root.js";
import { LOCAL_DATABASE, LOCAL_OWNER_ROLE } from "./instance-file.js";
import { serverUser } from "./server-user.js";

/**
 * Fills `directory` with a stopped cluster that holds the database `app` and the role that owns it.
 *
 * @throws HoldfastError server_not_started
 */
export async function buildEmptyCluster(root: string, directory: string): Promise<void> {
  const binaries = await installBinaries(binariesRoot(root));
  const cluster = { binaries, dataDirectory: join(directory, "data") };
  await createCluster(cluster, await preparePlaces(directory));
  await runSingleUser(cluster, "template1", [
    `CREATE ROLE ${LOCAL_OWNER_ROLE} NOLOGIN`,
    `CREATE DATABASE ${LOCAL_DATABASE} OWNER ${LOCAL_OWNER_ROLE}`,
  ]);
  await runSingleUser(cluster, LOCAL_DATABASE, [`ALTER SCHEMA public OWNER TO ${LOCAL_OWNER_ROLE}`]);
}

/** The WAL archive and a fresh superuser password, both the server user's own. @returns the password's file */
export async function preparePlaces(directory: string): Promise<string> {
  const passwordFile = join(directory, "password");
  const wal = join(directory, "wal");
  await writeFile(passwordFile, randomBytes(24).toString("base64url"), { mode: 0o600, flush: true });
  await mkdir(wal, { mode: 0o700 });
  const user = serverUser();
  if (user !== undefined) await Promise.all([passwordFile, wal].map((path) => chown(path, user.uid, user.gid)));
  return passwordFile;
}
