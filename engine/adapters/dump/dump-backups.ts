import { lastProven } from "../../core/catalogue.js";
import type { BackupPort } from "../../core/ports.js";
import { catalogueFolder, listCatalogue } from "../backup/catalogue-folder.js";
import { drillDump } from "./drill-dump.js";
import { takeDump, type DumpSite } from "./take-dump.js";

/** The way back of a PostgreSQL that is somebody else's to keep: logical dumps in the catalogue of this machine's data root. */
export function dumpBackups(site: DumpSite): BackupPort {
  return {
    take: (request) => takeDump(site, request),
    drill: (entry) => drillDump(site, entry),
    lastProvenAt: async () => {
      const { entries } = await listCatalogue(catalogueFolder(site.name));
      const { project, instance } = site.name;
      const own = entries.filter(({ manifest }) => manifest.project === project && manifest.instance === instance);
      return lastProven(own)?.provenAt ?? null;
    },
  };
}
