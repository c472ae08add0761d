import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseConnection } from "../../core/database-connection.js";
import { HoldfastError } from "../../core/errors.js";
import { dataRoot, instanceDirectory, makeFolder } from "../local/data-root.js";
import { findLocalInstance, writeDurably, type InstanceName } from "../local/instance-file.js";

/** Beside no cluster: the folder of a local database holds an instance.json instead. */
const FILE = "connection.json";

/** A database in the cloud that a restore made, as this machine knows it by name. */
export interface RegisteredDatabase {
  readonly connection: DatabaseConnection;
  /** The instance it was restored from. */
  readonly of: string;
  /** Id of the backup, or `<identifier>@<instant>`. */
  readonly restoredFrom: string;
}

/** Undefined where none was registered under that name. @throws HoldfastError invalid_config for a file that is not ours */
export async function findRegistered(name: InstanceName): Promise<RegisteredDatabase | undefined> {
  const file = fileOf(name);
  try {
    const found = JSON.parse(await readFile(file, "utf8")) as Partial<RegisteredDatabase>;
    if (typeof found.connection?.identifier === "string") return found as RegisteredDatabase;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
  }
  throw new HoldfastError("invalid_config", `${file} does not describe a restored database.`, {
    next: "It was changed by hand or damaged. Remove it; the database itself is not touched by that.",
  });
}

/** Names under which databases in the cloud are registered for a project. */
export async function listRegistered(project: string, root = dataRoot()): Promise<string[]> {
  const entries = await readdir(join(root, project), { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith(".")).map(({ name }) => name);
  const files = await Promise.all(
    names.map((name) => readFile(join(root, project, name, FILE)).catch(() => undefined)),
  );
  return names.filter((_, at) => files[at] !== undefined).sort();
}

/** From now on every command knows the database by its name. */
export async function register(name: InstanceName, database: RegisteredDatabase): Promise<void> {
  const file = fileOf(name);
  await makeFolder(join(file, ".."));
  await writeDurably(file, `${JSON.stringify(database, null, 2)}\n`);
}

/**
 * A restore goes beside, never over.
 * @param of the instance that is restored
 * @param identifier the new database's; one registered under this name before is this very one
 * @throws HoldfastError invalid_usage
 */
export async function refuseTakenName(name: InstanceName, of: string, identifier: string): Promise<void> {
  const registered = await findRegistered(name);
  const isAnother = registered !== undefined && registered.connection.identifier !== identifier;
  if (name.name !== of && !isAnother && (await findLocalInstance(name)) === undefined) return;
  throw new HoldfastError("invalid_usage", `There is already a database called "${name.name}" here.`, {
    next: "A restore goes beside, never over: choose another name with --as.",
  });
}

function fileOf({ root = dataRoot(), project, name }: InstanceName): string {
  return join(instanceDirectory(root, project, name), FILE);
}
