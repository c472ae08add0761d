import { mkdir, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { catalogueFolder, listCatalogue } from "./catalogue-folder.js";
import type { ClusterName } from "./find-cluster.js";
import { walLedgerFile } from "./wal-ledger.js";

/**
 * The backups of a cluster, and the checksums of its archive, go along when it takes another name: they are pruned, and the log
 * between them kept, by what lies under its name. What is there under the new name already stays.
 */
export async function moveBackups(
  { root, project, resourceId }: ClusterName,
  names: { readonly from: string; readonly to: string },
): Promise<void> {
  const [from, to] = [
    { root, project, instance: names.from },
    { root, project, instance: names.to },
  ];
  const { entries } = await listCatalogue(catalogueFolder(from));
  for (const { id, path, manifest } of entries) {
    if (manifest.resourceId === resourceId) await moveUnlessThere(path, join(catalogueFolder(to), id));
  }
  await moveUnlessThere(walLedgerFile({ ...from, resourceId }), walLedgerFile({ ...to, resourceId }));
}

async function moveUnlessThere(from: string, to: string): Promise<void> {
  if (!(await isThere(from)) || (await isThere(to))) return;
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await rename(from, to);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
