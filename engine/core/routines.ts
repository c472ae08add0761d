import type { PlacedStatement } from "./analysed-migration.js";
import { asFields, asText, asTexts, fieldsOf, kindOf, lastName, option } from "./ast.js";
import type { MigrationFile } from "./migration.js";
import { type AstNode, type SqlParser, SyntaxFault } from "./ports.js";

/** Code that the folder shows: a DO block, or the definition of a function or procedure. */
export interface Routine {
  readonly node: AstNode;
  /** The whole DO or CREATE statement. */
  readonly source: string;
  readonly language: string;
  /** The body where it is a string; unset for BEGIN ATOMIC and RETURN, which stand in the node as trees. */
  readonly body?: string;
  /** For messages: `the DO block`, `function purge (0007_…sql)`. */
  readonly title: string;
}

/** A file in which routines are looked for. */
export type RoutinesFile = Pick<MigrationFile, "name" | "text" | "order">;

/** Looks up routines by name, without schema: overloads and namesakes are all given. */
export type RoutineFinder = (name: string) => readonly Routine[];

/** The routine of a DO, CREATE FUNCTION or CREATE PROCEDURE statement. */
export function routineOf(node: AstNode, source: string, file?: RoutinesFile): Routine | undefined {
  const fields = fieldsOf(node);
  const kind = kindOf(node);
  if (kind !== "DoStmt" && kind !== "CreateFunctionStmt") return undefined;
  const options = kind === "DoStmt" ? fields["args"] : fields["options"];
  const argument = asFields(option(options, "as")?.["arg"]);
  const body = "String" in argument ? asText(asFields(argument["String"])["sval"]) : asTexts(argument)[0];
  return {
    node,
    source,
    language: languageOf(options, fields["sql_body"] !== undefined),
    ...(body !== undefined && { body }),
    title: kind === "DoStmt" ? "the DO block" : titleOf(fields, file),
  };
}

/**
 * A finder over the statements of one file and, behind them, other files. Those are parsed only when a name is looked
 * for that they hold.
 */
export function routineFinder(
  own: readonly Pick<Routine, "node" | "source">[],
  folder: readonly RoutinesFile[],
  parser: SqlParser,
): RoutineFinder {
  const ownRoutines = own.flatMap(({ node, source }) => routineOf(node, source) ?? []);
  return (name) => {
    const found = ownRoutines.filter((routine) => isNamed(routine, name));
    return found.length > 0 ? found : folder.flatMap((file) => routinesIn(file, name, parser));
  };
}

/** A finder over a file's own statements and the files of the folder that come before it. */
export function routinesKnownTo(
  { order }: Pick<MigrationFile, "order">,
  statements: readonly PlacedStatement[],
  folder: readonly RoutinesFile[],
  parser: SqlParser,
): RoutineFinder {
  let finder: RoutineFinder | undefined;
  return (name) => {
    // Most files call nothing: the folder is not even looked through for them.
    finder ??= routineFinder(
      statements.map(({ node, text }) => ({ node, source: text })),
      folder.filter((file) => file.order < order),
      parser,
    );
    return finder(name);
  };
}

function routinesIn(file: RoutinesFile, name: string, parser: SqlParser): Routine[] {
  if (!file.text.includes(name) || !/\b(function|procedure)\b/i.test(file.text)) return [];
  try {
    return parser
      .parse(file.text)
      .flatMap(({ node, text }) => routineOf(node, text, file) ?? [])
      .filter((routine) => isNamed(routine, name));
  } catch (error) {
    // A backfill's placeholders, or a faulty file that is reported on its own: it defines nothing that can be read.
    if (error instanceof SyntaxFault) return [];
    throw error;
  }
}

function isNamed({ node }: Routine, name: string): boolean {
  return kindOf(node) === "CreateFunctionStmt" && lastName(fieldsOf(node)["funcname"]) === name;
}

function languageOf(options: unknown, hasSqlBody: boolean): string {
  const argument = asFields(option(options, "language")?.["arg"]);
  const named = asText(asFields(argument["String"])["sval"]).toLowerCase();
  if (named !== "") return named;
  return hasSqlBody ? "sql" : "plpgsql";
}

function titleOf(fields: ReturnType<typeof fieldsOf>, file: RoutinesFile | undefined): string {
  const word = fields["is_procedure"] === true ? "procedure" : "function";
  return `${word} ${lastName(fields["funcname"])}${file === undefined ? "" : ` (${file.name})`}`;
}
