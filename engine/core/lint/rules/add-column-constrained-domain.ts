import { addedColumns } from "../added-columns.js";
import { constrainedDomain, isKnownType } from "../known-types.js";
import { alteredLiveTable } from "../live-table.js";
import type { Rule, Violation } from "../rule.js";
import { sqlLines } from "../safe-forms.js";
import { printType } from "../schema/type-names.js";
import { printId, sqlIdentifier } from "../statement-facts.js";

/** A domain's conditions are asked of every row, also of its NULL (observed on PostgreSQL 17 and 18). */
export const addColumnConstrainedDomain: Rule = {
  id: "add-column-constrained-domain",
  severity: "error",
  harm: "stall",
  about: "adds a column of a domain that has conditions",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const live = alteredLiveTable(statement);
    if (live === undefined) return [];
    const { schema } = statement;
    return addedColumns(statement)
      .filter(({ type }) => !type.isArray)
      .flatMap(({ name, type }): Violation[] => {
        const domain = constrainedDomain(type, schema);
        if (domain !== undefined) {
          const message = `adds ${live.name}.${name} of the domain ${printId(domain.id)}, whose conditions are asked of every row: the table is written anew while nobody reads or writes`;
          const fix = sqlLines(
            "-- expand, with the domain's conditions as CHECK … NOT VALID, validated by a switch:",
            `ALTER TABLE ${live.sql} ADD COLUMN ${sqlIdentifier(name)} ${printType(domain.base)};`,
          );
          return [{ message, fix }];
        }
        if (isKnownType(type, schema)) return [];
        const unknown = `adds ${live.name}.${name} of the type ${printType(type)}, which no file shows: if it is a domain with conditions, the table is written anew while nobody reads or writes`;
        return [{ message: unknown, severity: "warning" }];
      });
  },
};
