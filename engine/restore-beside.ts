import { catalogueFolder, listCatalogue, type CatalogueName } from "./adapters/backup/catalogue-folder.js";
import { loadSqlParser } from "./adapters/libpg-sql-parser.js";
import { pgHistoryStore } from "./adapters/pg-history-store.js";
import { pgSessions } from "./adapters/pg-session.js";
import { checkDatabase, type CheckReport } from "./check.js";
import { asHoldfastError } from "./core/as-holdfast-error.js";
import type { CatalogueEntry } from "./core/catalogue.js";
import { chooseEntry } from "./core/choose-entry.js";
import type { ConnectionSettings } from "./core/connection-settings.js";
import type { DatabaseConnection } from "./core/database-connection.js";
import { isDump } from "./core/dump-entry.js";
import { HoldfastError } from "./core/errors.js";
import type { MigrationSource, Progress, Session } from "./core/ports.js";
import type { RestoredDatabase, RestoreTarget, RestoreWork } from "./core/restored-database.js";
import type { LiveComparison, ManifestComparison } from "./core/restore-report.js";
import { compareWithLive, compareWithManifest } from "./steps/restore/compare-restored.js";
import { whenItBegan } from "./steps/restore/when-it-began.js";

export interface RestoreBesideRequest {
  /** Whose backups. */
  readonly name: CatalogueName;
  /** Set for a database of RDS or Aurora, whose own automated backups reach every instant. */
  readonly aws?: DatabaseConnection | undefined;
  /** How the live database is reached, to tell what differs from it, or why it is not asked; unset: it is gone. */
  readonly live?: ConnectionSettings | NotLooked | undefined;
  /** Where the engine's tables live in it. Default `public`. */
  readonly schema?: string | undefined;
  /** The files the restored database is checked against. */
  readonly source: MigrationSource;
  readonly target: RestoreTarget;
  /** Name of the new database, and what its environment marker says from now on. */
  readonly as: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** What was to be looked at, and why it could not be. */
export interface NotLooked {
  readonly why: string;
}

/** What came of a restore. Holds no row data and no secret. */
export interface RestoreReport
  extends
    Pick<RestoredDatabase, "backup" | "reachedAt" | "isEnd" | "resourceId">,
    Pick<ConnectionSettings, "host" | "port" | "database" | "user"> {
  /** The new database's name in every command. */
  readonly instance: string;
  /** The one it came from. */
  readonly from: string;
  readonly check: CheckReport | NotLooked;
  /** Null: an instant at which nothing was counted. */
  readonly manifest: ManifestComparison | null;
  /** Null: the one it came from is gone. */
  readonly live: LiveComparison | NotLooked | null;
}

/**
 * Makes a second database out of a backup, beside the live one and never over it; then checks it, compares it with what the
 * backup's manifest says, and tells what differs from the live one.
 *
 * @throws HoldfastError restore_failed, backup_damaged, invalid_usage, server_not_started, interrupted
 */
export async function restoreBeside(request: RestoreBesideRequest): Promise<RestoreReport> {
  const restored = await restore(request);
  const connection = { ...restored.connection, ...(request.schema !== undefined && { schema: request.schema }) };
  const { host, port, database, user } = connection;
  return {
    ...{ instance: restored.name, from: request.name.instance, backup: restored.backup },
    ...{ reachedAt: restored.reachedAt, isEnd: restored.isEnd, resourceId: restored.resourceId },
    ...{ host, port, database, user },
    check: await checkRestored(connection, request.source),
    manifest: await compareRestored(restored),
    live: await lookBeside(connection, request.live),
  };
}

async function restore(request: RestoreBesideRequest): Promise<RestoredDatabase> {
  const { aws, name, target } = request;
  if (aws !== undefined) return restoreInCloud(request, aws);
  const listing = await listCatalogue(catalogueFolder(name));
  for (const { message } of listing.faults) request.progress({ kind: "note", message: `damaged: ${message}` });
  const entry = chooseEntry(name.instance, listing, target);
  if (entry === undefined) refuseDumpsAlone(name.instance, listing.entries);
  const work: RestoreWork = { ...request, entry };
  switch (entry?.kind ?? "base") {
    case "base":
    case "point":
      return (await import("./adapters/backup/restore-locally.js")).restoreLocally(work);
    case "dump":
      return restoreFromDump(work, request.live);
    case "snapshot":
      throw elsewhere(entry);
  }
}

/** A dump leads to the instant it began and to no other: no log follows it. @throws HoldfastError restore_failed */
function refuseDumpsAlone(instance: string, entries: readonly CatalogueEntry[]): void {
  if (entries.length === 0 || !entries.every(isDump)) return;
  throw new HoldfastError(
    "restore_failed",
    `The backups of "${instance}" are dumps, which lead to no instant in between.`,
    {
      next:
        `Choose the one before that instant: holdfast backups ${instance}\n` +
        `Restore it: holdfast restore ${instance} --backup <id> --as <name of the new database>`,
    },
  );
}

/** Beside the live one, on its own server, if it can be. */
async function restoreFromDump(
  { entry, ...work }: RestoreWork,
  live: RestoreBesideRequest["live"],
): Promise<RestoredDatabase> {
  if (entry === undefined || !isDump(entry)) throw elsewhere(entry);
  const { restoreDump } = await import("./adapters/dump/restore-dump.js");
  return restoreDump({ ...work, entry, ...(live !== undefined && !("why" in live) && { server: live }) });
}

/** What there is to restore, AWS knows: the catalogue of this machine may lack what another one took. */
async function restoreInCloud(
  request: RestoreBesideRequest,
  connection: DatabaseConnection,
): Promise<RestoredDatabase> {
  const { restoreOnAws } = await import("./adapters/aws/restore-on-aws.js");
  return restoreOnAws({ ...request, connection, root: request.name.root, began: await beganOf(request) });
}

/** Undefined where another instant is wanted, and where the live database cannot be asked: the snapshot before it does then. */
async function beganOf({ target, live, schema = "public" }: RestoreBesideRequest): Promise<Date | undefined> {
  if (target.kind !== "before" || live === undefined || "why" in live) return undefined;
  const { version } = target;
  const found = await tolerantly(() => withSession(live, (session) => whenItBegan(session, schema, version)));
  return found instanceof Date ? found : undefined;
}

function elsewhere(entry: CatalogueEntry | undefined): HoldfastError {
  const what = entry === undefined ? "This database" : `Backup ${entry.id}`;
  return new HoldfastError("invalid_usage", `${what} cannot be restored from here.`, {
    next: entry?.manifest.howToRestore ?? "Restore it by the means of its provider.",
  });
}

async function checkRestored(connection: ConnectionSettings, source: MigrationSource): Promise<RestoreReport["check"]> {
  const world = { source, history: pgHistoryStore(connection.schema), loadParser: loadSqlParser };
  // A folder that cannot be read here says nothing about the database.
  return tolerantly(() => withSession(connection, (session) => checkDatabase(session, world)));
}

async function compareRestored({ connection, expected }: RestoredDatabase): Promise<ManifestComparison | null> {
  if (expected === null) return null;
  return withSession(asLogin(connection), (session) => compareWithManifest(session, expected));
}

async function lookBeside(
  restored: ConnectionSettings,
  live: RestoreBesideRequest["live"],
): Promise<RestoreReport["live"]> {
  if (live === undefined) return null;
  if ("why" in live) return live;
  return tolerantly(() =>
    withSession(asLogin(restored), (ours) => withSession(asLogin(live), (theirs) => compareWithLive(ours, theirs))),
  );
}

/** The restore is done by then, so what hinders a look at it is told beside. */
async function tolerantly<T>(look: () => Promise<T>): Promise<T | NotLooked> {
  try {
    return await look();
  } catch (error) {
    const known = asHoldfastError(error);
    if (known === undefined) throw error;
    return { why: known.message };
  }
}

async function withSession<T>(connection: ConnectionSettings, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await pgSessions(connection).open("read-only");
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/** As who logs in: the owner of the application's objects may not see every table. */
function asLogin(settings: ConnectionSettings): ConnectionSettings {
  const { ownerRole, ...login } = settings;
  return ownerRole === undefined ? settings : login;
}
