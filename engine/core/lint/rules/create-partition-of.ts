import { asFields, asNodes } from "../../ast.js";
import { liveTable } from "../live-table.js";
import type { JudgedStatement, Rule } from "../rule.js";
import { sqlLines } from "../safe-forms.js";
import { keyBounds, provedBounds, scannedDefault } from "../scanned-default.js";
import { newTableId } from "../schema/replay-create.js";
import { printId, sqlName } from "../statement-facts.js";

/** ACCESS EXCLUSIVE on the parent; a default partition is read meanwhile (observed). A short lock is the runner's business. */
export const createPartitionOf: Rule = {
  id: "create-partition-of",
  severity: "error",
  harm: "stall",
  about: "reads the default partition while nobody reads or writes the table",
  kinds: ["CreateStmt", "CreateForeignTableStmt"],
  check: (statement) => {
    const { schema, file } = statement;
    // A foreign table stands one level deeper.
    const fields = { ...statement.fields, ...asFields(statement.fields["base"]) };
    if (fields["partbound"] === undefined) return [];
    const parent = schema.tableId(asFields(asNodes(fields["inhRelations"])[0])["RangeVar"]);
    const live = liveTable(statement, parent);
    if (live === undefined) return [];
    const bound = asFields(fields["partbound"]);
    const name = newTableId(asFields(fields["relation"]), schema);
    const rest = scannedDefault(parent, bound, statement);
    if (rest !== undefined) {
      const message = `makes the partition ${printId(name)} of ${live.name}: every row of the default partition ${rest.name} is read while nobody reads or writes ${live.name}`;
      const lines = provedBounds(rest, keyBounds(schema.tables.get(parent), bound), "outside");
      return [{ message, ...(lines.length > 0 && { fix: sqlLines(lines) }) }];
    }
    if (file.manner === "holdfast") return [];
    const message = `makes the partition ${printId(name)} of ${live.name}: its lock waits for all who read ${live.name}, and all who come after wait for it`;
    return [{ message, severity: "warning", fix: attached(statement, sqlName(name), live.sql) }];
  },
};

function attached({ text, inside }: JudgedStatement, name: string, parent: string): string {
  const bound = inside === undefined ? /\b(FOR\s+VALUES[\s\S]*|DEFAULT)\s*$/i.exec(text)?.[1] : undefined;
  return sqlLines(
    "-- lets reads and writes go on:",
    `CREATE TABLE ${name} (LIKE ${parent} INCLUDING ALL);`,
    `ALTER TABLE ${parent} ATTACH PARTITION ${name} ${bound ?? "FOR VALUES …"};`,
  );
}
