import { asFields, asText } from "../ast.js";
import { alteredLiveTable, liveTable } from "../lint/live-table.js";
import { printType, readTypeName } from "../lint/schema/type-names.js";
import { alterations, sqlIdentifier } from "../lint/statement-facts.js";
import { writtenAlterTable } from "../lint/written-sql.js";
import type { Fixer } from "./fix-step.js";
import { replaceColumn } from "./replace-column.js";

const NOT_SHOWN = "no file shows the column and its type";

/** RENAME COLUMN: a new column, kept equal to the old one until that is dropped. */
export const fixRename: Fixer = (statement) => {
  const { fields, schema } = statement;
  const live = liveTable(statement, schema.tableId(fields["relation"]));
  const old = live?.table?.columns.get(asText(fields["subname"]));
  if (live === undefined || old === undefined) return NOT_SHOWN;
  const newName = asText(fields["newname"]);
  const replacement = {
    ...{ live, old, newName, newType: printType(old.type) },
    ...{ forward: sqlIdentifier(old.name), backward: sqlIdentifier(newName) },
  };
  return replaceColumn(replacement, statement);
};

/** ALTER TYPE: a new column of the new type, kept equal to the old one until that is dropped. */
export const fixType: Fixer = (statement) => {
  const live = alteredLiveTable(statement);
  const [command, ...others] = alterations(statement);
  if (command === undefined || others.length > 0) return "the statement does more than that";
  const old = live?.table?.columns.get(asText(command["name"]));
  const written = writtenAlterTable(statement);
  if (live === undefined || old === undefined || written === undefined) return NOT_SHOWN;
  const definition = asFields(asFields(command["def"])["ColumnDef"]);
  const newType = written.type(definition);
  const newName = `${old.name}_${readTypeName(definition["typeName"]).name.replaceAll(/\W+/g, "_")}`.slice(0, 63);
  const replacement = {
    ...{ live, old, newName, newType },
    forward: written.using(definition) ?? `CAST(${sqlIdentifier(old.name)} AS ${newType})`,
    backward: `CAST(${sqlIdentifier(newName)} AS ${printType(old.type)})`,
  };
  return replaceColumn(replacement, statement);
};
