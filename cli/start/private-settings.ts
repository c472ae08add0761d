import { isDeepStrictEqual } from "node:util";
import type { Approval } from "../../engine/index.js";

/** A stack's settings by full key, as a stack's file has them. */
export type StackConfig = Readonly<Record<string, unknown>>;

const APPROVALS = "holdfast:approvals";

/**
 * What the private copy of a stack's settings is to hold: the checkout's, over them what was set only in the copy, and of approvals
 * both, less those that were typed and have expired since.
 *
 * @param theirs the checkout's settings
 * @param copied the checkout's as they were copied last
 * @param own what the copy holds now
 */
export function mergeSettings(theirs: StackConfig, copied: StackConfig, own: StackConfig, now: Date): StackConfig {
  const added = Object.entries(own).filter(([key, value]) => !isDeepStrictEqual(value, copied[key]));
  const typed = typedApprovals(theirs, copied, own).filter((approval) => !hasExpired(approval, now));
  const approvals = [...listOf(theirs[APPROVALS]), ...typed];
  const settings = Object.entries({ ...theirs, ...Object.fromEntries(added) }).filter(([key]) => key !== APPROVALS);
  const isSet = approvals.length > 0 || APPROVALS in theirs;
  return { ...Object.fromEntries(settings), ...(isSet && { [APPROVALS]: approvals }) };
}

/** With approvals that a person typed. */
export function withApprovals(config: StackConfig, approvals: readonly Approval[]): StackConfig {
  const written = approvals.map(({ expires, ...rest }) => ({
    ...rest,
    ...(expires && { expires: expires.toISOString() }),
  }));
  return { ...config, [APPROVALS]: [...listOf(config[APPROVALS]), ...written] };
}

function typedApprovals(theirs: StackConfig, copied: StackConfig, own: StackConfig): unknown[] {
  const known = [...listOf(theirs[APPROVALS]), ...listOf(copied[APPROVALS])];
  return listOf(own[APPROVALS]).filter((approval) => !known.some((one) => isDeepStrictEqual(one, approval)));
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function hasExpired(approval: unknown, now: Date): boolean {
  const { expires } = approval as { expires?: string | Date };
  return expires !== undefined && new Date(expires) <= now;
}
