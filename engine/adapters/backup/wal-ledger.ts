import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { HoldfastError } from "../../core/errors.js";
import { isSegment, oldestSegment } from "../../core/wal-segments.js";
import { syncFolder, type LocalInstance } from "../local/instance-file.js";
import type { BackupSite } from "./backup-site.js";
import { catalogueFolder, damaged, type CatalogueName } from "./catalogue-folder.js";
import { oneAtATime } from "./one-at-a-time.js";

/** SHA-256 (hex) of archived WAL segments, by name, from when a backup was taken after them. */
export type WalLedger = ReadonlyMap<string, string>;

/** Of one cluster: another one under the same name has segments of the same names. */
export interface LedgerName extends CatalogueName {
  readonly resourceId: string;
}

export function ledgerOf({ root, project, name, resourceId }: LocalInstance): LedgerName {
  return { root, project, instance: name, resourceId };
}

/** `<root>/<project>/backups/<instance>/wal/<resource id>.sha256` */
export function walLedgerFile(name: LedgerName): string {
  return join(dirname(catalogueFolder(name)), "wal", `${name.resourceId}.sha256`);
}

/** Empty where nothing was recorded yet. @throws HoldfastError backup_damaged where it is not as it was written */
export async function readWalLedger(name: LedgerName): Promise<WalLedger> {
  const file = walLedgerFile(name);
  const text = await readFile(file, "utf8").catch(ignoreMissing);
  if (text === undefined) return new Map();
  const end = text.lastIndexOf(CLOSE);
  const lines = text.slice(0, Math.max(end, 0));
  if (end < 0 || text.slice(end) !== closing(lines)) {
    throw damaged(`${file} was changed after the backup: its digest does not fit.`);
  }
  const sums = lines.split("\n").filter((line) => line !== "");
  return new Map(sums.map((line) => [line.slice(66), line.slice(0, 64)]));
}

/**
 * Records each archived segment that is not recorded yet; what is recorded stays as it is.
 *
 * @param from what came before this one is left out. Default: the oldest that is recorded; all where none is.
 * @throws HoldfastError backup_damaged, and the fault of the disk
 */
export async function recordWal(name: LedgerName, walDirectory: string, from?: string): Promise<void> {
  const known = await readWalLedger(name);
  const start = (from ?? oldestSegment([...known.keys()]) ?? "").slice(8);
  const segments = (await readdir(walDirectory)).filter((file) => isSegment(file) && file.slice(8) >= start);
  const found = new Map<string, string>();
  for (const segment of segments.filter((one) => !known.has(one))) {
    const sum = await sumOf(join(walDirectory, segment));
    if (sum !== undefined) found.set(segment, sum);
  }
  // Another backup may have written meanwhile: what it found first stands.
  if (found.size > 0) await change(name, (present) => new Map([...found, ...present]));
}

/**
 * The same for a base backup, which needs nothing of the past: a ledger that is damaged is put aside, and a new one begins with
 * this backup's WAL. What lies before it is not recorded again as it is now.
 */
export async function keepLedger({ instance, progress, now }: BackupSite, firstSegment: string): Promise<void> {
  const name = ledgerOf(instance);
  try {
    await recordWal(name, instance.walDirectory);
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    const file = walLedgerFile(name);
    await rename(file, `${file}.damaged-${now().getTime()}`);
    progress({ kind: "note", message: `${error.message} It was put aside; a new one begins with this backup.` });
    await recordWal(name, instance.walDirectory, firstSegment);
  }
}

/** Forgets segments that are no longer in the archive. */
export async function trimWalLedger(name: LedgerName, walDirectory: string): Promise<void> {
  const archived = new Set(await readdir(walDirectory));
  await change(name, (present) => new Map([...present].filter(([segment]) => archived.has(segment))));
}

/** Of the segments given, those that are gone or are not as they were recorded. Those never recorded cannot be judged. */
export async function damagedSegments(
  ledger: WalLedger,
  walDirectory: string,
  segments: readonly string[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const segment of segments) {
    const sum = await sumOf(join(walDirectory, segment));
    if (sum === undefined || (ledger.get(segment) ?? sum) !== sum) found.push(segment);
  }
  return found;
}

async function change(name: LedgerName, edit: (present: WalLedger) => WalLedger): Promise<void> {
  const file = walLedgerFile(name);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await oneAtATime(`${file}.lock`, async () => write(name, edit(await readWalLedger(name))));
}

const CLOSE = "# of the lines above: ";

/** As sha256sum writes it, so that `sha256sum --check` in the archive's folder reads it; it skips the last line. */
async function write(name: LedgerName, ledger: WalLedger): Promise<void> {
  const lines = [...ledger]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([segment, sum]) => `${sum}  ${segment}\n`)
    .join("");
  const file = walLedgerFile(name);
  // Only one writes at a time: what a killed process left under this name is written over.
  await writeFlushed(`${file}.new`, lines + closing(lines));
  await rename(`${file}.new`, file);
  await syncFolder(dirname(file));
}

async function writeFlushed(path: string, text: string): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

function closing(lines: string): string {
  return `${CLOSE}${createHash("sha256").update(lines).digest("hex")}\n`;
}

/** Undefined where there is no such file. */
function sumOf(path: string): Promise<string | undefined> {
  return digestOf(path).catch(ignoreMissing);
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
  throw error;
}
