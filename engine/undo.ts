import { byHand, type ByHandRequest } from "./by-hand.js";
import { HoldfastError } from "./core/errors.js";
import { isVersion, versionOrder } from "./core/migration-name.js";
import type { World } from "./core/run.js";
import { undoRetired, type UndoReport } from "./steps/contracts/undo-retired.js";
import { storeFingerprint } from "./steps/take-fingerprint.js";

export type { UndoReport } from "./steps/contracts/undo-retired.js";

/**
 * Brings back what a contract retired, under the deploy's lock; the schema's fingerprint is taken anew, so that the way back is
 * no drift. The version may be spelled as in the file's name or as its bare number.
 *
 * @throws HoldfastError undo_refused, invalid_usage
 */
export async function undo(request: ByHandRequest, world: World, version: string): Promise<UndoReport> {
  return byHand(request, world, async (ctx, { history }) => {
    const row = isVersion(version) ? history.find(({ order }) => order === versionOrder(version)) : undefined;
    if (row === undefined) throw unknownVersion(version);
    const report = await undoRetired(ctx, row.version);
    await storeFingerprint(ctx);
    return report;
  });
}

function unknownVersion(version: string): HoldfastError {
  return new HoldfastError("invalid_usage", `No migration ${version} is in the history of this database.`, {
    next: "holdfast status names what is retired and can be undone.",
  });
}
