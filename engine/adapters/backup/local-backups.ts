import {
  isBase,
  isPoint,
  lastProven,
  type BaseEntry,
  type CatalogueEntry,
  type LocalEntry,
} from "../../core/catalogue.js";
import { HoldfastError } from "../../core/errors.js";
import type { BackupEntry, BackupPort } from "../../core/ports.js";
import { catalogueFolder, damaged, listCatalogue, readEntry } from "./catalogue-folder.js";
import { drillBackup } from "./drill-backup.js";
import type { BackupSite } from "./backup-site.js";
import { takeBackup } from "./take-backup.js";
import { takePoint } from "./take-point.js";

/** The way back of an embedded database: base backups in the catalogue of its data root, and restore points on them. */
export function localBackups(site: BackupSite): BackupPort {
  const { root, project, name, resourceId } = site.instance;
  return {
    take: async (request) => {
      const point = request.isFull === true ? undefined : await takePoint(site, request);
      return point ?? takeBackup(site, request);
    },
    drill: async (entry) => (await drillBackup({ root, ...site }, await reread(entry))).provenAt,
    lastProvenAt: async () => {
      const { entries } = await listCatalogue(catalogueFolder({ root, project, instance: name }));
      return lastProven(entries.filter(({ manifest }) => manifest.resourceId === resourceId))?.provenAt ?? null;
    },
  };
}

/** @throws HoldfastError invalid_usage for a snapshot, whose bytes are not here */
function withBytes(entry: CatalogueEntry): BaseEntry {
  if (isBase(entry)) return entry;
  throw new HoldfastError("invalid_usage", `Backup ${entry.id} is a snapshot, which only AWS can restore.`, {
    next: `${entry.manifest.howToRestore}\nThe new database is taken over by the stack as a further generation.`,
  });
}

async function reread({ id, path }: Pick<BackupEntry, "id" | "path">): Promise<LocalEntry> {
  const entry = await readEntry(path);
  if (entry === undefined) throw damaged(`Backup ${id} is no longer in ${path}.`);
  return isPoint(entry) ? entry : withBytes(entry);
}
