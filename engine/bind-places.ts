import { isAbsolute, resolve } from "node:path";
import type { CatalogueName } from "./adapters/backup/catalogue-folder.js";
import type { PlaceListing } from "./adapters/places/list-place.js";
import { systemClock } from "./adapters/system-clock.js";
import { readPlace, type BackupCopy, type BackupPlace, type BytePlace } from "./core/backup-place.js";
import type { DatabaseConnection } from "./core/database-connection.js";
import { HoldfastError } from "./core/errors.js";
import type { BackupEntry, BackupPort, Progress } from "./core/ports.js";

export interface PlacesRequest {
  readonly root: string;
  readonly places: readonly BackupPlace[];
  /** Set for a database of RDS or Aurora, whose copies go to other regions. */
  readonly aws?: DatabaseConnection | undefined;
  /** In milliseconds. Default: 7 days. */
  readonly retentionMs?: number | undefined;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Reads places as people write them.
 *
 * @param base what a relative directory is relative to
 * @throws HoldfastError invalid_usage
 */
export function readBackupPlaces(texts: readonly string[], base: string): readonly BackupPlace[] {
  return texts.map((text) => readPlace(text, (path) => (isAbsolute(path) ? path : resolve(base, path))));
}

/** A place that backups can be had back from. @throws HoldfastError invalid_usage */
export function readBytePlace(text: string, base: string): BytePlace {
  const [place] = readBackupPlaces([text], base);
  if (place !== undefined && place.kind !== "region") return place;
  throw new HoldfastError("invalid_usage", "A region of AWS cannot be read from here.", {
    next: "Give a directory or s3://bucket/prefix; a snapshot's copy in another region is restored there, by AWS.",
  });
}

/** The same way back, each backup of which is also copied to every place. What cannot be copied stops the run. */
export function withPlaces(port: BackupPort, request: PlacesRequest): BackupPort {
  if (request.places.length === 0) return port;
  refuseUnfitting(request);
  return {
    ...port,
    take: async (what) => {
      const entry = await port.take(what);
      await copyToPlaces(request, entry);
      return entry;
    },
  };
}

/** @throws HoldfastError invalid_usage where a place is of no use for such a database */
function refuseUnfitting({ places, aws }: PlacesRequest): void {
  const unfit = places.find(({ kind }) => (kind === "region") !== (aws !== undefined));
  if (unfit === undefined) return;
  const [what, next] =
    unfit.kind === "region"
      ? ["no database of AWS is copied to a region", "Give a directory or s3://bucket/prefix."]
      : ["AWS keeps its snapshots itself", "Give another region: region:eu-west-1."];
  throw new HoldfastError("invalid_usage", `${unfit.name} is no place for these backups: ${what}.`, { next });
}

/** One place after the other. @throws HoldfastError that says the backup itself is kept */
async function copyToPlaces(request: PlacesRequest, { id, path }: BackupEntry): Promise<void> {
  for (const place of request.places) {
    try {
      await copyTo(request, place, { id, path });
      request.progress({ kind: "note", message: `Copied ${id} to ${place.name}.` });
    } catch (error) {
      throw notCopied(error, id, place);
    }
  }
}

async function copyTo(
  { root, aws, retentionMs, progress, signal }: PlacesRequest,
  place: BackupPlace,
  { id, path }: Pick<BackupEntry, "id" | "path">,
): Promise<void> {
  const now = (): Date => systemClock.now();
  if (place.kind === "region") {
    const { copySnapshot } = await import("./adapters/aws/copy-snapshot.js");
    if (aws !== undefined) await copySnapshot({ connection: aws, id, to: place.region, progress, signal });
    const { noteCopy } = await import("./adapters/places/noted-copies.js");
    // What is true of it is in AWS; this machine's note of it is a copy.
    await noteCopy(path, { place: place.name, copiedAt: now().toISOString() }).catch((error: unknown) =>
      progress({ kind: "note", message: `The copy in ${place.name} is not noted here: ${(error as Error).message}` }),
    );
    return;
  }
  const { readEntry } = await import("./adapters/backup/catalogue-folder.js");
  const entry = await readEntry(path);
  if (entry === undefined) throw new HoldfastError("backup_damaged", `Backup ${id} is no longer in ${path}.`);
  const { copyEntry } = await import("./adapters/places/copy-entry.js");
  await copyEntry({ root, entry, place, now, progress, signal });
  const { prunePlace } = await import("./adapters/places/prune-place.js");
  // The copy is there and good whatever becomes of the old ones.
  await prunePlace({ place, newest: entry, retentionMs, now }).catch((error: unknown) =>
    progress({ kind: "note", message: `Old copies in ${place.name} stay: ${(error as Error).message}` }),
  );
}

function notCopied(error: unknown, id: string, place: BackupPlace): unknown {
  if (!(error instanceof HoldfastError)) return error;
  const kept = `Backup ${id} is kept on this machine; ${place.name} has no copy of it, and nothing else was changed.`;
  const next = [kept, error.details.next].filter((line) => line !== undefined).join("\n");
  return new HoldfastError(error.code, error.message, { ...error.details, next }, { cause: error });
}

/** What a place has, by project and instance. @throws HoldfastError of the place's kind */
export async function listPlaceBackups(place: BytePlace): Promise<PlaceListing[]> {
  return (await import("./adapters/places/list-place.js")).listPlace(place);
}

export interface FetchBackupRequest {
  readonly name: CatalogueName;
  readonly place: BytePlace;
  readonly id: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Brings a backup into the catalogue of this machine; see fetch-entry.ts. */
export async function fetchBackup(request: FetchBackupRequest): Promise<void> {
  return (await import("./adapters/places/fetch-entry.js")).fetchEntry(request);
}

/** Where else a backup is, as noted beside it; oldest first. */
export async function copiesOf({ path }: Pick<BackupEntry, "path">): Promise<readonly BackupCopy[]> {
  return (await import("./adapters/places/noted-copies.js")).readCopies(path);
}
