import { asFields, asNodes, type Fields } from "../../ast.js";
import { isOwnTable } from "../own-tables.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import { namedColumns } from "../schema/read-constraint.js";
import { isNewHere, printId } from "../statement-facts.js";
import { updatedColumns } from "../updated-columns.js";

const SETTINGS = "settings";
/** Says when, and is no setting. */
const COMPANIONS = /^(?:updated|modified|changed)_(?:at|on|by)$/;

/**
 * A value of a table `settings` may have been set by a person since. It is overwritten only by a statement that compares the old
 * value with what it expects; new keys are inserted, and an old one stays.
 */
export const overwriteSettings: Rule = {
  id: "overwrite-settings",
  severity: "error",
  harm: "loss",
  about: "overwrites settings that somebody may have set",
  kinds: ["InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"],
  isContractsWork: true,
  check: (statement) => {
    const { schema, fields } = statement;
    const id = schema.tableId(fields["relation"]);
    if (id.slice(id.indexOf(".") + 1) !== SETTINGS || isOwnTable(statement, id)) return [];
    switch (statement.kind) {
      case "InsertStmt":
        return upserted(statement, printId(id));
      case "UpdateStmt":
        return overwritten(statement, fields["targetList"], [fields["whereClause"]], printId(id));
      case "DeleteStmt":
        return [{ message: `deletes settings from ${printId(id)}: what somebody set there is gone` }];
      default:
        return merged(statement, printId(id));
    }
  },
};

function upserted(statement: JudgedStatement, table: string): Violation[] {
  const conflict = asFields(statement.fields["onConflictClause"]);
  if (conflict["action"] !== "ONCONFLICT_UPDATE") return [];
  const found = overwritten(statement, conflict["targetList"], [conflict["whereClause"]], table);
  const kept = statement.text.replace(/\bdo\s+update\s+set\b.*$/is, "DO NOTHING");
  const isWhole = statement.inside === undefined && kept !== statement.text;
  return found.map((one) => ({ ...one, ...(isWhole && { fix: `-- a value that is there stays:\n${kept};` }) }));
}

function merged(statement: JudgedStatement, table: string): Violation[] {
  const { fields } = statement;
  return asNodes(fields["mergeWhenClauses"])
    .map((node): Fields => asFields(node["MergeWhenClause"]))
    .filter(({ commandType }) => commandType === "CMD_UPDATE")
    .flatMap(({ targetList, condition }) =>
      overwritten(statement, targetList, [fields["joinCondition"], condition], table),
    )
    .slice(0, 1);
}

function overwritten(
  statement: JudgedStatement,
  targetList: unknown,
  conditions: readonly unknown[],
  table: string,
): Violation[] {
  const compared = new Set(conditions.flatMap(namedColumns));
  const columns = statement.schema.table(statement.fields["relation"])?.columns;
  const lost = updatedColumns(targetList).filter(
    (name) => !COMPANIONS.test(name) && !compared.has(name) && !isNewHere(statement, columns?.get(name)),
  );
  if (lost.length === 0) return [];
  return [
    {
      message: `overwrites ${lost.join(", ")} in ${table}, whatever somebody set there`,
      fix: `Compare the old value in the condition: AND ${lost[0] ?? ""} = what an earlier migration put there.`,
    },
  ];
}
