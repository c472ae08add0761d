import type { CatalogueName } from "./adapters/backup/catalogue-folder.js";
import { catalogueFolder, listCatalogue } from "./adapters/backup/catalogue-folder.js";
import { killSwitch } from "./adapters/kill-switch.js";
import { loadSqlParser } from "./adapters/libpg-sql-parser.js";
import { pgHistoryStore } from "./adapters/pg-history-store.js";
import { systemClock } from "./adapters/system-clock.js";
import { inspectThrowAway } from "./bind-inspection.js";
import { isLocal, type CatalogueEntry } from "./core/catalogue.js";
import { chooseEntry } from "./core/choose-entry.js";
import type { DatabaseConnection } from "./core/database-connection.js";
import { isDump } from "./core/dump-entry.js";
import { HoldfastError } from "./core/errors.js";
import type { Inspect, Proof } from "./core/inspection.js";
import { chainOf, nextBestBackup, withNextBestAdvice } from "./core/next-best.js";
import type { BackupKind, MigrationSource, Progress } from "./core/ports.js";
import type { MigrationsBeside } from "./steps/drill/inspect-restored.js";

export interface DrillRequest {
  /** Whose backups; the database itself may be gone. */
  readonly name: CatalogueName;
  /** Set for a database of RDS or Aurora, which keeps the snapshots. */
  readonly aws?: DatabaseConnection | undefined;
  /** Default: the newest. */
  readonly id?: string | undefined;
  /** The folder whose @verify queries are asked; one that cannot be read is left out, with a word. */
  readonly source: MigrationSource;
  /** Where the engine's tables live. Default `public`. */
  readonly schema?: string | undefined;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** A backup that was proven. */
export interface DrillReport {
  readonly instance: string;
  readonly backup: string;
  readonly kind: BackupKind;
  readonly proof: Proof;
}

/**
 * Restores a backup into a throw-away place, looks it through, and records when it was proven.
 *
 * @throws HoldfastError drill_failed, backup_damaged (both name the next best backup), invalid_usage, interrupted
 */
export async function drillInstance(request: DrillRequest): Promise<DrillReport> {
  const { name, aws, id, progress } = request;
  const inspect = await inspectionOf(request);
  if (aws !== undefined) return drillSnapshot(request, aws, inspect);
  const listing = await listCatalogue(catalogueFolder(name));
  for (const { message } of listing.faults) progress({ kind: "note", message: `damaged: ${message}` });
  const entry = chooseEntry(name.instance, listing, { kind: "backup", ...(id !== undefined && { id }) });
  if (entry === undefined) throw new Error("no backup was chosen");
  try {
    const proof = await drillEntry(request, entry, inspect);
    return { instance: name.instance, backup: entry.id, kind: entry.kind, proof };
  } catch (error) {
    if (!(error instanceof HoldfastError) || !["drill_failed", "backup_damaged"].includes(error.code)) throw error;
    const failed = { id: entry.id, chain: chainOf(entry.manifest) };
    throw withNextBestAdvice(error, nextBestBackup(listing.entries, failed));
  }
}

async function drillEntry(request: DrillRequest, entry: CatalogueEntry, inspect: Inspect): Promise<Proof> {
  const { name, progress, signal } = request;
  const site = { root: name.root, now: () => systemClock.now(), killPoint: killSwitch(process.env) };
  if (isLocal(entry)) {
    const { drillBackup } = await import("./adapters/backup/drill-backup.js");
    return drillBackup({ ...site, progress, signal, inspect }, entry);
  }
  if (isDump(entry)) {
    const { drillDump } = await import("./adapters/dump/drill-dump.js");
    return drillDump({ ...site, progress, signal, inspect }, entry);
  }
  throw new HoldfastError("invalid_usage", `Backup ${entry.id} is a snapshot, which only AWS can restore.`, {
    next: `Name the database it was taken from: holdfast drill ${entry.instance}, in the project of its stack.`,
  });
}

/** What there is to restore, AWS knows: the catalogue of this machine may lack what another one took. */
async function drillSnapshot(request: DrillRequest, connection: DatabaseConnection, inspect: Inspect) {
  const { name, id, progress, signal } = request;
  const { drillOnAws } = await import("./adapters/aws/drill-on-aws.js");
  const { id: backup, ...proof } = await drillOnAws({ connection, id, inspect, root: name.root, progress, signal });
  return { instance: name.instance, backup, kind: "snapshot", proof } as const;
}

async function inspectionOf(request: DrillRequest): Promise<Inspect> {
  const { progress, signal } = request;
  return inspectThrowAway({ migrations: await migrationsOf(request), isThorough: true, progress, signal });
}

async function migrationsOf({ source, schema, progress }: DrillRequest): Promise<MigrationsBeside | undefined> {
  try {
    return { files: await source.load(), history: pgHistoryStore(schema), loadParser: loadSqlParser };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    progress({ kind: "note", message: `The @verify queries are not asked: ${error.message}` });
    return undefined;
  }
}
