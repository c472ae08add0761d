import { randomUUID } from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { HoldfastError } from "../../core/errors.js";

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

/** @throws HoldfastError invalid_config where it is missing or not ours */
export async function readInstanceRecord(directory: string): Promise<InstanceRecord> {
  const record = await findRecord(directory);
  if (record === undefined) throw unreadable(join(directory, "instance.json"), { code: "ENOENT" });
  return record;
}

/** Undefined where no instance lies there. @throws HoldfastError invalid_config for a file that is not ours */
export async function findRecord(directory: string): Promise<InstanceRecord | undefined> {
  const file = join(directory, "instance.json");
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw unreadable(file, error);
  });
  return text === undefined ? undefined : parseRecord(file, text);
}

/** Written beside and renamed, so that a crash leaves the old file or the new one. */
export async function writeInstanceRecord(directory: string, record: InstanceRecord): Promise<void> {
  await writeDurably(join(directory, "instance.json"), `${JSON.stringify(record, null, 2)}\n`);
}

export async function writeDurably(path: string, text: string, mode = 0o644): Promise<void> {
  const draft = `${path}.new-${process.pid}-${randomUUID()}`;
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

export function unreadable(path: string, cause: unknown): HoldfastError {
  return new HoldfastError(
    "invalid_config",
    `${path} cannot be read: ${(cause as NodeJS.ErrnoException).code ?? "unknown fault"}.`,
    { next: "Run as the user who made the local databases, or set HOLDFAST_HOME to a folder of your own." },
    { cause },
  );
}
