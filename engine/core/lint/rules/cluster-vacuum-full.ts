import { asFields, asNodes, isOptionOn } from "../../ast.js";
import { liveTable } from "../live-table.js";
import type { JudgedStatement, Rule } from "../rule.js";

/** Both write a copy of the table under ACCESS EXCLUSIVE (manual, CLUSTER; VACUUM, FULL). */
export const clusterVacuumFull: Rule = {
  id: "cluster-vacuum-full",
  severity: "error",
  harm: "stall",
  about: "copies a table while nobody reads or writes it",
  kinds: ["ClusterStmt", "VacuumStmt"],
  check: (statement) => {
    const named = tablesOf(statement);
    if (named === undefined) return [];
    const live = named.flatMap((id) => liveTable(statement, id) ?? []);
    if (named.length > 0 && live.length === 0) return [];
    const tables = named.length === 0 ? "every table" : live.map(({ name }) => name).join(", ");
    const command = statement.kind === "ClusterStmt" ? "clusters" : "vacuums in full";
    return [
      {
        message: `${command} ${tables}: a copy is written while nobody reads or writes`,
        fix: "Let pg_repack do it, outside a migration: it copies while reads and writes go on, and swaps under a short lock. For the statistics and dead rows alone VACUUM (ANALYZE) is enough.",
      },
    ];
  },
};

/** Ids; none: all tables. Undefined where nothing is copied. */
function tablesOf({ kind, fields, schema }: JudgedStatement): string[] | undefined {
  if (kind === "ClusterStmt") return fields["relation"] === undefined ? [] : [schema.tableId(fields["relation"])];
  if (fields["is_vacuumcmd"] !== true || !isOptionOn(fields["options"], "full")) return undefined;
  return asNodes(fields["rels"]).map((node) => schema.tableId(asFields(node["VacuumRelation"])["relation"]));
}
