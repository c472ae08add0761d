import { asFields, asTexts, fieldsOf, kindOf, walk } from "./ast.js";
import type { AstNode } from "./ports.js";

/** Statements that run code, or touch objects, that their text does not show. */
const OPAQUE: ReadonlySet<string> = new Set([
  "DoStmt",
  "CallStmt",
  "ExecuteStmt",
  "CreateExtensionStmt",
  "AlterExtensionStmt",
  "AlterExtensionContentsStmt",
  "AlterDomainStmt",
  "AlterTableMoveAllStmt",
  "ImportForeignSchemaStmt",
  "CreateSchemaStmt",
  "DropOwnedStmt",
  "ReassignOwnedStmt",
  "LoadStmt",
]);
/** Statements whose expressions are evaluated when they run. In other statements a call is only written down. */
const EVALUATING: ReadonlySet<string> = new Set([
  "SelectStmt",
  "InsertStmt",
  "UpdateStmt",
  "DeleteStmt",
  "MergeStmt",
  "CreateTableAsStmt",
  "AlterTableStmt",
  "IndexStmt",
  "CopyStmt",
  "ExplainStmt",
  "RefreshMatViewStmt",
]);
/** Functions of PostgreSQL that take no lock on a table and run no code of the user. */
const BUILT_IN: ReadonlySet<string> = new Set(
  `abs array_agg array_append array_length array_position array_remove array_to_string avg bool_and bool_or btrim cardinality
  ceil ceiling char_length chr clock_timestamp concat concat_ws count current_database current_schema current_setting
  currval date_bin date_part date_trunc decode digest encode every exp extract floor format gen_random_uuid
  generate_series initcap json_agg json_build_array json_build_object json_object_agg jsonb_agg jsonb_array_elements
  jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text
  jsonb_object_agg jsonb_set jsonb_strip_nulls jsonb_typeof lag last_value lead left length ln log lower lpad ltrim
  make_date make_interval make_timestamp max md5 min mod nextval now overlay position power rank random regexp_match
  regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table repeat replace reverse right round row_number
  row_to_json rpad rtrim setval sha256 sign split_part sqrt starts_with statement_timestamp string_agg string_to_array
  strpos substr substring sum to_char to_date to_json to_jsonb to_number to_regclass to_timestamp
  transaction_timestamp translate trim trunc unnest upper uuidv7`
    .split(/\s+/)
    .filter((name) => name !== ""),
);

/** Whether a statement's locks and effects cannot be read from its text. */
export function isOpaque(node: AstNode): boolean {
  const kind = kindOf(node);
  if (OPAQUE.has(kind)) return true;
  return EVALUATING.has(kind) && calledFunctions(node).some((name) => !isBuiltIn(name));
}

/** Whether a statement evaluates the function calls it holds when it runs. */
export function runsCalls(node: AstNode): boolean {
  const kind = kindOf(node);
  return EVALUATING.has(kind) || kind === "CallStmt";
}

/** Names of all functions that a statement's expressions call, as lists of name parts. */
export function calledFunctions(node: AstNode): string[][] {
  const names: string[][] = [];
  walk(node, (kind, fields) => {
    if (kind === "FuncCall") names.push(asTexts(fields["funcname"]));
    // The body of a new routine is written down, not run.
    return kind !== "CreateFunctionStmt";
  });
  if (kindOf(node) === "CallStmt") names.push(asTexts(asFields(fieldsOf(node)["funccall"])["funcname"]));
  return names;
}

function isBuiltIn(parts: readonly string[]): boolean {
  const [schema, name] = parts.length > 1 ? parts : ["pg_catalog", parts[0] ?? ""];
  return schema === "pg_catalog" && BUILT_IN.has(name ?? "");
}
