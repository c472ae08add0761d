import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { BESIDE_INSTANCES } from "../../core/data-root.js";
import { dataRoot, instanceDirectory } from "./data-root.js";
import { finishSwitches } from "./finish-switch.js";
import { findRecord, unreadable, type InstanceRecord } from "./instance-record.js";

export {
  readInstanceRecord,
  syncFolder,
  writeDurably,
  writeInstanceRecord,
  type InstanceRecord,
} from "./instance-record.js";

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
  const directory = instanceDirectory(root, project, name);
  await finishSwitches({ root, project });
  const record = await findRecord(directory);
  return record === undefined ? undefined : describeInstance({ project, name, root }, record);
}

/** All instances below the data root, or those of one project; by project, then name. */
export async function listLocalInstances({
  project,
  root = dataRoot(),
}: { readonly project?: string; readonly root?: string } = {}): Promise<LocalInstance[]> {
  const projects = project === undefined ? await folders(root) : [project];
  const found: LocalInstance[] = [];
  for (const each of projects.filter((folder) => folder !== "binaries")) {
    await finishSwitches({ root, project: each });
    for (const name of await folders(join(root, each))) {
      if (BESIDE_INSTANCES.includes(name)) continue;
      const instance = await findLocalInstance({ project: each, name, root });
      if (instance !== undefined) found.push(instance);
    }
  }
  return found;
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
