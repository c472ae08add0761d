import { chmodSync } from "node:fs";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { findLocalInstance, type LocalInstance } from "../../engine/adapters/local/instance-file.js";
import { ensureLocalInstance, stopLocalInstance } from "../../engine/adapters/local/instances.js";

export const PROJECT = "bench";
/** The embedded database that is backed up; under the second name it is dumped as any other PostgreSQL would be. */
const BACKED_UP = "main";
export const DUMPED = "dumped";
export const RESTORED = "restored";

export async function groundOf(root: string): Promise<LocalInstance> {
  const instance = await findLocalInstance({ project: PROJECT, name: BACKED_UP, root });
  if (instance === undefined) throw new Error("the database to be backed up is gone");
  return instance;
}

/** An embedded database with that many rows, below a data root of its own. */
export async function makeGround(root: string, rows: number): Promise<LocalInstance> {
  // As root the server runs as another user, who must get in.
  chmodSync(root, 0o755);
  const instance = await ensureLocalInstance({ project: PROJECT, name: BACKED_UP, root });
  const client = await connect(instance);
  await client.query(
    "CREATE TABLE orders (id bigint PRIMARY KEY, payload text NOT NULL, touched integer NOT NULL DEFAULT 0, status text)",
  );
  await client.query(
    `INSERT INTO orders (id, payload) SELECT i, repeat(md5(i::text), 2) FROM generate_series(1, ${rows}) i`,
  );
  await client.query("VACUUM ANALYZE orders");
  await client.query("CHECKPOINT");
  await client.end();
  return instance;
}

/** A connected client as superuser; the caller ends it. */
export async function connect(instance: LocalInstance, database = instance.database): Promise<Client> {
  const { host, port, user, passwordFile } = instance;
  const client = new Client({ host, port, user, database, password: await passwordIn(passwordFile) });
  await client.connect();
  return client;
}

export async function passwordIn(file: string): Promise<string> {
  return (await readFile(file, "utf8")).trim();
}

/** What a restore made, beside: a cluster, or a database on the same server. */
export async function removeRestored(instance: LocalInstance): Promise<void> {
  const restored = await findLocalInstance({ project: PROJECT, name: RESTORED, root: instance.root });
  if (restored !== undefined) await stopLocalInstance(restored);
  await rm(join(instance.root, PROJECT, RESTORED), { recursive: true, force: true });
  const client = await connect(instance, "postgres");
  await client.query(`DROP DATABASE IF EXISTS ${RESTORED} WITH (FORCE)`);
  await client.end();
}

/** Bytes of all files below a folder; 0 where there is none. */
export async function bytesBelow(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = names.map(async (name) => {
    const found = await stat(join(folder, name)).catch(() => undefined);
    return found?.isFile() === true ? found.size : 0;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
