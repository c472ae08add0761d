import type { AnalysedMigration, AnalysedStatement } from "./analysed-migration.js";
import { nodesWithin } from "./ast.js";
import type { MigrationFile } from "./migration.js";
import type { SqlParser } from "./ports.js";
import { reachStatements } from "./reach-statements.js";
import { routineFinder } from "./routines.js";
import { destructionOf } from "./unsafe-rules.js";

/**
 * What a statement destroys out of sight, in a DO block or a routine it calls: that can be neither retired nor copied first.
 * @param folder earlier files, where routines are found
 * @returns undefined where it destroys nothing, as far as anybody can read
 */
export function hiddenDestruction(
  statement: AnalysedStatement,
  { migration, statements }: AnalysedMigration,
  parser: SqlParser,
  folder: readonly MigrationFile[],
): string | undefined {
  if (!statement.isOpaque) return undefined;
  const own = statements.map(({ node, text }) => ({ node, source: text }));
  const earlier = folder.filter(({ order }) => order < migration.order);
  const routines = routineFinder(own, earlier, parser);
  const reach = reachStatements(statement, { parser, routines, fileText: migration.text });
  for (const { node, inside } of reach.statements) {
    const what =
      inside === undefined
        ? undefined
        : nodesWithin(node)
            .map(destructionOf)
            .find((one) => one !== undefined);
    if (what !== undefined) return `${what}, in ${inside ?? ""}`;
  }
  const [blind] = reach.unreadable;
  return blind && `cannot be judged: ${blind.reason}, in ${blind.inside ?? "it"}`;
}
