import type { AnalysedMigration, AnalysedStatement } from "./analysed-migration.js";
import { DEFAULT_SERVER, ownFile } from "./lint/lint-file.js";
import { lintStatements } from "./lint/lint-statements.js";
import { Schema } from "./lint/schema/schema.js";
import type { MigrationFile } from "./migration.js";
import type { SqlParser } from "./ports.js";

/**
 * What a statement of a contract destroys or takes away out of sight, in a DO block or a routine it calls: that can be neither
 * retired nor copied first.
 * @param folder earlier files, where routines are found
 * @returns undefined where it does nothing of the kind, as far as anybody can read
 */
export function hiddenDestruction(
  statement: AnalysedStatement,
  analysed: AnalysedMigration,
  parser: SqlParser,
  folder: readonly MigrationFile[],
): string | undefined {
  if (!statement.isOpaque) return undefined;
  const source = ownFile(analysed, { parser, folder, server: DEFAULT_SERVER });
  // Asked as of a file that may do nothing of a contract's work. Without what earlier files made, no object counts as new.
  const asked = { ...source, file: { ...source.file, phase: "expand" }, statements: [statement] } as const;
  const [hidden] = lintStatements(asked, new Schema()).filter(
    ({ rule, inside }) => rule.isContractsWork === true && inside !== undefined,
  );
  return hidden && `${hidden.violation.message}, in ${hidden.inside ?? ""}`;
}
