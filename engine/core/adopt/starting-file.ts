import type { AstNode, ParsedStatement, SqlParser } from "../ports.js";
import { codeOnly } from "../scan-text.js";

const HEADER = `-- @phase expand
-- @why   the schema as it was when Holdfast took over
`;

/**
 * Turns what `pg_dump --schema-only` wrote into the first file of a folder. Left out: psql's backslash lines, the settings of the
 * session, which are the engine's, and what every new database has. Names are whole in a dump, so that no search_path is missed.
 *
 * @returns undefined where nothing is left: the database holds no schema yet
 */
export function startingFile(dump: string, parser: SqlParser): string | undefined {
  const statements = parser.parse(withoutBackslashLines(dump));
  const isHeapOnly = !statements.some(({ node }) => accessMethod(node) !== undefined && accessMethod(node) !== "heap");
  const kept = statements.filter((statement) => isKept(statement, isHeapOnly));
  if (kept.every(({ node }) => "VariableSetStmt" in node)) return undefined;
  return `${HEADER}${kept.map(({ text }) => `${text};\n`).join("\n")}`;
}

/** `\restrict` and its like stand at the start of a line of code; a string may hold one, too. */
function withoutBackslashLines(dump: string): string {
  const code = codeOnly(dump).split("\n");
  return dump
    .split("\n")
    .map((line, at) => (/^\\/.test(code[at] ?? "") ? "" : line))
    .join("\n");
}

function isKept({ node }: ParsedStatement, isHeapOnly: boolean): boolean {
  if ("SelectStmt" in node) return false;
  if ("VariableSetStmt" in node) return isKeptSetting(node, isHeapOnly);
  if ("CreateSchemaStmt" in node) return fieldOf(node, "CreateSchemaStmt", "schemaname") !== "public";
  if (!("CommentStmt" in node)) return true;
  // Both belong to who made the database: nobody else may comment on them.
  const kind = fieldOf(node, "CommentStmt", "objtype");
  return kind !== "OBJECT_EXTENSION" && !(kind === "OBJECT_SCHEMA" && /"sval":"public"/.test(JSON.stringify(node)));
}

/** A function may name what only stands further below; and tables may be kept in another way than PostgreSQL's own. */
function isKeptSetting(node: AstNode, isHeapOnly: boolean): boolean {
  const name = fieldOf(node, "VariableSetStmt", "name");
  return name === "check_function_bodies" || (name === "default_table_access_method" && !isHeapOnly);
}

function accessMethod(node: AstNode): string | undefined {
  if (fieldOf(node, "VariableSetStmt", "name") !== "default_table_access_method") return undefined;
  return /"sval":"([^"]*)"/.exec(JSON.stringify(node))?.[1];
}

function fieldOf(node: AstNode, kind: string, field: string): unknown {
  const inner = node[kind];
  return typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[field] : undefined;
}
