import type { AnalysedMigration, AnalysedStatement } from "./analysed-migration.js";
import { asFields, asNodes, asText, fieldsOf, walk, type Fields } from "./ast.js";
import { droppedObjects, rangeName, type DroppedObject } from "./drop-statement.js";
import { HoldfastError } from "./errors.js";
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
 * @throws HoldfastError contract_refused for what can neither be retired nor brought back
 */
export function contractActions(analysed: AnalysedMigration, parser: SqlParser): ContractAction[] {
  return analysed.statements.flatMap((statement) => actionsOf(statement, analysed, parser));
}

/** True where the contract does something that undo cannot bring back by itself; such a contract waits for the soak time before it runs. */
export function isFinal(actions: readonly ContractAction[]): boolean {
  return actions.some(
    ({ kind, ...action }) => kind === "delete-rows" || kind === "truncate" || ("isFinal" in action && action.isFinal),
  );
}

function actionsOf(statement: AnalysedStatement, analysed: AnalysedMigration, parser: SqlParser): ContractAction[] {
  const node = fieldsOf(statement.node);
  const refuse = (what: string, next: string) => contractRefused(analysed, statement, what, next);
  switch (statement.kind) {
    case "AlterTableStmt":
      return alterTable(statement, node, parser, refuse);
    case "DropStmt":
      return dropObjects(statement, node, refuse);
    case "DeleteStmt":
      if (node["returningClause"] !== undefined) throw refuse("returns rows", "Leave RETURNING out: nobody reads it.");
      return [{ statement, kind: "delete-rows", ...deleteTarget(node), sql: statement.text }];
    case "TruncateStmt":
      return [
        {
          statement,
          kind: "truncate",
          tables: asNodes(node["relations"]).map((one) => rangeName(fieldsOf(one))),
          sql: statement.text,
        },
      ];
    case "DropOwnedStmt":
    case "DropRoleStmt":
    case "DropdbStmt":
    case "DropTableSpaceStmt":
      throw refuse("drops more than it names", "Write one DROP for each object.");
    default:
      if (deletesInside(statement.node))
        throw refuse(
          "deletes rows inside another statement",
          "Write the DELETE as a statement of its own, so that its rows can be copied first.",
        );
      return [
        { statement, kind: "as-written", sql: statement.text, isFinal: FINAL.has(statement.kind) && !isGrant(node) },
      ];
  }
}

const FINAL = new Set(["RenameStmt", "AlterObjectSchemaStmt", "GrantStmt", "GrantRoleStmt", "AlterEnumStmt"]);

function isGrant(node: Fields): boolean {
  return node["is_grant"] === true;
}

type Refuse = (what: string, next: string) => HoldfastError;

function alterTable(statement: AnalysedStatement, node: Fields, parser: SqlParser, refuse: Refuse): ContractAction[] {
  const commands = asNodes(node["cmds"]).map(fieldsOf);
  const isRetired = (command: Fields) =>
    command["subtype"] === "AT_DropColumn" || command["subtype"] === "AT_DropConstraint";
  if (node["objtype"] === "OBJECT_TYPE" && commands.some(isRetired)) {
    throw refuse(
      "drops an attribute of a type",
      "Make a new type and move the columns to it; an attribute cannot be retired.",
    );
  }
  const asWritten = (sql: string, command: Fields): ContractAction => ({
    statement,
    kind: "as-written",
    sql,
    isFinal: FINAL_COMMANDS.has(asText(command["subtype"])),
  });
  if (!commands.some(isRetired))
    return [
      {
        statement,
        kind: "as-written",
        sql: statement.text,
        isFinal: commands.some((one) => FINAL_COMMANDS.has(asText(one["subtype"]))),
      },
    ];
  const parts = splitAlterTable(statement.text, parser, commands.length);
  if (parts === undefined)
    throw refuse(
      "mixes DROP with other changes in a way that cannot be told apart",
      "Give each DROP an ALTER TABLE of its own.",
    );
  const table = rangeName(asFields(node["relation"]));
  return commands.map((command, index): ContractAction => {
    const sql = parts[index] ?? statement.text;
    if (!isRetired(command)) return asWritten(sql, command);
    if (command["behavior"] === "DROP_CASCADE")
      throw refuse("says CASCADE", "Drop what depends on it by name in the same file, before it.");
    const [name, ifExists] = [asText(command["name"]), command["missing_ok"] === true || node["missing_ok"] === true];
    return command["subtype"] === "AT_DropColumn"
      ? { statement, kind: "retire-column", table, column: name, ifExists, sql }
      : { statement, kind: "drop-constraint", table, constraint: name, ifExists, sql };
  });
}

/** ALTER TABLE commands that lose data or break who still relies on them, with nothing kept. */
const FINAL_COMMANDS = new Set([
  "AT_AlterColumnType",
  "AT_DropExpression",
  "AT_DropIdentity",
  "AT_DetachPartition",
  "AT_DropInherit",
]);

function dropObjects(statement: AnalysedStatement, node: Fields, refuse: Refuse): ContractAction[] {
  if (node["behavior"] === "DROP_CASCADE")
    throw refuse("says CASCADE", "Drop what depends on it by name in the same file, before it.");
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

function contractRefused(
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
