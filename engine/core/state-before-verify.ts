import type { AnalysedMigration } from "./analysed-migration.js";

/**
 * The state to be recorded as soon as a file's statements are done: where it has @verify queries, they come after the
 * commit, and until they were true everything behind the file waits.
 */
export function stateBeforeVerify({ verify }: Pick<AnalysedMigration, "verify">): "applied" | "unverified" {
  return verify.length > 0 ? "unverified" : "applied";
}
