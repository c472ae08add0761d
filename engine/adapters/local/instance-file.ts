import { open, readFile, readdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BESIDE_INSTANCES } from "../../core/data-root.js";
import { HoldfastError } from "../../core/errors.js";
import { dataRoot, instanceDirectory } from "./data-root.js";

/** An embedded PostgreSQL of this machine, by project and name (the stack's name, or what `restore --as` was given). */
export interface LocalInstance {
  readonly project: string;
  readonly name: string;
  /** The data root it lies in, absolute. */
  readonly root: string;
  /** `<root>/<project>/<name>` */
  readonly directory: string;
  readonly dataDirectory: string;
  /** Where finished WAL segments are archived. */
  readonly walDirectory: string;
  readonly logFile: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** The superuser the engine logs in as. */
  readonly user: string;
  /** Owns the database and all its objects; cannot log in. */
  readonly ownerRole: string;
  /** Readable by its owner only; holds the superuser's password. */
  readonly passwordFile: string;
  /** Made with the cluster, renewed by a restore; never reused. */
  readonly resourceId: string;
  /** Id of the backup it was restored from. */
  readonly restoredFrom?: string;
  /** Resource id of the database that backup was taken from. */
  readonly restoredFromResource?: string;
  /** Since when this database bears its name, ISO 8601. */
  readonly since: string;
  /** Resource ids of those that bore the name before it, and gave it up to this one. */
  readonly supersedes: readonly string[];
}

/** What `instance.json` holds. No absolute path: the data root can be moved. */
export interface InstanceRecord {
  readonly resourceId: string;
  readonly port: number;
  readonly createdAt: string;
  readonly restoredFrom?: string;
  readonly restoredFromResource?: string;
  /** When it took its present name over. Unset: it was made with it. */
  readonly tookOverAt?: string;
  readonly supersedes?: readonly string[];
}

export const LOCAL_HOST = "127.0.0.1";
export const LOCAL_DATABASE = "app";
export const LOCAL_SUPERUSER = "postgres";
export const LOCAL_OWNER_ROLE = "app_owner";

export interface InstanceName {
  readonly project: string;
  readonly name: string;
  /** Default: dataRoot(). */
  readonly root?: string;
}

/** Undefined where no such instance was made. @throws HoldfastError invalid_config for a file that is not ours */
export async function findLocalInstance({
  project,
  name,
  root = dataRoot(),
}: InstanceName): Promise<LocalInstance | undefined> {
  const record = await readRecord(instanceDirectory(root, project, name));
  return record === undefined ? undefined : describeInstance({ project, name, root }, record);
}

/** @throws HoldfastError invalid_config where it is missing or not ours */
export async function readInstanceRecord(directory: string): Promise<InstanceRecord> {
  const record = await readRecord(directory);
  if (record === undefined) throw unreadable(join(directory, "instance.json"), { code: "ENOENT" });
  return record;
}

async function readRecord(directory: string): Promise<InstanceRecord | undefined> {
  const file = join(directory, "instance.json");
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw unreadable(file, error);
  });
  return text === undefined ? undefined : parseRecord(file, text);
}

/** All instances below the data root, or those of one project; by project, then name. */
export async function listLocalInstances({
  project,
  root = dataRoot(),
}: { readonly project?: string; readonly root?: string } = {}): Promise<LocalInstance[]> {
  const projects = project === undefined ? await folders(root) : [project];
  const found: LocalInstance[] = [];
  for (const each of projects.filter((folder) => folder !== "binaries")) {
    for (const name of await folders(join(root, each))) {
      if (BESIDE_INSTANCES.includes(name)) continue;
      const instance = await findLocalInstance({ project: each, name, root });
      if (instance !== undefined) found.push(instance);
    }
  }
  return found;
}

/** Written beside and renamed, so that a crash leaves the old file or the new one. */
export async function writeInstanceRecord(directory: string, record: InstanceRecord): Promise<void> {
  await writeDurably(join(directory, "instance.json"), `${JSON.stringify(record, null, 2)}\n`);
}

export async function writeDurably(path: string, text: string, mode = 0o644): Promise<void> {
  const draft = `${path}.new-${process.pid}`;
  const file = await open(draft, "w", mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  await syncFolder(dirname(path));
}

/** A rename is durable once the folder that holds the name is flushed. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

export function describeInstance(
  { project, name, root }: Required<InstanceName>,
  record: InstanceRecord,
): LocalInstance {
  const directory = instanceDirectory(root, project, name);
  return {
    ...{ project, name, root, directory },
    dataDirectory: join(directory, "data"),
    walDirectory: join(directory, "wal"),
    logFile: join(directory, "server.log"),
    host: LOCAL_HOST,
    port: record.port,
    database: LOCAL_DATABASE,
    user: LOCAL_SUPERUSER,
    ownerRole: LOCAL_OWNER_ROLE,
    passwordFile: join(directory, "password"),
    resourceId: record.resourceId,
    ...(record.restoredFrom === undefined ? {} : { restoredFrom: record.restoredFrom }),
    ...(record.restoredFromResource === undefined ? {} : { restoredFromResource: record.restoredFromResource }),
    since: record.tookOverAt ?? record.createdAt,
    supersedes: record.supersedes ?? [],
  };
}

/** Names that begin with a dot are folders still being built. */
async function folders(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw unreadable(path, error);
  });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .sort();
}

function parseRecord(file: string, text: string): InstanceRecord {
  try {
    const record = JSON.parse(text) as Partial<InstanceRecord> | null;
    if (typeof record?.resourceId === "string" && typeof record.port === "number") return record as InstanceRecord;
  } catch {
    // Told below, in one way for text that is no JSON and JSON that is no record.
  }
  throw new HoldfastError("invalid_config", `${file} does not describe a local database.`, {
    next: "It was changed by hand or damaged. Put it back from a backup of the data root; it needs resourceId and port.",
  });
}

function unreadable(path: string, cause: unknown): HoldfastError {
  return new HoldfastError(
    "invalid_config",
    `${path} cannot be read: ${(cause as NodeJS.ErrnoException).code ?? "unknown fault"}.`,
    { next: "Run as the user who made the local databases, or set HOLDFAST_HOME to a folder of your own." },
    { cause },
  );
}
