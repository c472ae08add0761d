import { asFields, asNodes, fieldsOf } from "../../core/ast.js";
import type { Session } from "../../core/ports.js";
import { relationName } from "../../core/sql-names.js";
import type { OutsideBehaviour, OutsideStatement } from "./outside-statement.js";

/**
 * ALTER TABLE … DETACH PARTITION … CONCURRENTLY works in two transactions. Between them the detach is pending; only FINALIZE
 * completes it (manual, ALTER TABLE).
 */
export const detachPartition: OutsideBehaviour = {
  observe: () => Promise.resolve({}),

  settle: async ({ session }, statement) => ((await stateOf(session, statement)) === "detached" ? "finished" : "again"),

  async command({ session }, statement) {
    if ((await stateOf(session, statement)) !== "pending") return statement.text;
    const { parent, partition } = readPartition(statement);
    return `ALTER TABLE ${parent} DETACH PARTITION ${partition} FINALIZE`;
  },
};

/** The two tables of the statement, as SQL. */
export function readPartition({ node }: Pick<OutsideStatement, "node">): { parent: string; partition: string } {
  const fields = fieldsOf(node);
  const [command] = asNodes(fields["cmds"]).map((one) => asFields(one["AlterTableCmd"]));
  const partition = asFields(asFields(command?.["def"])["PartitionCmd"])["name"];
  return { parent: relationName(fields["relation"]), partition: relationName(partition) };
}

async function stateOf(session: Session, statement: OutsideStatement): Promise<"attached" | "pending" | "detached"> {
  const { parent, partition } = readPartition(statement);
  const [row] = await session.query(
    "SELECT inhdetachpending AS pending FROM pg_inherits WHERE inhparent = to_regclass($1) AND inhrelid = to_regclass($2)",
    [parent, partition],
  );
  if (row === undefined) return "detached";
  return row["pending"] === "t" ? "pending" : "attached";
}
