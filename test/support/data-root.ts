import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { readFile, symlink } from "node:fs/promises";
import { installBinaries } from "../../engine/adapters/local/binaries.js";
import { listLocalInstances, type LocalInstance } from "../../engine/adapters/local/instance-file.js";
import { stopLocalInstance } from "../../engine/adapters/local/instances.js";
import { TEST_BINARIES_ROOT } from "./postgres.js";

export interface TestDataRoot {
  readonly path: string;
  /** Stops every local database below it and removes all. */
  remove(): Promise<void>;
}

/**
 * A data root of its own for one test file. Its name holds what careless quoting breaks on. PostgreSQL's binaries are shared
 * with the test servers, so that each test file does not copy them again.
 */
export async function createDataRoot({ withBinaries = true } = {}): Promise<TestDataRoot> {
  const path = await mkdtemp(join(tmpdir(), "holdfast data 100%p f-"));
  // As root the server runs as another user, who must get in.
  await chmod(path, 0o755);
  if (withBinaries) {
    await installBinaries(TEST_BINARIES_ROOT);
    await symlink(TEST_BINARIES_ROOT, join(path, "binaries"));
  }
  return { path, remove: () => removeDataRoot(path) };
}

async function removeDataRoot(path: string): Promise<void> {
  for (const instance of await listLocalInstances({ root: path })) await stopLocalInstance(instance);
  await rm(path, { recursive: true, force: true });
}

/** A superuser client of a running local database; the caller ends it. */
export async function connectLocal(instance: LocalInstance, database = instance.database): Promise<Client> {
  const { host, port, user, passwordFile } = instance;
  const client = new Client({ host, port, user, database, password: await readFile(passwordFile, "utf8") });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}
