import { randomBytes } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checksumOf } from "../../core/normalise-text.js";
import { quoteLiteral } from "../../core/quote-identifier.js";
import { installBinaries, type PostgresBinaries } from "../local/binaries.js";
import { runSingleUser } from "../local/cluster.js";
import { binariesRoot, makeFolder, storageFault } from "../local/data-root.js";
import { runAsServerUser, serverUser } from "../local/server-user.js";

export const SUPERUSER = "postgres";
/** Logs in and runs the files: what a migrator is on RDS. */
export const REHEARSER = "rehearser";
/** Runs a statement as the superuser, in the session and transaction of whoever calls it. */
export const AS_SUPERUSER = "holdfast_rehearsal.as_superuser";

/**
 * One statement a line, in single-user mode. The roles are those a user of RDS for PostgreSQL meets: nobody is a superuser,
 * members of rds_superuser may do a little more, and whoever logs in may make roles and databases.
 */
const SETUP: readonly string[] = [
  "CREATE ROLE rds_superuser NOLOGIN",
  "GRANT pg_monitor, pg_signal_backend, pg_checkpoint TO rds_superuser WITH ADMIN OPTION",
  "CREATE ROLE rds_iam NOLOGIN",
  "CREATE ROLE rds_password NOLOGIN",
  "CREATE ROLE rds_replication NOLOGIN",
  `CREATE ROLE ${REHEARSER} LOGIN CREATEROLE CREATEDB`,
  `GRANT rds_superuser TO ${REHEARSER} WITH ADMIN OPTION`,
  "CREATE SCHEMA holdfast_rehearsal",
  `CREATE FUNCTION ${AS_SUPERUSER}(statement text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS ${quoteLiteral("BEGIN EXECUTE statement; END")}`,
  `GRANT USAGE ON SCHEMA holdfast_rehearsal TO PUBLIC`,
];

const INITDB = [
  ...["-U", SUPERUSER, "--auth=reject", "--no-sync", "--wal-segsize=1"],
  ...["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
];
/** Names what a template was made with: another setup makes another one. */
const LAYOUT = checksumOf([...SETUP, ...INITDB].join("\n")).slice(0, 12);
const STAMP = "TEMPLATE";

export interface ClusterTemplate {
  readonly binaries: PostgresBinaries;
  /** A stopped, empty cluster, to be copied. */
  readonly dataDirectory: string;
}

/**
 * The empty cluster that every rehearsal starts from. Made once for each version of the binaries, beside them; it is built
 * under a name of its own and renamed into place with its stamp in it, so that it is whole or not there.
 *
 * @throws HoldfastError server_not_started
 */
export async function clusterTemplate(root: string): Promise<ClusterTemplate> {
  const binaries = await installBinaries(binariesRoot(root));
  const target = join(binariesRoot(root), `rehearsal-${binaries.packageVersion}-${LAYOUT}`);
  const template = { binaries, dataDirectory: join(target, "data") };
  if ((await stampOf(target)) === LAYOUT) return template;
  const building = `${target}.new-${process.pid}-${randomBytes(4).toString("hex")}`;
  try {
    await build(binaries, building);
    await putInPlace(building, target);
  } catch (error) {
    throw storageFault(error, target);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return template;
}

async function build(binaries: PostgresBinaries, directory: string): Promise<void> {
  await makeFolder(directory, 0o700);
  const dataDirectory = join(directory, "data");
  await runAsServerUser(serverUser(), binaries.initdb, ["-D", dataDirectory, ...INITDB]);
  // New databases are copies of template1.
  await runSingleUser({ binaries, dataDirectory }, "template1", SETUP, { fsync: "off" });
  await writeFile(join(directory, STAMP), LAYOUT);
}

/** Another process may have been faster; both built the same. */
async function putInPlace(building: string, target: string): Promise<void> {
  try {
    await rename(building, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
    if ((await stampOf(target)) === LAYOUT) return;
    await rm(target, { recursive: true, force: true });
    await rename(building, target);
  }
}

async function stampOf(target: string): Promise<string | undefined> {
  return readFile(join(target, STAMP), "utf8").catch(() => undefined);
}
