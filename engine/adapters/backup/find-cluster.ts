import { isLocal, newestFirst, type LocalEntry } from "../../core/catalogue.js";
import { listLocalInstances, type LocalInstance } from "../local/instance-file.js";
import { catalogueFolder, listCatalogue } from "./catalogue-folder.js";
import { listCatalogues } from "./list-catalogues.js";
import { readWalLedger } from "./wal-ledger.js";

/** One cluster of a project. It keeps its resource id when it gets another name; its backups stay where they were taken. */
export interface ClusterName {
  readonly root: string;
  readonly project: string;
  readonly resourceId: string;
}

/** Undefined where its folder is gone, and with it the archive. */
export async function findCluster({ root, project, resourceId }: ClusterName): Promise<LocalInstance | undefined> {
  return (await listLocalInstances({ root, project })).find((instance) => instance.resourceId === resourceId);
}

/** Its base backups and restore points, newest first, under whatever name they were taken. */
export async function entriesOfCluster({ root, project, resourceId }: ClusterName): Promise<readonly LocalEntry[]> {
  const names = await listCatalogues(root, project);
  const listings = await Promise.all(names.map((name) => listCatalogue(catalogueFolder(name))));
  const entries = listings.flatMap((listing) => listing.entries).filter(isLocal);
  return newestFirst(entries.filter(({ manifest }) => manifest.resourceId === resourceId));
}

/** SHA-256 (hex) of its archived segments, as noted under all names it had. A segment noted in two ways fits neither. */
export async function ledgerOfCluster(cluster: ClusterName): Promise<ReadonlyMap<string, string>> {
  const { root, project, resourceId } = cluster;
  const noted = new Map<string, string>();
  for (const name of await listCatalogues(root, project)) {
    for (const [segment, sum] of await readWalLedger({ ...name, resourceId })) {
      noted.set(segment, (noted.get(segment) ?? sum) === sum ? sum : "");
    }
  }
  return noted;
}
