import { addedConstraints } from "../added-columns.js";
import { printId } from "../statement-facts.js";
import type { Rule } from "../rule.js";

/** PostgreSQL takes NOT VALID foreign keys of partitioned tables from version 18 on (release notes of 18). */
export const addFkPartitioned: Rule = {
  id: "add-fk-partitioned",
  severity: "error",
  harm: "failure",
  about: "adds a foreign key NOT VALID to a partitioned table",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const { schema, fields, file } = statement;
    if (file.server >= 18 || schema.table(fields["relation"])?.kind !== "partitioned table") return [];
    const name = printId(schema.tableId(fields["relation"]));
    return addedConstraints(statement)
      .filter(({ contype, skip_validation }) => contype === "CONSTR_FOREIGN" && skip_validation === true)
      .map(() => ({
        message: `adds a foreign key NOT VALID to the partitioned table ${name}: PostgreSQL ${file.server} refuses that, as all before 18 do`,
        fix: "Add it NOT VALID to each partition and validate it there; then add it to the partitioned table as valid: it finds each partition's, and reads no row.",
      }));
  },
};
