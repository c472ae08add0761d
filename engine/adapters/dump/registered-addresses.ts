import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConnectionSettings } from "../../core/connection-settings.js";
import { HoldfastError } from "../../core/errors.js";
import { dataRoot, instanceDirectory, makeFolder } from "../local/data-root.js";
import { writeDurably, type InstanceName } from "../local/instance-file.js";

/** Beside no cluster: the folder of a local database holds an instance.json instead. */
const FILE = "address.json";

/** A database that a restore made on somebody's server, as this machine knows it by name. */
export interface RegisteredAddress {
  /** Without a password: whoever logs in brings it. */
  readonly connection: Omit<ConnectionSettings, "password" | "advice">;
  /** The instance it was restored from. */
  readonly of: string;
  readonly restoredFrom: string;
}

/** Undefined where none was registered under that name. @throws HoldfastError invalid_config for a file that is not ours */
export async function findRegisteredAddress(name: InstanceName): Promise<RegisteredAddress | undefined> {
  const file = fileOf(name);
  try {
    const found = JSON.parse(await readFile(file, "utf8")) as Partial<RegisteredAddress>;
    if (typeof found.connection?.database === "string") return found as RegisteredAddress;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
  }
  throw new HoldfastError("invalid_config", `${file} does not describe a restored database.`, {
    next: "It was changed by hand or damaged. Remove it; the database itself is not touched by that.",
  });
}

/** From now on every command knows the database by its name. */
export async function registerAddress(name: InstanceName, { connection, ...rest }: RegisteredAddress): Promise<void> {
  const { host, port, database, user, ssl, ownerRole, schema, isSessionProxy, connectTimeoutMs } = connection;
  const kept = { host, port, database, user, ssl, ownerRole, schema, isSessionProxy, connectTimeoutMs };
  const file = fileOf(name);
  await makeFolder(join(file, ".."));
  await writeDurably(file, `${JSON.stringify({ connection: kept, ...rest }, null, 2)}\n`);
}

function fileOf({ root = dataRoot(), project, name }: InstanceName): string {
  return join(instanceDirectory(root, project, name), FILE);
}
