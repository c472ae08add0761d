import type { AnalysedMigration, AnalysedStatement } from "./analysed-migration.js";
import { asFields, asNodes, asText, fieldsOf, walk, type Fields } from "./ast.js";
import { droppedObjects, rangeName, type DroppedObject } from "./drop-statement.js";
import { HoldfastError } from "./errors.js";
import { hiddenDestruction } from "./hidden-destruction.js";
import type { MigrationFile } from "./migration.js";
import type { AstNode, SqlParser } from "./ports.js";
import { dottedName, quoteIdentifier } from "./quote-identifier.js";
import { pointAt } from "./source-location.js";
import { splitAlterTable } from "./split-alter-table.js";

/** A name as SQL spells it, quoted where needed: `public."Order"`. The server resolves it by search_path. */
type SqlName = string;

/** What the engine does in place of one statement (or one part of an ALTER TABLE) of a contract. */
export type ContractAction = { readonly statement: AnalysedStatement } & (
  | {
      readonly kind: "retire-column";
      readonly table: SqlName;
      readonly column: string;
      readonly ifExists: boolean;
      readonly sql: string;
    }
  | {
      readonly kind: "retire-table";
      readonly table: SqlName;
      readonly ifExists: boolean;
      readonly sql: string;
      readonly together: readonly SqlName[];
    }
  | {
      readonly kind: "drop-constraint";
      readonly table: SqlName;
      readonly constraint: string;
      readonly ifExists: boolean;
      readonly sql: string;
    }
  | {
      readonly kind: "drop-object";
      /** As pg_get_object_address names it: `view`, `index`, `trigger` … */
      readonly objectType: string;
      readonly names: readonly string[];
      /** Argument types of a function; null where the statement leaves them out. */
      readonly args: readonly string[] | null;
      readonly spelled: string;
      readonly ifExists: boolean;
      readonly sql: string;
    }
  | { readonly kind: "delete-rows"; readonly table: SqlName; readonly returning: string; readonly sql: string }
  | { readonly kind: "truncate"; readonly tables: readonly SqlName[]; readonly sql: string }
  | {
      readonly kind: "as-written";
      readonly sql: string;
      /** Nothing but the backup or its @rollback leads back: narrowing, rename, REVOKE. */
      readonly isFinal: boolean;
    }
);

/** What pg_get_object_address calls the kinds whose definition can be read back from the catalog. */
const DROPPED_AT_ONCE: Readonly<Record<string, string>> = {
  OBJECT_VIEW: "view",
  OBJECT_MATVIEW: "materialized view",
  OBJECT_INDEX: "index",
  OBJECT_SEQUENCE: "sequence",
  OBJECT_FUNCTION: "function",
  OBJECT_PROCEDURE: "procedure",
  OBJECT_ROUTINE: "routine",
  OBJECT_TRIGGER: "trigger",
  OBJECT_POLICY: "policy",
  OBJECT_RULE: "rule",
  OBJECT_TYPE: "type",
  OBJECT_DOMAIN: "domain",
  OBJECT_STATISTIC_EXT: "statistics object",
  OBJECT_SCHEMA: "schema",
  OBJECT_EXTENSION: "extension",
};

/**
 * Reads what a contract's statements mean for the engine: what is retired, what is dropped with its definition kept, which rows
 * are copied first, and what runs as written.
 * @param folder all files of the folder: bodies of routines that earlier files defined are found there
 * @throws HoldfastError contract_refused for what can neither be retired nor brought back
 */
export function contractActions(
  analysed: AnalysedMigration,
  parser: SqlParser,
  folder: readonly MigrationFile[] = [],
): ContractAction[] {
  return analysed.statements.flatMap((statement) => {
    const refuse = (what: string, next: string) => contractRefused(analysed, statement, what, next);
    const hidden = hiddenDestruction(statement, analysed, parser, folder);
    if (hidden !== undefined) throw refuse(hidden, "Write what it destroys as statements of their own.");
    return actionsOf(statement, parser, refuse);
  });
}

/** True where the contract does something that cannot be retired; it waits for the soak time before it runs. */
export function isFinal(actions: readonly ContractAction[]): boolean {
  return actions.some(
    (action) =>
      action.kind === "delete-rows" || action.kind === "truncate" || (action.kind === "as-written" && action.isFinal),
  );
}

type Refuse = (what: string, next: string) => HoldfastError;

function actionsOf(statement: AnalysedStatement, parser: SqlParser, refuse: Refuse): ContractAction[] {
  const node = fieldsOf(statement.node);
  switch (statement.kind) {
    case "AlterTableStmt":
      return alterTable(statement, node, parser, refuse);
    case "DropStmt":
      return dropObjects(statement, node, refuse);
    case "DeleteStmt":
      if (node["returningClause"] !== undefined) throw refuse("returns rows", "Leave RETURNING out: nobody reads it.");
      return [{ statement, kind: "delete-rows", ...deleteTarget(node), sql: statement.text }];
    case "TruncateStmt":
      return truncate(statement, node, refuse);
    case "DropOwnedStmt":
    case "DropRoleStmt":
    case "DropdbStmt":
    case "DropTableSpaceStmt":
      throw refuse("drops more than it names", "Write one DROP for each object.");
    case "VariableSetStmt":
      if (node["name"] !== "search_path") break;
      throw refuse("changes search_path", "Write the schema before each name instead.");
    default:
      if (deletesInside(statement.node)) throw refuse("deletes rows inside another statement", COPIED_FIRST);
  }
  const isFinal = FINAL.has(statement.kind) && node["is_grant"] !== true;
  return [{ statement, kind: "as-written", sql: statement.text, isFinal }];
}

