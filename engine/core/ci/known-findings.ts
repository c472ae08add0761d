import type { LintFinding } from "../lint/lint-finding.js";

/** What makes a finding the same one again: not its line, which moves. */
export type KnownFinding = Pick<LintFinding, "rule" | "file" | "message">;

/** Findings of this change, and those that were there before: as many of a kind as are known. */
export function tellApart(
  findings: readonly LintFinding[],
  known: readonly KnownFinding[],
): { readonly fresh: readonly LintFinding[]; readonly known: readonly LintFinding[] } {
  const left = new Map<string, number>();
  for (const one of known) left.set(keyOf(one), (left.get(keyOf(one)) ?? 0) + 1);
  const isKnown = findings.map((finding) => {
    const count = left.get(keyOf(finding)) ?? 0;
    left.set(keyOf(finding), count - 1);
    return count > 0;
  });
  return { fresh: findings.filter((_, at) => isKnown[at] !== true), known: findings.filter((_, at) => isKnown[at]) };
}

function keyOf({ rule, file, message }: KnownFinding): string {
  return JSON.stringify([rule, file, message]);
}
