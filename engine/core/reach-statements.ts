import type { PlacedStatement } from "./analysed-migration.js";
import { asNodes, fieldsOf, isFields, kindOf } from "./ast.js";
import { foldDynamicSql } from "./fold-dynamic-sql.js";
import { calledFunctions, runsCalls } from "./opaque-statements.js";
import { readPlPgSql, type BodyQuery } from "./plpgsql-body.js";
import { type AstNode, type SqlParser, SyntaxFault } from "./ports.js";
import { routineOf, type Routine, type RoutineFinder } from "./routines.js";
import { codeOnly, scanText } from "./scan-text.js";
import { lineOffset, positionAt } from "./source-location.js";

/** A statement that runs when a file's statement runs: itself, or one inside the DO block or routine it starts. */
export interface ReachedStatement {
  readonly node: AstNode;
  /** Unset for the statement itself: `the DO block`, `function purge`. */
  readonly inside?: string;
  /** In the file's text: the inner line where the file shows it, the calling statement otherwise. */
  readonly offset: number;
  /** It stands in a loop of a body in which nothing commits. */
  readonly isRepeated?: true;
}

/** Something that nobody can judge before it runs. */
export interface Unreadable extends Omit<ReachedStatement, "node" | "isRepeated"> {
  readonly reason: string;
}

export interface Reach {
  readonly statements: readonly ReachedStatement[];
  readonly unreadable: readonly Unreadable[];
  /** COMMIT and ROLLBACK inside a body. */
  readonly transactionControls: readonly Omit<ReachedStatement, "node">[];
  /** Names of procedures that are called and that the folder does not show. */
  readonly unknownProcedures: readonly { readonly name: string; readonly offset: number }[];
}

/** The surroundings in which bodies are read. */
export interface ReachInput {
  readonly parser: SqlParser;
  readonly routines: RoutineFinder;
  /** The text that statements' offsets count in. */
  readonly fileText: string;
}

/** Everything that runs when this statement runs, as far as the file and its folder show it. */
export function reachStatements(statement: PlacedStatement, input: ReachInput): Reach {
  const context: Context = {
    ...input,
    reach: { statements: [], unreadable: [], transactionControls: [], unknownProcedures: [] },
    entered: new Set(),
  };
  visit(statement.node, { offset: statement.offset }, context);
  const block = kindOf(statement.node) === "DoStmt" ? routineOf(statement.node, statement.text) : undefined;
  if (block !== undefined) enter(block, { offset: statement.offset, shownBy: statement }, context);
  return context.reach;
}

type Growing<T> = { readonly [Key in keyof T]: T[Key] extends readonly (infer Item)[] ? Item[] : never };

interface Context extends ReachInput {
  readonly reach: Growing<Reach>;
  /** Texts of bodies already read: a recursive routine ends, also one of another file, which is parsed anew each time. */
  readonly entered: Set<string>;
}

interface Place {
  readonly inside?: string;
  readonly offset: number;
  readonly isRepeated?: true;
  /** The statement of the file that shows the body being read; unset where another statement does. */
  readonly shownBy?: PlacedStatement;
}

function visit(node: AstNode, place: Place, context: Context): void {
  const { inside, offset, isRepeated } = place;
  context.reach.statements.push({
    ...{ node, offset },
    ...(inside !== undefined && { inside }),
    ...(isRepeated === true && { isRepeated }),
  });
  if (!runsCalls(node)) return;
  for (const parts of calledFunctions(node)) {
    const name = parts.at(-1) ?? "";
    const routines = context.routines(name);
    for (const routine of routines) enter(routine, { offset, ...(isRepeated === true && { isRepeated }) }, context);
    if (kindOf(node) === "CallStmt" && routines.length === 0) context.reach.unknownProcedures.push({ name, offset });
  }
}

