import { addedColumns } from "../added-columns.js";
import { alteredLiveTable } from "../live-table.js";
import type { Rule } from "../rule.js";
import { numberedColumn } from "../numbered-column.js";
import { SERIALS } from "../schema/type-names.js";

/** A serial is an integer with nextval() as its default: one value per row (manual, "Serial Types"). */
export const addColumnSerial: Rule = {
  id: "add-column-serial",
  severity: "error",
  harm: "stall",
  about: "adds a serial column to a table with rows",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const live = alteredLiveTable(statement);
    if (live === undefined) return [];
    return addedColumns(statement).flatMap(({ name, type }) => {
      const integer = SERIALS.get(type.name);
      if (integer === undefined) return [];
      const message = `adds ${live.name}.${name} as ${type.name}: every row gets a number, so the table is written anew while nobody reads or writes`;
      return [{ message, fix: numberedColumn(live, name, integer, statement.file.server) }];
    });
  },
};