const COPIED_FIRST = "Write the DELETE as a statement of its own, so that its rows can be copied first.";

/** What breaks whoever still relies on it, with nothing kept: renames, other schemas, REVOKE. */
const FINAL: ReadonlySet<string> = new Set([
  "RenameStmt",
  "AlterObjectSchemaStmt",
  "GrantStmt",
  "GrantRoleStmt",
  "AlterEnumStmt",
]);

function truncate(statement: AnalysedStatement, node: Fields, refuse: Refuse): ContractAction[] {
  if (node["behavior"] === "DROP_CASCADE") {
    throw refuse("says CASCADE", "Name every table to be emptied in the same TRUNCATE.");
  }
  const tables = asNodes(node["relations"]).map((one) => rangeName(fieldsOf(one)));
  return [{ statement, kind: "truncate", tables, sql: statement.text }];
}

function alterTable(statement: AnalysedStatement, node: Fields, parser: SqlParser, refuse: Refuse): ContractAction[] {
  const commands = asNodes(node["cmds"]).map(fieldsOf);
  if (!commands.some(isDrop)) {
    return [{ statement, kind: "as-written", sql: statement.text, isFinal: commands.some(isFinalCommand) }];
  }
  if (node["objtype"] !== "OBJECT_TABLE") {
    throw refuse(
      "drops a part of something that is no table",
      "Make a new one and move what uses it; then drop the old.",
    );
  }
  if (commands.some((command) => isDrop(command) && command["behavior"] === "DROP_CASCADE"))
    throw refuse("says CASCADE", BY_NAME);
  const parts = splitAlterTable(statement.text, parser, commands.length);
  if (parts === undefined) {
    throw refuse(
      "mixes DROP with other changes that cannot be told apart",
      "Give each DROP an ALTER TABLE of its own.",
    );
  }
  const table = rangeName(asFields(node["relation"]));
  return commands.map((command, index): ContractAction => {
    const sql = parts[index] ?? statement.text;
    const [name, ifExists] = [asText(command["name"]), command["missing_ok"] === true || node["missing_ok"] === true];
    if (command["subtype"] === "AT_DropColumn")
      return { statement, kind: "retire-column", table, column: name, ifExists, sql };
    if (isDrop(command)) return { statement, kind: "drop-constraint", table, constraint: name, ifExists, sql };
    return { statement, kind: "as-written", sql, isFinal: isFinalCommand(command) };
  });
}

const BY_NAME = "Drop what depends on it by name in the same file, before it.";

function isDrop({ subtype }: Fields): boolean {
  return subtype === "AT_DropColumn" || subtype === "AT_DropConstraint";
}

function isFinalCommand({ subtype }: Fields): boolean {
  return FINAL_COMMANDS.has(asText(subtype));
}

/** ALTER TABLE commands that lose data or break who still relies on them, with nothing kept. */
const FINAL_COMMANDS: ReadonlySet<string> = new Set([
  "AT_AlterColumnType",
  "AT_DropExpression",
  "AT_DropIdentity",
  "AT_DetachPartition",
  "AT_DropInherit",
]);

function dropObjects(statement: AnalysedStatement, node: Fields, refuse: Refuse): ContractAction[] {
  if (node["behavior"] === "DROP_CASCADE") throw refuse("says CASCADE", BY_NAME);
  const ifExists = node["missing_ok"] === true;
  const removeType = asText(node["removeType"]);
  const objects = droppedObjects(node);
  if (removeType === "OBJECT_TABLE") {
    const together = objects.map(({ spelled }) => spelled);
    return together.map((table) => ({
      statement,
      kind: "retire-table",
      table,
      ifExists,
      together,
      sql: `DROP TABLE ${table}`,
    }));
  }
  const objectType = DROPPED_AT_ONCE[removeType];
  if (objectType === undefined) return [{ statement, kind: "as-written", sql: statement.text, isFinal: true }];
  if (statement.outside !== null && objects.length > 1)
    throw refuse("drops several indexes concurrently", "Write one statement for each index.");
  return objects.map((object) => ({
    ...{ statement, kind: "drop-object", objectType, ifExists, ...object },
    sql: objects.length === 1 ? statement.text : dropOne(objectType, object),
  }));
}

function dropOne(objectType: string, { names, spelled, args }: DroppedObject): string {
  if (["trigger", "policy", "rule"].includes(objectType)) {
    return `DROP ${objectType.toUpperCase()} ${dottedName(names.slice(-1))} ON ${dottedName(names.slice(0, -1))}`;
  }
  const keyword = objectType === "statistics object" ? "STATISTICS" : objectType.toUpperCase();
  return `DROP ${keyword} ${spelled}${args === null ? "" : `(${args.join(", ")})`}`;
}

function deleteTarget(node: Fields): { table: SqlName; returning: string } {
  const relation = asFields(node["relation"]);
  const alias = asText(asFields(relation["alias"])["aliasname"]);
  const table = rangeName(relation);
  return { table, returning: alias === "" ? table : quoteIdentifier(alias) };
}

/** DELETE in a WITH, or MERGE … DELETE. */
function deletesInside(node: AstNode): boolean {
  let found = false;
  walk(node, (kind, fields) => {
    found ||= kind === "DeleteStmt" || fields["commandType"] === "CMD_DELETE";
    return !found;
  });
  return found;
}

/** The refusal of one statement; says where it stands. */
export function contractRefused(
  { migration }: AnalysedMigration,
  statement: AnalysedStatement,
  what: string,
  next: string,
): HoldfastError {
  return new HoldfastError("contract_refused", `A statement of contract ${migration.name} ${what}.`, {
    ...pointAt(migration, statement.offset),
    next,
  });
}
