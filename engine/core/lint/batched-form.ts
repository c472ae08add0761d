import { asFields, kindOf } from "../ast.js";
import type { JudgedStatement } from "./rule.js";
import { sqlIdentifier, sqlName } from "./statement-facts.js";

/** A fix: the same UPDATE or DELETE over ranges of the table's key, as far as its text allows to say it. */
export function batchedForm(statement: JudgedStatement): string {
  const { schema, fields, kind, file } = statement;
  const id = schema.tableId(fields["relation"]);
  const keys = [...(schema.tables.get(id)?.constraints.values() ?? [])].find((one) => one.kind === "primary key");
  const [key = "id"] = keys?.columns ?? [];
  const column = sqlIdentifier(key);
  const batched = inRange(statement, column);
  if (file.manner === "holdfast" && kind === "UpdateStmt") {
    return `-- @phase backfill\n-- @batch table=${sqlName(id)} key=${column}\n${batched("BETWEEN :from AND :to")};`;
  }
  return `-- each range in a transaction of its own, until the last key:\n${batched("BETWEEN 1 AND 1000")};`;
}

function inRange({ text, inside, around, fields, kind, schema }: JudgedStatement, column: string) {
  const where = asFields(fields["whereClause"]);
  const isOr = kindOf(where) === "BoolExpr" && asFields(where["BoolExpr"])["boolop"] === "OR_EXPR";
  const isPlain = inside === undefined && around.length === 0 && fields["returningClause"] === undefined;
  const word = kindOf(where) === "" ? "WHERE" : "AND";
  return (range: string): string => {
    if (isPlain && !isOr && !/;\s*$/.test(text)) return `${text}\n  ${word} ${column} ${range}`;
    const head = kind === "DeleteStmt" ? "DELETE FROM" : "UPDATE";
    return `${head} ${sqlName(schema.tableId(fields["relation"]))} … WHERE (…) AND ${column} ${range}`;
  };
}
