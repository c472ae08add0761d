import { asFields, asText, type Fields } from "../../ast.js";
import { addedConstraints } from "../added-columns.js";
import { namedConstraint } from "../constraint-name.js";
import { alteredLiveTable, type LiveTable } from "../live-table.js";
import type { JudgedStatement, Rule } from "../rule.js";
import { sqlLines, validate } from "../safe-forms.js";
import { alterations, printId, sqlIdentifier } from "../statement-facts.js";
import { writtenAlterTable } from "../written-sql.js";

/** SHARE ROW EXCLUSIVE on both tables while every row is looked up (manual, ALTER TABLE, Notes; observed). */
export const addFkValid: Rule = {
  id: "add-fk-valid",
  severity: "error",
  harm: "stall",
  about: "looks up every row of a foreign key while writes of both tables wait",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const live = alteredLiveTable(statement);
    if (live === undefined) return [];
    const added = addedConstraints(statement)
      .filter(({ contype, skip_validation }) => contype === "CONSTR_FOREIGN" && skip_validation !== true)
      .map((fields) => {
        const { name } = namedConstraint(fields, statement, live);
        const other = printId(statement.schema.tableId(fields["pktable"]));
        const message = `adds the foreign key ${name}: every row of ${live.name} is looked up while writes of ${live.name} and ${other} wait`;
        const fix = safeForm(fields, name, live, statement);
        return { message, ...(fix !== undefined && { fix }) };
      });
    const enforced = enforcedNow(statement).map((name) => ({
      message: `enforces the foreign key ${name}: every row of ${live.name} is looked up while writes of both tables wait`,
    }));
    return [...added, ...enforced];
  },
};

/** ALTER CONSTRAINT … ENFORCED, of a foreign key that was not (PostgreSQL 18). */
function enforcedNow(statement: JudgedStatement): string[] {
  return alterations(statement)
    .filter(({ subtype }) => subtype === "AT_AlterConstraint")
    .map(({ def }) => asFields(asFields(def)["ATAlterConstraint"]))
    .filter(({ alterEnforceability, is_enforced }) => alterEnforceability === true && is_enforced === true)
    .map(({ conname }) => asText(conname));
}

function safeForm(fields: Fields, name: string, live: LiveTable, statement: JudgedStatement): string | undefined {
  const text = writtenAlterTable(statement)
    ?.constraint(fields)
    .replace(/^CONSTRAINT\s+("[^"]+"|\S+)\s+/i, "");
  if (text === undefined) return undefined;
  const constraint = sqlIdentifier(name);
  const isPartitioned = live.table?.kind === "partitioned table" && statement.file.server < 18;
  const add = (table: string): string => `ALTER TABLE ${table} ADD CONSTRAINT ${constraint} ${text} NOT VALID;`;
  if (!isPartitioned) return sqlLines("-- expand:", add(live.sql), validate(live.sql, constraint));
  return sqlLines(
    "-- PostgreSQL before 18 has no NOT VALID for a partitioned table. Expand, for each partition:",
    add("<partition>"),
    validate("<partition>", constraint),
    "-- switch: finds each partition's, and reads no row",
    `ALTER TABLE ${live.sql} ADD CONSTRAINT ${constraint} ${text};`,
  );
}
