import { createHash } from "node:crypto";
import type { BreakGlass } from "../break-glass.js";

/**
 * A snapshot's name works once in an account, and a database of the same identifier may follow the one that was deleted. Nothing
 * is deleted without break-glass; so its entry, which is another each time, makes the name.
 */
export function finalSnapshotName(identifier: string, lift: BreakGlass | undefined): string {
  if (lift === undefined) return `${identifier}-final`;
  const digest = createHash("sha256").update(JSON.stringify([lift.id, lift.by, lift.reason, lift.expires]));
  return `${identifier}-final-${digest.digest("hex").slice(0, 12)}`;
}