function enter(routine: Routine, place: Place, context: Context): void {
  if (context.entered.has(routine.source)) return;
  context.entered.add(routine.source);
  const inner = { ...place, inside: routine.title };
  const { body, language } = routine;
  if (body === undefined) visitTrees(fieldsOf(routine.node)["sql_body"], inner, context);
  else if (language === "plpgsql") enterPlPgSql(routine, body, inner, context);
  else if (language === "sql") visitText(body, inner, context);
  else unreadable(`${routine.title} is written in ${language}`, inner, context);
}

/** The statements of BEGIN ATOMIC stand in nested lists; RETURN holds one expression. */
function visitTrees(value: unknown, place: Place, context: Context): void {
  const inner = asNodes(value);
  if (inner.length > 0) for (const item of inner) visitTrees(item, place, context);
  else if (isFields(value) && kindOf(value) !== "") visit(value, place, context);
}

function enterPlPgSql(routine: Routine, body: string, place: Place, context: Context): void {
  const read = readPlPgSql(routine.source, context.parser);
  if (read === undefined) {
    judgeByWords(body, place, context);
    return;
  }
  for (const line of read.transactionControls)
    context.reach.transactionControls.push(placeInBody(line, place, context));
  for (const query of read.queries) {
    const repeated = query.isRepeated ? ({ isRepeated: true } as const) : {};
    visitQuery(query, { ...place, ...repeated, ...placeInBody(query.line, place, context) }, context);
  }
}

function visitQuery({ sql, isDynamic }: BodyQuery, place: Place, context: Context): void {
  visitText(sql, place, context);
  if (!isDynamic) return;
  const [select] = tryParse(sql, context.parser) ?? [];
  const text = select && foldDynamicSql(select);
  const nodes = text === undefined ? undefined : tryParse(text, context.parser);
  if (nodes === undefined) unreadable("EXECUTE runs a text that is known only then", place, context);
  else for (const node of nodes) visit(node, place, context);
}

function visitText(sql: string, place: Place, context: Context): void {
  const nodes = tryParse(sql, context.parser);
  if (nodes === undefined) judgeByWords(sql, place, context);
  else for (const node of nodes) visit(node, place, context);
}

/** For a body beyond the parser: sound if it holds no word that could start something destructive. */
function judgeByWords(text: string, place: Place, context: Context): void {
  const words = new Set(
    codeOnly(text)
      .toLowerCase()
      .match(/[a-z_]\w*/g),
  );
  if (RISKY_WORDS.some((word) => words.has(word))) unreadable("its PL/pgSQL cannot be read", place, context);
  if (CONTROL_WORDS.some((word) => words.has(word))) context.reach.transactionControls.push(withoutNode(place));
  for (const word of words) for (const routine of context.routines(word)) enter(routine, withoutOwn(place), context);
}

/** What a body that cannot be parsed must not hold. */
const RISKY_WORDS = ["drop", "truncate", "delete", "update", "rename", "execute", "merge"];
const CONTROL_WORDS = ["commit", "rollback"];

function tryParse(sql: string, parser: SqlParser): AstNode[] | undefined {
  try {
    return parser.parse(sql).map(({ node }) => node);
  } catch (error) {
    if (error instanceof SyntaxFault) return undefined;
    throw error;
  }
}

/** PL/pgSQL counts a body's lines from its opening quote. */
function placeInBody(line: number, place: Place, { fileText }: Context): Omit<ReachedStatement, "node"> {
  const { inside, shownBy } = place;
  if (shownBy === undefined) return withoutNode(place);
  const [body] = scanText(shownBy.text)
    .filter(({ kind }) => kind === "string")
    .sort((a, b) => b.end - b.offset - (a.end - a.offset));
  const start = shownBy.offset + (body?.offset ?? 0);
  const offset = line <= 1 ? start : lineOffset(fileText, positionAt(fileText, start).line + line - 1);
  return { offset, ...(inside !== undefined && { inside }) };
}

function unreadable(reason: string, place: Place, { reach }: Context): void {
  reach.unreadable.push({ ...withoutNode(place), reason });
}

function withoutNode({ inside, offset }: Place): Omit<ReachedStatement, "node"> {
  return { offset, ...(inside !== undefined && { inside }) };
}

function withoutOwn({ offset }: Place): Place {
  return { offset };
}
