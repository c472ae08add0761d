import { findUnproven, type MigrationSource, type Promotion } from "../engine/index.js";
import type { Target } from "./instances.js";

/**
 * What of a folder has not been proven on the stack that a target takes its migrations from; nothing where there is none. By
 * hand as in a deploy of its stack, only what was proven there may run.
 */
export async function promotionOf(
  { promotedFrom, place }: Target,
  source: MigrationSource,
): Promise<{ readonly promotion?: Promotion }> {
  if (promotedFrom === undefined) return {};
  const { readStackMigrations } = await import("./stack-instance.js");
  const [files, staged] = await Promise.all([source.load(), readStackMigrations(place.project, promotedFrom)]);
  return { promotion: findUnproven(files, promotedFrom, staged) };
}
