import type { PlacedStatement } from "../analysed-migration.js";
import type { SourceLocation } from "../errors.js";
import { redactLiterals } from "../redact-literals.js";
import type { IncidentStatement } from "./incident.js";

const LONGEST = 300;
/** Around the one that failed; a file of a thousand statements is in version control. */
const SHOWN = 40;

/** Statements of a file as an incident shows them: on one line each, no literal and no comment left. */
export function blottedStatements(
  statements: readonly PlacedStatement[],
  failedAt: Pick<SourceLocation, "line" | "column"> | undefined,
): IncidentStatement[] {
  const failed = failedAt === undefined ? -1 : statements.findLastIndex((one) => !isAfter(one, failedAt));
  const first = Math.max(0, Math.min(failed - SHOWN / 2, statements.length - SHOWN));
  return statements.slice(first, first + SHOWN).map(({ line, column, text }, index) => ({
    ...{ line, column, text: shortened(redactLiterals(text)), hasFailed: first + index === failed },
  }));
}

function isAfter(statement: PlacedStatement, { line, column }: Pick<SourceLocation, "line" | "column">): boolean {
  return statement.line > line || (statement.line === line && statement.column > column);
}

function shortened(text: string): string {
  const one = text.replace(/\s+/g, " ").trim();
  return one.length > LONGEST ? `${one.slice(0, LONGEST)}…` : one;
}
