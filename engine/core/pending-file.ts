import type { AnalysedMigration } from "./analysed-migration.js";
import { contractActions, isFinal } from "./contract-actions.js";
import type { PendingFile } from "./decide-contracts.js";
import type { MigrationFile } from "./migration.js";
import { mentionsOf, subjectsOf } from "./named-objects.js";
import type { AstNode, SqlParser } from "./ports.js";

/**
 * What decideContracts needs to know of an analysed file. What it names is looked up only when something waits.
 * @throws HoldfastError contract_refused
 */
export function pendingFile(
  analysed: AnalysedMigration,
  parser: SqlParser,
  folder: readonly MigrationFile[] = [],
): PendingFile {
  const { migration, statements } = analysed;
  const nodes = (): AstNode[] => statements.map(({ node }) => node);
  let subjects: PendingFile["subjects"] | undefined;
  let mentions: PendingFile["mentions"] | undefined;
  return {
    migration,
    get subjects() {
      return (subjects ??= subjectsOf(nodes()));
    },
    get mentions() {
      return (mentions ??= mentionsOf(nodes()));
    },
    isFinal: migration.phase === "contract" && isFinal(contractActions(analysed, parser, folder)),
  };
}
