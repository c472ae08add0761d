import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { catalogueFolder } from "./catalogue-folder.js";
import type { LedgerName } from "./wal-ledger.js";

/** WAL of a cluster that is not on this machine, brought back from a place: `<root>/<project>/backups/<instance>/wal/<resource id>`. */
export function fetchedWalFolder(name: LedgerName): string {
  return join(dirname(catalogueFolder(name)), "wal", name.resourceId);
}

/** Undefined where nothing was fetched. */
export async function findFetchedWal(name: LedgerName): Promise<string | undefined> {
  const folder = fetchedWalFolder(name);
  return stat(folder).then(
    () => folder,
    () => undefined,
  );
}
