import type { Rule } from "../rule.js";

/** The linter itself reports it, where it cannot follow what a statement runs. */
export const cannotTell: Rule = {
  id: "cannot-tell",
  severity: "error",
  harm: "unread",
  about: "runs what nobody can read before",
  kinds: [],
  isContractsWork: true,
  check: () => [],
};
