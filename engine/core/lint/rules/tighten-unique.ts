import { asFields, asNodes, asText, asTexts, type Fields } from "../../ast.js";
import { addedConstraints } from "../added-columns.js";
import { isOwnTable } from "../own-tables.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import { namedColumns } from "../schema/read-constraint.js";
import { isNewHere, printId } from "../statement-facts.js";

const WORDS: Readonly<Record<string, string>> = {
  CONSTR_UNIQUE: "be unique",
  CONSTR_CHECK: "fulfil a CHECK",
  CONSTR_EXCLUSION: "exclude each other",
  CONSTR_FOREIGN: "refer to a row",
};

/** However gently it is added, it judges every write from then on. */
export const tightenUnique: Rule = {
  id: "tighten-unique",
  severity: "warning",
  harm: "break",
  about: "asks more of rows than the running release may fulfil",
  kinds: ["AlterTableStmt", "IndexStmt"],
  check: (statement) => {
    const { schema, fields, kind } = statement;
    const id = schema.tableId(fields["relation"]);
    if (isOwnTable(statement, id)) return [];
    return kind === "IndexStmt"
      ? ofIndex(statement, id)
      : addedConstraints(statement).flatMap((one) => ofConstraint(statement, one, id));
  },
};

function ofIndex(statement: JudgedStatement, id: string): Violation[] {
  const { fields } = statement;
  if (fields["unique"] !== true) return [];
  const columns = asNodes(fields["indexParams"]).map((node) => asText(asFields(node["IndexElem"])["name"]));
  return violation(statement, id, columns, "be unique");
}

function ofConstraint(statement: JudgedStatement, fields: Fields, id: string): Violation[] {
  const word = WORDS[asText(fields["contype"])];
  // By an index that is there it asks for nothing new.
  if (word === undefined || fields["indexname"] !== undefined) return [];
  const columns = [...asTexts(fields["keys"]), ...asTexts(fields["fk_attrs"]), ...namedColumns(fields["raw_expr"])];
  return violation(statement, id, columns, word);
}

function violation(statement: JudgedStatement, id: string, columns: readonly string[], word: string): Violation[] {
  const known = statement.schema.tables.get(id)?.columns;
  if (columns.length > 0 && columns.every((name) => isNewHere(statement, known?.get(name)))) return [];
  const what = columns.filter((name) => name !== "").join(", ");
  return [
    {
      message: `asks rows of ${printId(id)} to ${word}${what === "" ? "" : ` (${what})`}: writes of the release still running that do not fail from now on`,
      fix: "Deploy the release whose writes fulfil it first.",
    },
  ];
}
