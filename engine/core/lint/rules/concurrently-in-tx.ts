import { asFields, asNodes, fieldsOf } from "../../ast.js";
import { outsideKind, refusalOf } from "../../statement-kinds.js";
import type { JudgedStatement, Rule } from "../rule.js";

/** Files of our own are run by their statements, and refused where one hides in a body. */
export const concurrentlyInTx: Rule = {
  id: "concurrently-in-tx",
  severity: "error",
  harm: "failure",
  about: "runs inside a transaction what PostgreSQL refuses there",
  kinds: [
    "AlterDatabaseStmt",
    "AlterSystemStmt",
    "AlterTableStmt",
    "ClusterStmt",
    "CreateSubscriptionStmt",
    "CreateTableSpaceStmt",
    "CreatedbStmt",
    "DiscardStmt",
    "DropStmt",
    "DropTableSpaceStmt",
    "DropdbStmt",
    "IndexStmt",
    "ReindexStmt",
    "VacuumStmt",
  ],
  isRunnersWork: true,
  check: (statement) => {
    const { transaction, inside, text } = statement;
    if (!transaction.isBlock || !isRefused(statement)) return [];
    const message = "fails: PostgreSQL refuses it inside a transaction";
    if (inside !== undefined)
      return [{ message, fix: "Write it as a statement of the file, outside of any transaction." }];
    return [{ message, fix: `-- in a file that runs outside a transaction:\n${text};` }];
  },
};

function isRefused({ node, fields, kind }: JudgedStatement): boolean {
  if (kind === "CreateSubscriptionStmt") return makesSlot(fieldsOf(node)["options"]);
  if (outsideKind(node) === null) return refusalOf(node) !== undefined;
  return kind !== "AlterTableStmt" || !isFinalize(fields["cmds"]);
}

/** Only with a replication slot does it reach out of the transaction. */
function makesSlot(options: unknown): boolean {
  return !asNodes(options).some((node) => {
    const { defname, arg } = asFields(node["DefElem"]);
    return (
      (defname === "create_slot" || defname === "connect") && asFields(asFields(arg)["String"])["sval"] === "false"
    );
  });
}

/** FINALIZE of a detach is allowed there. */
function isFinalize(commands: unknown): boolean {
  return asNodes(commands).some((node) => asFields(node["AlterTableCmd"])["subtype"] === "AT_DetachPartitionFinalize");
}
