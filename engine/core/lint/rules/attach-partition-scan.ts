import { asFields, type Fields } from "../../ast.js";
import { liveTable } from "../live-table.js";
import { provesWithin } from "../partition-proof.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import { sqlLines } from "../safe-forms.js";
import { keyBounds, provedBounds, scannedDefault } from "../scanned-default.js";
import { alterations, printId } from "../statement-facts.js";

/** Rows are read to see that they lie within the bounds, under ACCESS EXCLUSIVE (manual, ALTER TABLE, ATTACH PARTITION). */
export const attachPartitionScan: Rule = {
  id: "attach-partition-scan",
  severity: "error",
  harm: "stall",
  about: "reads a partition while nobody reads or writes it",
  kinds: ["AlterTableStmt"],
  check: (statement) =>
    alterations(statement)
      .filter(({ subtype }) => subtype === "AT_AttachPartition")
      .flatMap(({ def }) => violations(asFields(asFields(def)["PartitionCmd"]), statement)),
};

function violations(command: Fields, statement: JudgedStatement): Violation[] {
  const { schema, fields } = statement;
  // An index has no bounds.
  if (command["bound"] === undefined) return [];
  const parent = schema.tableId(fields["relation"]);
  const bound = asFields(command["bound"]);
  const known = keyBounds(schema.tables.get(parent), bound);
  const what = (read: string): string =>
    `attaches ${printId(schema.tableId(command["name"]))} to ${printId(parent)}: every row of ${read} is read while nobody reads or writes it`;
  const found: Violation[] = [];
  const child = scannedChild(command, parent, statement);
  if (child !== undefined) found.push({ message: what(child.name), ...fixOf(provedBounds(child, known, "within")) });
  const rest = scannedDefault(parent, bound, statement);
  if (rest !== undefined) {
    const message = what(`the default partition ${rest.name}`);
    found.push({ message, ...fixOf(provedBounds(rest, known, "outside")) });
  }
  return found;
}

function scannedChild(command: Fields, parent: string, statement: JudgedStatement) {
  const { schema } = statement;
  const bound = asFields(command["bound"]);
  const live = liveTable(statement, schema.tableId(command["name"]));
  // The first default partition takes every row.
  const isFirst = bound["is_default"] === true && schema.partitionsOf(parent).length === 0;
  const isShown = isFirst && schema.tables.get(parent)?.isWhole === true;
  const known = keyBounds(schema.tables.get(parent), bound);
  const isProven = known !== undefined && provesWithin(live?.table, known.key, known.bounds);
  return isShown || isProven ? undefined : live;
}

function fixOf(lines: readonly string[]): { fix?: string } {
  return lines.length === 0 ? {} : { fix: sqlLines(lines) };
}
