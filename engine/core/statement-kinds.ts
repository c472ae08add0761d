import type { OutsideKind } from "./analysed-migration.js";
import { asFields, asNodes, asText, fieldsOf, isOptionOn, kindOf, type Fields } from "./ast.js";
import type { AstNode } from "./ports.js";

/** Why a statement cannot be part of a migration, and what to do instead. */
export interface Refusal {
  readonly sentence: string;
  readonly next: string;
}

/** Statements of the closed list that run outside a transaction; null for all others. */
export function outsideKind(node: AstNode): OutsideKind | null {
  const fields = fieldsOf(node);
  switch (kindOf(node)) {
    case "IndexStmt":
      return fields["concurrent"] === true ? "create_index_concurrently" : null;
    case "DropStmt":
      return fields["concurrent"] === true ? "drop_index_concurrently" : null;
    case "ReindexStmt":
      return isOptionOn(fields["params"], "concurrently") && namesOneRelation(fields) ? "reindex_concurrently" : null;
    case "AlterTableStmt":
      return isDetachConcurrently(fields) ? "detach_partition_concurrently" : null;
    case "VacuumStmt":
      return fields["is_vacuumcmd"] === true ? "vacuum" : null;
    default:
      return null;
  }
}

/**
 * Statements that no migration may hold: those that PostgreSQL refuses inside a transaction block and that are not on
 * the closed list (manual, "cannot be executed inside a transaction block" on each command's page), and those that take
 * the engine's transaction or lock away from it.
 */
export function refusalOf(node: AstNode): Refusal | undefined {
  const kind = kindOf(node);
  const fields = fieldsOf(node);
  if (kind === "TransactionStmt")
    return { sentence: `${transactionWord(fields)} stands in the file`, next: OWN_TRANSACTION };
  if (kind === "DiscardStmt" && fields["target"] === "DISCARD_ALL") return DISCARD_ALL;
  if (kind === "ReindexStmt" && !namesOneRelation(fields)) return REINDEX_MANY;
  if (kind === "ClusterStmt" && fields["relation"] === undefined) return CLUSTER_ALL;
  if (kind === "AlterDatabaseStmt" && asNodes(fields["options"]).some(isTablespaceOption)) return SERVER_WIDE;
  if (ROLE_KINDS.has(kind) && asNodes(fields["options"]).some(setsPassword)) return PASSWORD;
  return SERVER_WIDE_KINDS.has(kind) ? SERVER_WIDE : undefined;
}

const ROLE_KINDS: ReadonlySet<string> = new Set(["CreateRoleStmt", "AlterRoleStmt"]);
/** A file is read by everybody who reads the repository, and its text is kept in the history. */
const PASSWORD: Refusal = {
  sentence: "a password stands in the file",
  next: "Make the role without one here, and set it where secrets are kept. A password that was committed is known: change it.",
};

/** `PASSWORD 'x'`; PASSWORD NULL takes one away. */
function setsPassword(option: AstNode): boolean {
  const fields = fieldsOf(option);
  return fields["defname"] === "password" && fields["arg"] !== undefined;
}

const OWN_TRANSACTION =
  "Remove it: each file gets its transaction from Holdfast; split the file where a commit must lie between.";
const DISCARD_ALL: Refusal = {
  sentence: "DISCARD ALL would free the lock that keeps two deploys apart",
  next: "Remove it: every file starts from the same session settings anyway.",
};
const REINDEX_MANY: Refusal = {
  sentence: "REINDEX of a schema, a database or the system cannot be repeated safely after a crash",
  next: "Name the index or table: REINDEX INDEX CONCURRENTLY orders_status_idx.",
};
const CLUSTER_ALL: Refusal = {
  sentence: "CLUSTER without a table cannot run inside a transaction",
  next: "Name the table.",
};
const SERVER_WIDE: Refusal = {
  sentence: "the statement concerns the whole server and cannot run inside a transaction",
  next: "Run it where the server itself is managed, outside the migrations.",
};
const SERVER_WIDE_KINDS: ReadonlySet<string> = new Set([
  "CreatedbStmt",
  "DropdbStmt",
  "AlterSystemStmt",
  "CreateTableSpaceStmt",
  "DropTableSpaceStmt",
  "CreateSubscriptionStmt",
  "AlterSubscriptionStmt",
  "DropSubscriptionStmt",
]);

function namesOneRelation(fields: Fields): boolean {
  return fields["relation"] !== undefined;
}

function isDetachConcurrently(fields: Fields): boolean {
  return asNodes(fields["cmds"]).some((node) => {
    const command = asFields(node["AlterTableCmd"]);
    const partition = asFields(asFields(command["def"])["PartitionCmd"]);
    // FINALIZE completes an interrupted concurrent detach, outside a transaction like it.
    return command["subtype"] === "AT_DetachPartitionFinalize" || partition["concurrent"] === true;
  });
}

function isTablespaceOption(node: AstNode): boolean {
  return asFields(node["DefElem"])["defname"] === "tablespace";
}

function transactionWord(fields: Fields): string {
  return asText(fields["kind"]).replace("TRANS_STMT_", "").replaceAll("_", " ");
}
