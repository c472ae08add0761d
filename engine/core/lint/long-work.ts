import { asFields, asNodes, asText, asTexts, fieldsOf, isOptionOn, kindOf, walk, type Fields } from "../ast.js";
import { calledFunctions } from "../opaque-statements.js";
import type { AstNode } from "../ports.js";
import { chosenBy, isBounded } from "./bounded-where.js";
import { isOld } from "./held-locks.js";
import type { JudgedStatement } from "./rule.js";
import type { Schema } from "./schema/schema.js";
import { alterations, printId } from "./statement-facts.js";

/** Work that takes longer the larger a table is which was there before the file. */
export interface LongWork {
  /** Goes on from «the statement …»: `updates orders`. */
  readonly what: string;
  /** Id of the table that is written or checked; unset where it is only read. */
  readonly target?: string;
}

/** What a statement does that grows with an old table; undefined where it does nothing of the kind, or does not run it now. */
export function longWork(statement: JudgedStatement): LongWork | undefined {
  return runsNow(statement) ? READERS[statement.kind]?.(statement) : undefined;
}

const LATER: ReadonlySet<string> = new Set(["ViewStmt", "RuleStmt", "DeclareCursorStmt"]);

/** False inside what is only written down: a view, a rule, a plan that EXPLAIN shows. */
function runsNow({ around, statements }: JudgedStatement): boolean {
  return around.every((node) => {
    const kind = kindOf(node);
    if (kind === "PrepareStmt") return isExecuted(asText(fieldsOf(node)["name"]), statements);
    return kind === "ExplainStmt" ? isOptionOn(fieldsOf(node)["options"], "analyze") : !LATER.has(kind);
  });
}

function isExecuted(name: string, statements: readonly AstNode[]): boolean {
  return statements.some((node) => kindOf(node) === "ExecuteStmt" && fieldsOf(node)["name"] === name);
}

type Reader = (statement: JudgedStatement) => LongWork | undefined;

const READERS: Readonly<Partial<Record<string, Reader>>> = {
  UpdateStmt: (statement) => changes(statement, "updates", "fromClause"),
  DeleteStmt: (statement) => changes(statement, "deletes rows of", "usingClause"),
  MergeStmt: merges,
  InsertStmt: (statement) => copies(statement, asFields(statement.fields["selectStmt"])),
  CreateTableAsStmt: (statement) =>
    asFields(statement.fields["into"])["skipData"] === true
      ? undefined
      : copies(statement, asFields(statement.fields["query"])),
  SelectStmt: (statement) =>
    statement.around.some((node) => kindOf(node) !== "ExplainStmt") ? undefined : reads(statement),
  RefreshMatViewStmt: ({ fields, schema }) =>
    fields["skipData"] === true ? undefined : { what: `refreshes ${printId(schema.tableId(fields["relation"]))}` },
  IndexStmt: builds,
  AlterTableStmt: validates,
  CopyStmt: ({ fields, schema, file }) => {
    if (fields["relation"] === undefined || fields["is_from"] === true) return undefined;
    const id = schema.tableId(fields["relation"]);
    return isOld(id, schema, file.order) ? { what: `reads ${printId(id)}` } : undefined;
  },
};

function changes(statement: JudgedStatement, verb: string, sources: string): LongWork | undefined {
  const { fields, schema, file } = statement;
  const beside = asNodes(fields[sources]);
  const chosen = chosenBy(fields["relation"], beside, schema, fields["withClause"]);
  if (isBounded(fields["whereClause"], chosen, schema)) return undefined;
  if (isOld(chosen.id, schema, file.order)) return { what: `${verb} ${printId(chosen.id)}`, target: chosen.id };
  return readsOf(fields, statement);
}

function merges(statement: JudgedStatement): LongWork | undefined {
  const { fields, schema, file } = statement;
  const source = asFields(fields["sourceRelation"]);
  const chosen = chosenBy(fields["relation"], [source], schema, fields["withClause"]);
  const isWritten = isBounded(fields["joinCondition"], chosen, schema);
  const isUnmatched = asNodes(fields["mergeWhenClauses"]).some(
    (node) => asFields(node["MergeWhenClause"])["matchKind"] === "MERGE_WHEN_NOT_MATCHED_BY_SOURCE",
  );
  if (isWritten && !isUnmatched) return undefined;
  return isOld(chosen.id, schema, file.order)
    ? { what: `merges into ${printId(chosen.id)}`, target: chosen.id }
    : readsOf(source, statement);
}

