import { asFields, asText, isFields, type Fields } from "./ast.js";
import { isShortLoop } from "./plpgsql-loops.js";
import { type SqlParser, SyntaxFault } from "./ports.js";

/** A piece of SQL inside a PL/pgSQL body. */
export interface BodyQuery {
  /** Parses as it is: an expression has SELECT before it, an assignment only keeps its right side. */
  readonly sql: string;
  /** Within the body, from 1: the line where its PL/pgSQL statement begins. */
  readonly line: number;
  /** EXECUTE: the SQL is an expression whose value is the text that runs. */
  readonly isDynamic: boolean;
  /** It stands in a loop in which nothing commits. */
  readonly isRepeated: boolean;
}

export interface PlPgSqlBody {
  readonly queries: readonly BodyQuery[];
  /** Lines of COMMIT and ROLLBACK. */
  readonly transactionControls: readonly number[];
}

const FULL_STATEMENT = 0;
const EXPRESSION = 2;

/**
 * All SQL of a DO block or a PL/pgSQL routine.
 * @param source the whole DO or CREATE statement
 * @returns undefined where libpg-query cannot read the body: it knows no catalog, so some sound bodies are beyond it
 */
export function readPlPgSql(source: string, parser: Pick<SqlParser, "parsePlPgSql">): PlPgSqlBody | undefined {
  try {
    const body: Collected = { queries: [], transactionControls: [] };
    collect(parser.parsePlPgSql(source), { line: 1, owner: "", isDynamic: false, loop: "none" }, body);
    return body;
  } catch (error) {
    if (error instanceof SyntaxFault) return undefined;
    throw error;
  }
}

interface Collected {
  readonly queries: BodyQuery[];
  readonly transactionControls: number[];
}

interface Place {
  readonly line: number;
  /** The node that the value is a field of: `PLpgSQL_stmt_if`. */
  readonly owner: string;
  readonly isDynamic: boolean;
  /** What the outermost loop that commits does, else the loops around. */
  readonly loop: "none" | "repeats" | "commits";
}

const LOOPS: ReadonlySet<string> = new Set([
  "PLpgSQL_stmt_loop",
  "PLpgSQL_stmt_while",
  "PLpgSQL_stmt_fori",
  "PLpgSQL_stmt_fors",
  "PLpgSQL_stmt_forc",
  "PLpgSQL_stmt_dynfors",
  "PLpgSQL_stmt_foreach_a",
]);
const CONTROLS: ReadonlySet<string> = new Set(["PLpgSQL_stmt_commit", "PLpgSQL_stmt_rollback"]);
const DYNAMIC_STATEMENTS: ReadonlySet<string> = new Set(["PLpgSQL_stmt_dynexecute", "PLpgSQL_stmt_dynfors"]);

function collect(value: unknown, place: Place, body: Collected): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, place, body);
  } else if (isFields(value)) {
    for (const [key, inner] of Object.entries(value)) collectField(key, inner, place, body);
  }
}

function collectField(key: string, inner: unknown, place: Place, body: Collected): void {
  if (key === "PLpgSQL_expr") {
    body.queries.push(queryOf(asFields(inner), place));
  } else if (key.startsWith("PLpgSQL_")) {
    const line = Number(asFields(inner)["lineno"] ?? place.line);
    if (CONTROLS.has(key)) body.transactionControls.push(line);
    collect(inner, { line, owner: key, isDynamic: false, loop: loopWithin(key, inner, place) }, body);
  } else {
    // `dynquery` of OPEN and RETURN QUERY is EXECUTE's text; `query` is so only in a dynamic statement.
    const isDynamic = key === "dynquery" || (key === "query" && DYNAMIC_STATEMENTS.has(place.owner));
    collect(inner, { ...place, isDynamic }, body);
  }
}

function loopWithin(key: string, inner: unknown, { loop }: Place): Place["loop"] {
  if (!LOOPS.has(key) || loop === "commits" || isShortLoop(key, asFields(inner))) return loop;
  return holdsControl(inner) ? "commits" : "repeats";
}

function holdsControl(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsControl);
  return isFields(value) && Object.entries(value).some(([key, inner]) => CONTROLS.has(key) || holdsControl(inner));
}

function queryOf(expression: Fields, { line, isDynamic, loop }: Place): BodyQuery {
  const isRepeated = loop === "repeats";
  const query = asText(expression["query"]);
  const mode = Number(expression["parseMode"] ?? FULL_STATEMENT);
  if (mode === FULL_STATEMENT) return { sql: query, line, isDynamic, isRepeated };
  const value = mode === EXPRESSION ? query : query.replace(/^.*?:?=/s, "");
  return { sql: `SELECT ${value}`, line, isDynamic, isRepeated };
}
