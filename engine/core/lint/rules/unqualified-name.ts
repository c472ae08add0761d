import { asFields, asTexts, fieldsOf, kindOf } from "../../ast.js";
import type { AstNode } from "../../ports.js";
import type { Rule } from "../rule.js";
import { settingBefore } from "../session-settings.js";

/** Our runner sets the search path at the head of every file. */
export const unqualifiedName: Rule = {
  id: "unqualified-name",
  severity: "info",
  harm: "practice",
  about: "names a table or function without its schema",
  kinds: ["AlterTableStmt", "CreateFunctionStmt", "CreateStmt", "CreateTableAsStmt", "ViewStmt"],
  isRunnersWork: true,
  check: (statement) => {
    const { node, inside, around, statements, index } = statement;
    if (inside !== undefined || around.length > 0 || settingBefore(statement, "search_path") !== undefined) return [];
    const name = bareName(node);
    // Told once a file.
    if (name === undefined || statements.slice(0, index).some((one) => bareName(one) !== undefined)) return [];
    const message = `names ${name} without its schema: where it lands depends on the search_path of who runs the file`;
    return [{ message, fix: `public.${name}, or at the head of the file:\nSET search_path = public;` }];
  },
};

function bareName(node: AstNode): string | undefined {
  const fields = fieldsOf(node);
  if (kindOf(node) === "CreateFunctionStmt") {
    const parts = asTexts(fields["funcname"]);
    return parts.length === 1 ? parts[0] : undefined;
  }
  const relation = asFields(fields["relation"] ?? fields["view"] ?? asFields(fields["into"])["rel"]);
  const { relname, schemaname, relpersistence } = relation;
  if (typeof relname !== "string" || schemaname !== undefined || relpersistence === "t") return undefined;
  return relname;
}
