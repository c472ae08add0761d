import { byHand, type ByHandRequest } from "./by-hand.js";
import { HoldfastError } from "./core/errors.js";
import { isVersion, versionOrder } from "./core/migration-name.js";
import type { World } from "./core/run.js";
import { acceptChecksum } from "./steps/accept-checksum.js";

export interface AcceptReport {
  readonly file: string;
  readonly checksum: string;
  /** The one on record before; the same where there was nothing to accept. */
  readonly replaced: string;
}

/**
 * Records the new checksum of an applied file whose statements are what they were: a repaired comment, @why, @verify or
 * @rollback.
 *
 * @param reason kept beside the checksum
 * @throws HoldfastError accept_refused, invalid_usage
 */
export async function accept(
  request: ByHandRequest,
  world: World,
  version: string,
  reason: string,
): Promise<AcceptReport> {
  const files = await world.source.load();
  const file = isVersion(version) ? files.find(({ order }) => order === versionOrder(version)) : undefined;
  if (file === undefined) {
    throw new HoldfastError("invalid_usage", `The folder has no migration ${version}.`, {
      next: "Name its version: 0007.",
    });
  }
  return byHand(request, world, async (ctx) => {
    await ctx.history.ensure(ctx.session);
    return { file: file.path, checksum: file.checksum, replaced: await acceptChecksum(ctx, file, reason) };
  });
}
