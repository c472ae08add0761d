import type { AnalysedMigration, AnalysedStatement } from "./analysed-migration.js";
import { nodesWithin } from "./ast.js";
import { HoldfastError } from "./errors.js";
import { NewObjects } from "./new-objects.js";
import type { MigrationFile } from "./migration.js";
import type { SqlParser } from "./ports.js";
import { reachStatements, type ReachInput } from "./reach-statements.js";
import { routinesKnownTo } from "./routines.js";
import { destroysOnlyScratch } from "./scratch-statement.js";
import { pointAt } from "./source-location.js";
import { destructionOf } from "./unsafe-rules.js";

/**
 * What a file that is no contract would destroy, or break for the releases still running: DROP, TRUNCATE, DELETE and
 * UPDATE without WHERE, and renames, also inside a DO block and the functions and procedures it calls. What nobody can
 * read before it runs (EXECUTE of a computed text) counts as unsafe, too. Objects the file itself made are its own, and
 * those of the scratch schema nobody's.
 * @param folder all files of the folder: bodies of routines that earlier files defined are found there
 * @returns unsafe_statement errors, in order; none for a contract
 */
export function unsafeStatements(
  { migration, statements, execution }: AnalysedMigration,
  parser: SqlParser,
  folder: readonly MigrationFile[] = [],
): HoldfastError[] {
  if (migration.phase === "contract") return [];
  const input = {
    parser,
    routines: routinesKnownTo(migration, statements, folder, parser),
    fileText: migration.text,
  };
  // Outside a transaction a temporary table may be gone, and its name may mean the real one.
  const made = execution === "transaction" ? new NewObjects() : undefined;
  return statements.flatMap((statement) => {
    const faults = judge(migration, statement, made, input);
    made?.take(statement);
    return faults;
  });
}

function judge(
  migration: MigrationFile,
  statement: AnalysedStatement,
  made: NewObjects | undefined,
  input: ReachInput,
): HoldfastError[] {
  const { statements, unreadable } = reachStatements(statement, input);
  const destructive = statements.flatMap(({ node, inside, offset }) =>
    nodesWithin(node).flatMap((inner) => {
      const what = destructionOf(inner);
      if (what === undefined || (inside === undefined && made?.holdsAllOf(inner)) || destroysOnlyScratch(inner))
        return [];
      return unsafe(migration, offset, inside === undefined ? what : `${what}, in ${inside}`);
    }),
  );
  const blind = unreadable.map(({ reason, inside = "", offset }) =>
    unsafe(migration, offset, `cannot be judged: ${reason}, in ${inside}`),
  );
  return [...destructive, ...blind];
}

function unsafe(migration: MigrationFile, offset: number, what: string): HoldfastError {
  const place = pointAt(migration, offset);
  const { line, column } = place.location;
  return new HoldfastError(
    "unsafe_statement",
    `${migration.path}:${line}:${column}: the statement ${what}; only a contract may.`,
    {
      ...place,
      next: "Move it to a file of its own in a later release: `-- @phase contract` and `-- @closes <version of its expand>`.",
    },
  );
}
