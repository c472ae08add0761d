import { HoldfastError } from "./errors.js";

/**
 * An error for a log: what happened and the way out, with all faults found beside it. No stack, and neither DETAIL nor
 * literals, which may hold row values.
 */
export function plainText(error: unknown): string {
  if (!(error instanceof HoldfastError)) return error instanceof Error ? error.message : String(error);
  const { hint, redactedExcerpt, next, applied = [], faults = [] } = error.details;
  const indented = (text = ""): string[] => (text === "" ? [] : text.split("\n").map((line) => `  ${line}`));
  const kept = applied.length === 0 ? "" : `Applied before it, and kept: ${applied.join(", ")}.`;
  const lines = [error.message, ...indented(redactedExcerpt), ...indented(hint), ...indented(kept), ...indented(next)];
  return [...lines, ...faults.map(plainText)].join("\n");
}
