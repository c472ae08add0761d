import { randomUUID } from "node:crypto";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { HoldfastError } from "../../core/errors.js";
import { dataRoot, instanceDirectory, makeFolder, storageFault } from "./data-root.js";
import {
  findLocalInstance,
  listLocalInstances,
  syncFolder,
  writeInstanceRecord,
  type InstanceName,
  type InstanceRecord,
  type LocalInstance,
} from "./instance-file.js";
import { choosePort } from "./port.js";
import { isAlive } from "./postmaster.js";

export interface RegisterRequest extends InstanceName {
  /** Default: a free one. */
  readonly port?: number;
  /** The backup it comes from. With it, a name already taken is refused; without, the present instance is given. */
  readonly restoredFrom?: { readonly backup: string; readonly resourceId: string };
  /**
   * Fills a new, empty folder with `data` (a stopped cluster), `wal` (the folder it archives into) and `password`
   * (mode 0600), all owned by the server's user.
   */
  readonly build: (directory: string) => Promise<void>;
}

/**
 * Adds an instance under a resource id of its own. It appears whole or not at all: it is built in a hidden folder beside its
 * place and renamed. It is not started.
 *
 * @throws HoldfastError invalid_usage where a restore would take the name of another instance; server_not_started
 */
export async function registerLocalInstance(request: RegisterRequest): Promise<LocalInstance> {
  const name = { project: request.project, name: request.name, root: request.root ?? dataRoot() };
  const isRestore = request.restoredFrom !== undefined;
  const target = instanceDirectory(name.root, name.project, name.name);
  if (isRestore && (await findLocalInstance(name)) !== undefined) throw nameTaken(name.name);
  try {
    const isOurs = await buildInPlace(target, async (building) => {
      await request.build(building);
      await writeInstanceRecord(building, await newRecord(name.root, request));
    });
    if (isRestore && !isOurs) throw nameTaken(name.name);
  } catch (error) {
    throw storageFault(error, target);
  }
  const made = await findLocalInstance(name);
  if (made !== undefined) return made;
  throw new HoldfastError("server_not_started", `The folder ${target} is there and holds no local database.`, {
    next: `Move ${target} away, then run again.`,
  });
}

/** @returns false where another process put its own there first */
async function buildInPlace(target: string, build: (building: string) => Promise<void>): Promise<boolean> {
  const parent = dirname(target);
  await makeFolder(parent);
  const prefix = `.${target.slice(parent.length + 1)}.new-`;
  await removeLeftovers(parent, prefix);
  const building = join(parent, `${prefix}${process.pid}-${randomUUID()}`);
  try {
    await makeFolder(building, 0o700);
    await build(building);
    await rename(building, target);
    await syncFolder(parent);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOTEMPTY" || code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

/** Process ids come again, so a folder this old is left over whoever has its id now. */
const LEFTOVER_AGE_MS = 24 * 60 * 60 * 1000;

/** Folders of a process that was killed while it built; a living one's are left alone. */
async function removeLeftovers(parent: string, prefix: string): Promise<void> {
  for (const entry of await readdir(parent)) {
    if (!entry.startsWith(prefix)) continue;
    const path = join(parent, entry);
    const { mtimeMs } = await stat(path);
    const isBusy = isAlive(Number.parseInt(entry.slice(prefix.length), 10));
    if (!isBusy || Date.now() - mtimeMs > LEFTOVER_AGE_MS) await removeStubbornly(path);
  }
}

/** The initdb of a killed deploy may still be writing for a moment. What resists longer is left to the next time. */
async function removeStubbornly(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }).catch(() => undefined);
}

async function newRecord(
  root: string,
  { project, name, port, restoredFrom }: RegisterRequest,
): Promise<InstanceRecord> {
  const taken = new Set((await listLocalInstances({ root })).map((instance) => instance.port));
  return {
    resourceId: `local-${randomUUID()}`,
    port: port ?? (await choosePort(portSeed({ project, name, root }), taken)),
    createdAt: new Date().toISOString(),
    ...(restoredFrom && { restoredFrom: restoredFrom.backup, restoredFromResource: restoredFrom.resourceId }),
  };
}

function nameTaken(name: string): HoldfastError {
  return new HoldfastError("invalid_usage", `There is already a local database called "${name}".`, {
    next: "A restore goes beside, never over: choose another name with --as.",
  });
}

/** In a data root of their own, instances of the same names do not want the same ports as those of the usual one. */
function portSeed({ project, name, root }: Required<InstanceName>): string {
  const usual = dataRoot({ ...process.env, HOLDFAST_HOME: undefined });
  return root === usual ? `${project}/${name}` : join(root, project, name);
}
