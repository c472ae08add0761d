import type { AnalysedMigration } from "./analysed-migration.js";
import { contractActions, isFinal } from "./contract-actions.js";
import type { PendingFile } from "./decide-contracts.js";
import type { MigrationFile } from "./migration.js";
import { mentionsOf, subjectsOf } from "./named-objects.js";
import type { SqlParser } from "./ports.js";

/**
 * What decideContracts needs to know of an analysed file.
 * @throws HoldfastError contract_refused
 */
export function pendingFile(
  analysed: AnalysedMigration,
  parser: SqlParser,
  folder: readonly MigrationFile[] = [],
): PendingFile {
  const nodes = analysed.statements.map(({ node }) => node);
  const { migration } = analysed;
  return {
    migration,
    subjects: subjectsOf(nodes),
    mentions: mentionsOf(nodes),
    isFinal: migration.phase === "contract" && isFinal(contractActions(analysed, parser, folder)),
  };
}
