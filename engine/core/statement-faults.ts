import type { AnalysedStatement } from "./analysed-migration.js";
import { HoldfastError } from "./errors.js";
import type { Migration } from "./migration.js";
import { calledFunctions } from "./opaque-statements.js";
import type { AstNode, SqlParser } from "./ports.js";
import { reachStatements, type Reach, type ReachedStatement } from "./reach-statements.js";
import { routinesKnownTo, type RoutinesFile } from "./routines.js";
import { pointAt } from "./source-location.js";
import { outsideKind, refusalOf, type Refusal } from "./statement-kinds.js";

/** What no migration may do, in its statements and in the bodies they run: statement_not_supported errors, in order. */
export function statementFaults(
  migration: Migration,
  statements: readonly AnalysedStatement[],
  folder: readonly RoutinesFile[],
  parser: SqlParser,
): HoldfastError[] {
  const input = {
    parser,
    routines: routinesKnownTo(migration, statements, folder, parser),
    fileText: migration.text,
  };
  return statements.flatMap((statement) =>
    reachFaults(reachStatements(statement, input)).map(([offset, refusal]) => notSupported(migration, offset, refusal)),
  );
}

function reachFaults(reach: Reach): [number, Refusal][] {
  return [
    ...reach.statements.flatMap((reached): [number, Refusal][] => {
      const refusal = refusalOf(reached.node) ?? nestedRefusal(reached) ?? callRefusal(reached.node);
      return refusal === undefined ? [] : [[reached.offset, refusal]];
    }),
    ...reach.transactionControls.map(({ inside = "the body", offset }): [number, Refusal] => [
      offset,
      { sentence: `${inside} ends its own transaction`, next: COMMITTING_BODY },
    ]),
    ...reach.unknownProcedures.map(({ name, offset }): [number, Refusal] => [
      offset,
      { sentence: `CALL of ${name}, whose body the folder does not show`, next: UNKNOWN_BODY },
    ]),
  ];
}

const COMMITTING_BODY =
  "Work through many rows in a `-- @phase backfill` file: it commits batch by batch, and goes on where it was stopped.";
const UNKNOWN_BODY = "Define the procedure in this folder, or write its statements into the file.";
const UNLOCK_ALL: Refusal = {
  sentence: "pg_advisory_unlock_all() would free the lock that keeps two deploys apart",
  next: "Free the locks the file took by their keys: pg_advisory_unlock(…).",
};

function nestedRefusal({ node, inside }: ReachedStatement): Refusal | undefined {
  if (inside === undefined || outsideKind(node) === null) return undefined;
  return {
    sentence: `${inside} holds a statement that cannot run inside a transaction`,
    next: "Write it as a statement of the file.",
  };
}

function callRefusal(node: AstNode): Refusal | undefined {
  const isCalled = calledFunctions(node).some((parts) => parts.at(-1) === "pg_advisory_unlock_all");
  return isCalled ? UNLOCK_ALL : undefined;
}

function notSupported(migration: Migration, offset: number, { sentence, next }: Refusal): HoldfastError {
  const place = pointAt(migration, offset);
  const { line, column } = place.location;
  return new HoldfastError("statement_not_supported", `${migration.path}:${line}:${column}: ${sentence}.`, {
    ...place,
    next,
  });
}
