import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { catalogueFolder, readEntry, readProofOf, type CatalogueName } from "./adapters/backup/catalogue-folder.js";
import { verifyLocal } from "./adapters/backup/verify-local.js";
import { verifyFiles } from "./adapters/dump/dump-files.js";
import { isLocal, newestFirst, type CatalogueEntry } from "./core/catalogue.js";
import type { DatabaseConnection } from "./core/database-connection.js";
import { isDump } from "./core/dump-entry.js";
import { HoldfastError } from "./core/errors.js";
import { chainOf, nextBestBackup } from "./core/next-best.js";
import type { Progress } from "./core/ports.js";
import type { Damage, VerifiedBackup, VerifyReport } from "./core/verify-report.js";

export interface VerifyRequest {
  /** Whose backups; the database itself may be gone. */
  readonly name: CatalogueName;
  /** Set for a database of RDS or Aurora, which keeps the snapshots. */
  readonly aws?: DatabaseConnection | undefined;
  /** Default: all. */
  readonly id?: string | undefined;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Reads every byte of the backups of an instance and of the log that leads on from them. Nothing is changed; what is damaged is
 * in the report.
 *
 * @throws HoldfastError invalid_usage where there is no such backup; interrupted
 */
export async function verifyBackups(request: VerifyRequest): Promise<VerifyReport> {
  const { name, id } = request;
  const read = await readCatalogue(catalogueFolder(name));
  if (id !== undefined && !read.some((one) => one.id === id)) throw noSuch(name.instance, id);
  const entries = newestFirst(read.flatMap(({ entry }) => entry ?? []));
  const judged = await judge(request, id === undefined ? entries : entries.filter((entry) => entry.id === id));
  const unreadable = read.flatMap(({ id: folder, fault }) =>
    fault === undefined ? [] : [unreadableBackup(folder, fault)],
  );
  const backups = [...judged.backups, ...unreadable.filter((one) => id === undefined || one.id === id)];
  const good = new Set(judged.backups.filter(isWhole).map((backup) => backup.id));
  return {
    instance: name.instance,
    backups: backups.map((backup) => withNextBest(backup, entries, good, id === undefined)),
    damages: judged.damages,
  };
}

interface Read {
  readonly id: string;
  readonly entry?: CatalogueEntry | undefined;
  readonly fault?: HoldfastError;
}

async function readCatalogue(folder: string): Promise<Read[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith("."));
  return Promise.all(names.map((id) => readOne(folder, id)));
}

async function readOne(folder: string, id: string): Promise<Read> {
  try {
    const entry = await readEntry(join(folder, id));
    if (entry !== undefined && entry.manifest.id !== id) return { id, fault: foreign(entry.path, entry.manifest.id) };
    return { id, entry };
  } catch (error) {
    if (error instanceof HoldfastError) return { id, fault: error };
    throw error;
  }
}

interface Judged {
  readonly backups: readonly VerifiedBackup[];
  readonly damages: readonly Damage[];
}

async function judge(request: VerifyRequest, entries: readonly CatalogueEntry[]): Promise<Judged> {
  const local = await judgeLocal(request, entries);
  const backups: VerifiedBackup[] = [];
  const damages: Damage[] = [...local.others];
  for (const entry of entries) {
    if (request.signal.aborted) throw interrupted();
    const { messages, unjudged } = await judgeOne(request, entry, local.byBackup);
    const { id, kind, takenAt, sizeBytes } = entry;
    const found = { damages: messages.map((message) => ({ message })), ...(unjudged !== undefined && { unjudged }) };
    backups.push({ id, kind, takenAt, bytes: kind === "snapshot" ? 0 : sizeBytes, nextBest: null, ...found });
    damages.push(...(await proofDamages(entry)));
  }
  return { backups, damages };
}

interface Verdict {
  readonly messages: readonly string[];
  readonly unjudged?: string;
}

async function judgeOne(
  request: VerifyRequest,
  entry: CatalogueEntry,
  local: ReadonlyMap<string, readonly string[]>,
): Promise<Verdict> {
  if (isLocal(entry)) return { messages: local.get(entry.id) ?? [] };
  request.progress({ kind: "check", subject: entry.id, done: 0, total: 1 });
  try {
    if (isDump(entry)) {
      const { directory, files } = entry.manifest.dump;
      await verifyFiles(join(entry.path, directory), files, request.signal);
      return { messages: [] };
    }
    if (request.aws === undefined) return { messages: [], unjudged: "only AWS knows, and no stack says how to ask" };
    const { judgeSnapshot } = await import("./adapters/aws/judge-snapshot.js");
    return { messages: await judgeSnapshot(request.aws, entry) };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return error.code === "backup_damaged" ? { messages: [error.message] } : { messages: [], unjudged: error.message };
  }
}

async function judgeLocal({ name, progress }: VerifyRequest, entries: readonly CatalogueEntry[]) {
  const local = entries.filter(isLocal);
  const byBackup = new Map<string, readonly string[]>();
  const others: Damage[] = [];
  if (local.length === 0) return { byBackup, others };
  let done = 0;
  const onEntry = (subject: string): void => progress({ kind: "check", subject, done: done++, total: local.length });
  for (const resourceId of new Set(local.map(({ manifest }) => manifest.resourceId))) {
    const cluster = { root: name.root, project: name.project, resourceId };
    const own = local.filter(({ manifest }) => manifest.resourceId === resourceId);
    const found = await verifyLocal({ cluster, entries: own, onEntry });
    for (const [id, faults] of found.byBackup) byBackup.set(id, faults);
    others.push(...found.others);
  }
  return { byBackup, others };
}

async function proofDamages({ path }: CatalogueEntry): Promise<Damage[]> {
  try {
    await readProofOf(path);
    return [];
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return [{ message: error.message }];
  }
}

function unreadableBackup(id: string, { message }: HoldfastError): VerifiedBackup {
  return { id, kind: null, takenAt: null, bytes: 0, damages: [{ message }], nextBest: null };
}

/** One that was not read may be as damaged: only what was read counts, where all were. */
function withNextBest(
  backup: VerifiedBackup,
  entries: readonly CatalogueEntry[],
  good: ReadonlySet<string>,
  wereAllRead: boolean,
): VerifiedBackup {
  if (isWhole(backup)) return backup;
  const entry = entries.find(({ id }) => id === backup.id);
  const failed = { id: backup.id, chain: entry === undefined ? backup.id : chainOf(entry.manifest) };
  const best = nextBestBackup(entries, failed, ({ id }) => !wereAllRead || good.has(id));
  return { ...backup, nextBest: best?.id ?? null };
}

function isWhole({ damages }: VerifiedBackup): boolean {
  return damages.length === 0;
}

function foreign(path: string, id: string): HoldfastError {
  return new HoldfastError("backup_damaged", `${path} holds the manifest of backup ${id}.`, {
    next: "Leave it for examination.",
  });
}

function noSuch(instance: string, id: string): HoldfastError {
  return new HoldfastError("invalid_usage", `"${instance}" has no backup ${id}.`, {
    next: `See what there is: holdfast backups ${instance}`,
  });
}

function interrupted(): HoldfastError {
  return new HoldfastError("interrupted", "The verification was interrupted; nothing was changed.", {
    next: "Run again.",
  });
}
