import type { AnalysedMigration, AnalysedStatement, Execution, PlacedStatement } from "./analysed-migration.js";
import { kindOf } from "./ast.js";
import { readBatchTarget } from "./batch-range.js";
import { HoldfastError } from "./errors.js";
import { grammarFault } from "./grammar-fault.js";
import type { Migration, Section } from "./migration.js";
import { isOpaque } from "./opaque-statements.js";
import { asParameters, findPlaceholders, findStrangerPlaceholder } from "./placeholders.js";
import { type SqlParser, SyntaxFault } from "./ports.js";
import type { RoutinesFile } from "./routines.js";
import { pointAt, positionsIn } from "./source-location.js";
import { createdTables, strongLocks } from "./statement-locks.js";
import { statementFaults } from "./statement-faults.js";
import { outsideKind } from "./statement-kinds.js";
import { isQuery } from "./verify-query.js";

/**
 * Parses a migration and reads from its parse trees how it must be run. Never throws for a faulty file: its faults are
 * a value, so that all files can be reported together.
 * @param folder all files of the folder: a procedure that is called must be defined in one of them
 */
export function analyseMigration(
  migration: Migration,
  parser: SqlParser,
  folder: readonly RoutinesFile[] = [],
): AnalysedMigration {
  const faults: HoldfastError[] = [];
  const placed = parseSection(migration, migration.body, parser, faults);
  const statements = placed.map(analyseStatement);
  if (placed.length === 0 && faults.length === 0) faults.push(noStatement(migration));
  faults.push(...statementFaults(migration, statements, folder, parser));
  const verify = migration.verify ? parseSection(migration, migration.verify, parser, faults) : [];
  faults.push(...verifyFaults(migration, verify));
  const rollback =
    migration.rollback?.kind === "sql" ? parseSection(migration, migration.rollback.section, parser, faults) : [];
  if (migration.phase === "backfill" && statements.length > 1) faults.push(secondStatement(migration, statements[1]));
  faults.push(...batchFaults(migration, statements, parser));
  return { migration, statements, verify, rollback, execution: executionOf(migration, statements), faults };
}

function analyseStatement(statement: PlacedStatement): AnalysedStatement {
  const { node } = statement;
  const created = createdTables(node);
  return {
    ...statement,
    locks: strongLocks(node),
    creates: created.lasting,
    createsTemporary: created.temporary,
    outside: outsideKind(node),
    isOpaque: isOpaque(node),
  };
}

function executionOf(migration: Migration, statements: readonly AnalysedStatement[]): Execution {
  if (migration.phase === "contract" || migration.phase === "backfill") return migration.phase;
  return statements.some(({ outside }) => outside !== null) ? "outside" : "transaction";
}

function parseSection(
  migration: Migration,
  section: Section,
  parser: SqlParser,
  faults: HoldfastError[],
): PlacedStatement[] {
  try {
    const positionOf = positionsIn(migration.text);
    const placeholders = migration.batch && section === migration.body ? findPlaceholders(section.text, parser) : [];
    return parser.parse(asParameters(section.text, placeholders)).map(({ node, offset, end }) => ({
      text: section.text.slice(offset, end),
      offset: section.offset + offset,
      end: section.offset + end,
      ...positionOf(section.offset + offset),
      node,
      kind: kindOf(node),
    }));
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    faults.push(syntaxFault(migration, section, error, parser));
    return [];
  }
}

function syntaxFault(migration: Migration, section: Section, fault: SyntaxFault, parser: SqlParser): HoldfastError {
  const place = pointAt(migration, section.offset + fault.offset);
  const { line, column } = place.location;
  return new HoldfastError("sql_syntax", `${migration.path}:${line}:${column}: ${fault.message}.`, {
    ...place,
    sqlState: "42601",
    next: placeholderHint(section, fault, parser) ?? "Correct the SQL; nothing was run.",
  });
}

/** The commonest cause of a stray colon: a variable as psql knows it, or a placeholder outside a backfill. */
function placeholderHint(section: Section, fault: SyntaxFault, parser: SqlParser): string | undefined {
  if (section.text.charAt(fault.offset) !== ":") return undefined;
  try {
    const stranger = findStrangerPlaceholder(section.text, parser);
    return stranger && "Holdfast knows only :from and :to, and only in a file with @batch; write the value itself.";
  } catch {
    return undefined;
  }
}

function verifyFaults(migration: Migration, queries: readonly PlacedStatement[]): HoldfastError[] {
  return queries
    .filter(({ node }) => !isQuery(node))
    .map(({ offset }) =>
      grammarFault(migration, offset, "@verify holds something else than a query", "Write SELECTs that return true."),
    );
}

/** A statement that one batch does not hold would do everything with the first one. */
function batchFaults(
  migration: Migration,
  [statement]: readonly AnalysedStatement[],
  parser: SqlParser,
): HoldfastError[] {
  if (migration.batch === undefined || statement === undefined) return [];
  const target = readBatchTarget(migration, migration.batch, statement, parser);
  return target instanceof HoldfastError ? [target] : [];
}

function noStatement(migration: Migration): HoldfastError {
  return grammarFault(migration, 0, "the file has no statement to run", "Write the SQL, or delete the file.");
}

function secondStatement(migration: Migration, statement: AnalysedStatement | undefined): HoldfastError {
  const next = "Give each backfill a file of its own: it is repeated batch by batch.";
  return grammarFault(migration, statement?.offset ?? 0, "a backfill has more than one statement", next);
}
