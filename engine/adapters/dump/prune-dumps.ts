import { rename, rm } from "node:fs/promises";
import { DEFAULT_RETENTION_MS, planRetention } from "../../core/retention.js";
import { hideEntry, listCatalogue } from "../backup/catalogue-folder.js";
import { entriesInUse } from "../backup/in-use.js";

/** Removes the dumps of one database that are no longer kept; those of an earlier one under the same name stay. */
export async function pruneDumps(folder: string, resourceId: string, now: Date, windowMs?: number): Promise<void> {
  const { entries } = await listCatalogue(folder);
  const busy = await entriesInUse(folder);
  const { expendable } = planRetention(
    entries.filter(({ manifest }) => manifest.resourceId === resourceId),
    { now, windowMs: windowMs ?? DEFAULT_RETENTION_MS, busy, archive: [], segmentBytes: 0 },
  );
  for (const entry of expendable) {
    const outgoing = await hideEntry(folder, entry);
    if (outgoing === undefined) continue;
    // Someone may have begun to read it meanwhile.
    if ((await entriesInUse(folder)).has(entry.id)) await rename(outgoing, entry.path);
    else await rm(outgoing, { recursive: true, force: true });
  }
}
