import { asText } from "../../ast.js";
import { isOwnTable } from "../own-tables.js";
import type { JudgedStatement, Rule } from "../rule.js";
import { rangeParts } from "../schema/schema.js";
import { alterations, isNewHere, printId } from "../statement-facts.js";

/** Also of an attribute of a composite type: it goes from every column of the type (manual, ALTER TYPE). */
export const dropColumn: Rule = {
  id: "drop-column",
  severity: "error",
  harm: "loss",
  about: "drops a column with its values",
  kinds: ["AlterTableStmt"],
  isContractsWork: true,
  check: (statement) => {
    const isType = statement.fields["objtype"] === "OBJECT_TYPE";
    const owner = isType ? typeOf(statement) : tableOf(statement);
    return alterations(statement)
      .filter(({ subtype }) => subtype === "AT_DropColumn")
      .filter(
        ({ name, missing_ok }) => !owner.isOwn(asText(name)) && !(missing_ok === true && owner.lacks(asText(name))),
      )
      .map(({ name }) => {
        const what = `drops ${isType ? "attribute" : "column"} ${printId(owner.id)}.${asText(name)}`;
        return { message: `${what}: its values are gone, and the release still running fails` };
      });
  },
};

interface Owner {
  readonly id: string;
  /** Made by the file itself: no release has put a value there. */
  isOwn(column: string): boolean;
  /** The files show the whole table, and it has no such column. */
  lacks(column: string): boolean;
}

function tableOf(statement: JudgedStatement): Owner {
  const { schema, fields } = statement;
  const id = schema.tableId(fields["relation"]);
  const table = schema.tables.get(id);
  return {
    id,
    isOwn: (column) => isOwnTable(statement, id) || isNewHere(statement, table?.columns.get(column)),
    lacks: (column) => table?.isWhole === true && !table.columns.has(column),
  };
}

function typeOf(statement: JudgedStatement): Owner {
  const { schema, fields } = statement;
  const id = schema.idOf(rangeParts(fields["relation"]), schema.types);
  return { id, isOwn: () => isNewHere(statement, schema.types.get(id)), lacks: () => false };
}
