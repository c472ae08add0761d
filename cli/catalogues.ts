import {
  catalogueFolder,
  catalogueFolderName,
  dataRoot,
  findLastSnapshot,
  HoldfastError,
  listCatalogue,
  listCatalogues,
  type BackedUp,
  type BackupCopy,
  type BackupEntry,
  type CatalogueListing,
  type CatalogueName,
} from "../engine/index.js";
import { findPlace } from "./place.js";

/** The backups of one instance, which may be gone itself. */
export interface InstanceBackups extends CatalogueListing {
  readonly name: CatalogueName;
}

/**
 * The catalogue of one instance, by its name or `project/name`. The instance need not exist any more: that is when its backups
 * are wanted most.
 *
 * @throws HoldfastError unknown_instance where there is neither backup nor local database of that name
 */
export async function findBackups(instance: string): Promise<InstanceBackups> {
  const all = await allBackups();
  const folder = catalogueFolderName(instance);
  const found = all.filter(({ name }) => name.instance === folder || `${name.project}/${name.instance}` === instance);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const known = (found.length === 0 ? all : found).map(({ name }) => `${name.project}/${name.instance}`);
  const message =
    found.length === 0
      ? `There is no backup of an instance "${instance}".`
      : `Several projects have an instance "${instance}".`;
  throw new HoldfastError("unknown_instance", message, {
    next: known.length === 0 ? "Take one: holdfast backup <instance>." : `There are backups of: ${known.join(", ")}.`,
  });
}

/** Of this project, or, outside of one, of all projects in the data root. */
export async function allBackups(): Promise<InstanceBackups[]> {
  const { project } = findPlace();
  const names = await listCatalogues(dataRoot(), project.name);
  return Promise.all(names.map(async (name) => ({ name, ...(await listCatalogue(catalogueFolder(name))) })));
}

export interface LastBackup {
  readonly id: string;
  readonly takenAt: Date;
  /** When a drill last restored one of this cluster's backups and compared it. */
  readonly provenAt: Date | null;
}

/** On AWS from AWS, of all others from the catalogue; null: none. */
export async function lastBackupOf({ local, aws, dump }: BackedUp): Promise<LastBackup | null> {
  // One that another took over from has its backups under the name it had.
  if (local !== undefined) return lastBackup(await listCatalogues(local.root, local.project), local.resourceId);
  if (dump !== undefined) return lastBackup([dump.name]);
  if (aws === undefined) return null;
  return findLastSnapshot(aws);
}

/** @param resourceId of this very cluster: a backup of an earlier one under the same name is no way back for it */
async function lastBackup(names: readonly CatalogueName[], resourceId?: string): Promise<LastBackup | null> {
  const listings = await Promise.all(names.map((name) => listCatalogue(catalogueFolder(name))));
  const all = listings.flatMap(({ entries }) => entries);
  const own = all.filter(({ manifest }) => resourceId === undefined || manifest.resourceId === resourceId);
  const [newest] = own.toSorted((a, b) => b.takenAt.getTime() - a.takenAt.getTime());
  if (newest === undefined) return null;
  const proofs = own.flatMap(({ provenAt }) => (provenAt === null ? [] : [provenAt.getTime()]));
  return {
    id: newest.id,
    takenAt: newest.takenAt,
    provenAt: proofs.length === 0 ? null : new Date(Math.max(...proofs)),
  };
}

/** A backup for --json; its manifest lies beside it for those who want all. */
export function entryJson(entry: BackupEntry, copies: readonly BackupCopy[]): object {
  const { id, instance, kind, takenAt, schemaVersion, release, sizeBytes, path, provenAt } = entry;
  const places = copies.map(({ place, copiedAt }) => ({ place, copiedAt }));
  return { id, instance, kind, takenAt, schemaVersion, release, sizeBytes, path, provenAt, places };
}
