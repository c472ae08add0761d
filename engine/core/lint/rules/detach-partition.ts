import { asFields, type Fields } from "../../ast.js";
import { liveTable, type LiveTable } from "../live-table.js";
import type { JudgedStatement, Rule, Violation } from "../rule.js";
import { alterations, printId, sqlName } from "../statement-facts.js";

/** ACCESS EXCLUSIVE on the parent; tables that refer to it are read (observed). CONCURRENTLY from PostgreSQL 14 on. */
export const detachPartition: Rule = {
  id: "detach-partition",
  severity: "error",
  harm: "stall",
  about: "takes a partition off while nobody reads or writes the table",
  kinds: ["AlterTableStmt"],
  check: (statement) => {
    const { schema, fields } = statement;
    const live = liveTable(statement, schema.tableId(fields["relation"]));
    if (live === undefined) return [];
    return alterations(statement)
      .filter(({ subtype }) => subtype === "AT_DetachPartition")
      .flatMap(({ def }) => violations(live, asFields(asFields(def)["PartitionCmd"]), statement));
  },
};

function violations(live: LiveTable, command: Fields, statement: JudgedStatement): Violation[] {
  const { schema, file } = statement;
  const partition = schema.tableId(command["name"]);
  const what = `detaches ${printId(partition)} from ${live.name}`;
  const rest = schema.partitionsOf(live.id).find(({ isDefaultPartition }) => isDefaultPartition === true);
  if (command["concurrent"] === true) {
    if (rest === undefined) return [];
    const message = `${what} CONCURRENTLY, which PostgreSQL refuses while there is a default partition: ${printId(rest.id)}`;
    return [{ message, fix: "Leave CONCURRENTLY out: the lock is short." }];
  }
  const fix = `-- in a file of its own:\nALTER TABLE ${live.sql} DETACH PARTITION ${sqlName(partition)} CONCURRENTLY;`;
  const offer = rest === undefined ? { fix } : {};
  const referring = referringTables(live.id, statement);
  if (referring.length > 0) {
    const names = referring.map(({ name }) => name).join(", ");
    const message = `${what}: every row of ${names}, which refers to it, is looked at while nobody reads or writes either`;
    return [{ message, ...offer }];
  }
  if (file.manner === "holdfast") return [];
  const message = `${what}: its lock waits for all who read ${live.name}, and all who come after wait for it`;
  return [{ message, severity: "warning", ...offer }];
}

function referringTables(id: string, statement: JudgedStatement): LiveTable[] {
  return [...statement.schema.tables.values()]
    .filter(({ constraints }) => [...constraints.values()].some(({ references }) => references === id))
    .flatMap((table) => liveTable(statement, table.id) ?? []);
}