function copies(statement: JudgedStatement, query: AstNode): LongWork | undefined {
  // Rows written in the file: there may be many, and nothing in them is looked through.
  if (asFields(query["SelectStmt"])["valuesLists"] !== undefined) return undefined;
  const work = readsOf(query, statement);
  const target = statement.kind === "InsertStmt" ? statement.schema.tableId(statement.fields["relation"]) : undefined;
  return work === undefined || target === undefined ? work : { ...work, target };
}

function reads(statement: JudgedStatement): LongWork | undefined {
  const sleeps = calledFunctions(statement.node).some((parts) => /^pg_sleep/.test(parts.at(-1) ?? ""));
  return sleeps ? { what: "sleeps" } : readsOf(statement.node, statement);
}

function builds({ fields, schema, file }: JudgedStatement): LongWork | undefined {
  const id = schema.tableId(fields["relation"]);
  if (fields["concurrent"] === true || !isOld(id, schema, file.order)) return undefined;
  return { what: `builds an index on ${printId(id)}`, target: id };
}

function validates(statement: JudgedStatement): LongWork | undefined {
  const { schema, fields, file } = statement;
  const id = schema.tableId(fields["relation"]);
  const command = alterations(statement).find(({ subtype }) => subtype === "AT_ValidateConstraint");
  if (command === undefined || !isOld(id, schema, file.order)) return undefined;
  return { what: `validates ${printId(id)}.${asText(command["name"])}`, target: id };
}

/** The first old table that a query goes through as a whole, or at length. */
function readsOf(query: unknown, { schema, file }: JudgedStatement): LongWork | undefined {
  const withNames = new Set<string>();
  walk(query, (kind, fields) => {
    if (kind === "CommonTableExpr") withNames.add(asText(fields["ctename"]));
    return true;
  });
  let found: string | undefined;
  walk(query, (kind, fields) => {
    if (found !== undefined || asksForAny(kind, fields) || (kind === "SelectStmt" && isShort(fields, schema)))
      return false;
    if (kind !== "RangeVar" || isCatalog(fields) || withNames.has(asText(fields["relname"]))) return true;
    const id = schema.tableId(fields);
    if (isOld(id, schema, file.order)) found = id;
    return true;
  });
  return found === undefined ? undefined : { what: `reads ${printId(found)}` };
}

/** `EXISTS (SELECT 1 FROM orders)`: one row answers it. */
function asksForAny(kind: string, fields: Fields): boolean {
  const query = asFields(asFields(fields["subselect"])["SelectStmt"]);
  return kind === "SubLink" && fields["subLinkType"] === "EXISTS_SUBLINK" && query["whereClause"] === undefined;
}

/** A query that ends after a few rows, by LIMIT, by a key, or since an index has the answer at its end. */
function isShort(fields: Fields, schema: Schema): boolean {
  if (fields["limitCount"] !== undefined || asksForEnd(fields, schema)) return true;
  const from = asNodes(fields["fromClause"]);
  const ranges: AstNode[] = [];
  walk(from, (kind, inner) => {
    if (kind === "RangeVar") ranges.push(inner);
    return kind !== "RangeSubselect";
  });
  return ranges.some((range) =>
    isBounded(fields["whereClause"], chosenBy(range, from, schema, fields["withClause"]), schema),
  );
}

/** `SELECT max(id) FROM orders`. */
function asksForEnd(fields: Fields, schema: Schema): boolean {
  const [from, ...others] = asNodes(fields["fromClause"]);
  const [target, ...more] = asNodes(fields["targetList"]);
  if (others.length + more.length > 0 || fields["whereClause"] !== undefined) return false;
  const columns: string[] = [];
  walk(target, (kind, call) => {
    const isEnd = kind === "FuncCall" && /^(max|min)$/.test(asTexts(call["funcname"]).at(-1) ?? "");
    if (isEnd) columns.push(...asTexts(asFields(asFields(asNodes(call["args"])[0])["ColumnRef"])["fields"]).slice(-1));
    return !isEnd;
  });
  const id = schema.tableId(from?.["RangeVar"]);
  const leading = [
    ...[...(schema.tables.get(id)?.constraints.values() ?? [])]
      .filter(({ kind }) => kind === "primary key" || kind === "unique")
      .map((constraint) => constraint.columns[0]),
    ...schema.indexesOf(id).map((index) => index.columns[0]),
  ];
  return columns.length > 0 && columns.every((column) => leading.includes(column));
}

function isCatalog(relation: Fields): boolean {
  const schema = asText(relation["schemaname"]);
  if (schema === "pg_catalog" || schema === "information_schema") return true;
  return schema === "" && asText(relation["relname"]).startsWith("pg_");
}
