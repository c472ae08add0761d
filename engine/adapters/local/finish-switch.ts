import { copyFile, chmod, mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { HoldfastError } from "../../core/errors.js";
import { instanceDirectory } from "./data-root.js";
import { findRecord, syncFolder, writeDurably, writeInstanceRecord, type InstanceRecord } from "./instance-record.js";

/** One database takes another one's name; what is written down before anything is moved. */
export interface SwitchIntent {
  readonly instance: string;
  /** The name it has until then. */
  readonly to: string;
  /** The name of the one that had it, from then on. */
  readonly old: string;
  readonly at: string;
  /** As they were, each under its own name. Null: the one that had the name is gone. */
  readonly records: { readonly present: InstanceRecord | null; readonly next: InstanceRecord };
}

/** Of the files in a project's folder that say which database is taking another one's name. */
const PREFIX = ".switch-";

interface Project {
  readonly root: string;
  readonly project: string;
}

/** Moves the folders, and remembers the intent until that is done. Both servers are stopped. */
export async function carryOutSwitch(place: Project, intent: SwitchIntent): Promise<void> {
  const file = fileOf(place, intent.instance);
  await writeDurably(file, `${JSON.stringify(intent, null, 2)}\n`);
  await finish(place, intent);
}

/** Finishes what a process that died had begun: at no moment is there no database under that name. */
export async function finishSwitches(place: Project): Promise<void> {
  const folder = join(place.root, place.project);
  const files = (await readdir(folder).catch(() => [])).filter(
    (name) => name.startsWith(PREFIX) && name.endsWith(".json"),
  );
  for (const name of files) {
    const intent = await readIntent(join(folder, name));
    if (intent !== undefined) await finish(place, intent);
  }
}

/** Each step does nothing where it is done already; two processes may do it at once. */
async function finish(place: Project, intent: SwitchIntent): Promise<void> {
  const { instance, to, old, at, records } = intent;
  const { present, next } = records;
  const folder = (name: string) => instanceDirectory(place.root, place.project, name);
  if (present !== null) await moveIf(folder(instance), folder(old), present.resourceId);
  await moveIf(folder(to), folder(instance), next.resourceId);
  await syncFolder(join(place.root, place.project));
  await refuseUnfinished(folder(instance), intent);
  if (present !== null) {
    await writeInstanceRecord(folder(old), { ...present, port: next.port, tookOverAt: at });
    await takePasswords(folder(old), folder(instance));
  }
  await writeInstanceRecord(folder(instance), successor(intent));
  await rm(fileOf(place, instance), { force: true });
}

/** It answers where the one before it did, and to whoever means that one. */
function successor({ at, records: { present, next } }: SwitchIntent): InstanceRecord {
  const before = present === null ? [next.restoredFromResource] : [...(present.supersedes ?? []), present.resourceId];
  const ids = [...before, ...(next.supersedes ?? [])].filter((id) => id !== undefined && id !== next.resourceId);
  const supersedes = [...new Set(ids)] as string[];
  return { ...next, port: present?.port ?? next.port, tookOverAt: at, supersedes };
}

async function moveIf(from: string, to: string, resourceId: string): Promise<void> {
  if ((await findRecord(from))?.resourceId !== resourceId) return;
  await rename(from, to).catch((error: unknown) => {
    // Another process was faster.
    if (!["ENOENT", "ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  });
}

async function refuseUnfinished(directory: string, { instance, to, records }: SwitchIntent): Promise<void> {
  if ((await findRecord(directory))?.resourceId === records.next.resourceId) return;
  throw new HoldfastError("switch_refused", `The switch of ${instance} to ${to} was begun and cannot be finished.`, {
    next: `${directory} should hold the database ${records.next.resourceId}. Find its folder beside it, and move it there.`,
  });
}

/** Roles came over with the data, verifiers and all; the files with their passwords did not. */
async function takePasswords(from: string, to: string): Promise<void> {
  const [source, target] = [join(from, "passwords"), join(to, "passwords")];
  const names = await readdir(source).catch(() => []);
  if (names.length > 0) await mkdir(target, { recursive: true, mode: 0o700 });
  for (const name of names) {
    if ((await stat(join(target, name)).catch(() => undefined)) !== undefined) continue;
    await copyFile(join(source, name), join(target, name));
    await chmod(join(target, name), 0o600);
  }
}

/** Undefined where another process has just finished it. */
async function readIntent(file: string): Promise<SwitchIntent | undefined> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  });
  return text === undefined ? undefined : (JSON.parse(text) as SwitchIntent);
}

function fileOf({ root, project }: Project, instance: string): string {
  return join(root, project, `${PREFIX}${instance}.json`);
}
