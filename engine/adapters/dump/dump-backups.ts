import { lastProven } from "../../core/catalogue.js";
import { asDump, type DumpEntry } from "../../core/dump-entry.js";
import type { Inspect } from "../../core/inspection.js";
import type { BackupEntry, BackupPort } from "../../core/ports.js";
import { catalogueFolder, damaged, listCatalogue, readEntry } from "../backup/catalogue-folder.js";
import { drillDump } from "./drill-dump.js";
import { takeDump, type DumpSite } from "./take-dump.js";

/** What a deploy knows of a database it dumps. */
export interface DumpBackupsSite extends DumpSite {
  readonly inspect: Inspect;
}

/** The way back of a PostgreSQL that is somebody else's to keep: logical dumps in the catalogue of this machine's data root. */
export function dumpBackups(site: DumpBackupsSite): BackupPort {
  return {
    take: (request) => takeDump(site, request),
    drill: async (entry) => (await drillDump({ ...site, root: site.name.root }, await reread(entry))).provenAt,
    lastProvenAt: async () => lastProven((await listCatalogue(catalogueFolder(site.name))).entries)?.provenAt ?? null,
  };
}

async function reread({ id, path }: BackupEntry): Promise<DumpEntry> {
  const entry = await readEntry(path);
  if (entry === undefined) throw damaged(`Backup ${id} is no longer in ${path}.`);
  return asDump(entry);
}
