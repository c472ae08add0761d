import { asFields, asNodes, asTexts, fieldsOf, isOptionOn, kindOf, walk, type Fields } from "./ast.js";
import type { AstNode } from "./ports.js";
import { listedName, qualifiedName, relationName } from "./sql-names.js";

/**
 * Forms of ALTER TABLE that take only SHARE UPDATE EXCLUSIVE on the table (manual, ALTER TABLE: "the lock level
 * required"). Traffic passes them.
 */
export const WEAK_ALTERATIONS: ReadonlySet<unknown> = new Set([
  "AT_SetStatistics",
  "AT_SetOptions",
  "AT_ResetOptions",
  "AT_SetRelOptions",
  "AT_ResetRelOptions",
  "AT_ClusterOn",
  "AT_DropCluster",
  "AT_ValidateConstraint",
  "AT_AttachPartition",
]);
/** LOCK TABLE modes from SHARE (5) on, as numbered in PostgreSQL's lockdefs.h. */
const SHARE_MODE = 5;
/** Objects that stand on a table and are dropped under its lock; the table's name is all but the last part. */
const TABLE_BOUND: ReadonlySet<unknown> = new Set(["OBJECT_TRIGGER", "OBJECT_POLICY", "OBJECT_RULE"]);
const RELATIONS: ReadonlySet<unknown> = new Set([
  "OBJECT_TABLE",
  "OBJECT_FOREIGN_TABLE",
  "OBJECT_VIEW",
  "OBJECT_MATVIEW",
  "OBJECT_INDEX",
  "OBJECT_SEQUENCE",
]);

/**
 * Relations that a statement locks in SHARE mode or stronger, by the statement alone: not the tables behind foreign keys
 * of a dropped table, nor the partitions of a parent, which only the catalog knows.
 */
export function strongLocks(node: AstNode): string[] {
  const fields = fieldsOf(node);
  const reader = READERS[kindOf(node)];
  const names = reader === undefined ? [] : reader(fields);
  return [...new Set(names.filter((name) => name !== ""))];
}

/** Tables that are certainly new once the statement has run: lasting ones, and temporary ones. */
export function createdTables(node: AstNode): { lasting: string[]; temporary: string[] } {
  const relation = createdRelation(node);
  if (relation === undefined) return { lasting: [], temporary: [] };
  const isTemporary = relation["relpersistence"] === "t" || relation["schemaname"] === "pg_temp";
  const names = [relationName(relation)];
  return isTemporary ? { lasting: [], temporary: names } : { lasting: names, temporary: [] };
}

function createdRelation(node: AstNode): Fields | undefined {
  const outer = fieldsOf(node);
  const fields = kindOf(node) === "CreateForeignTableStmt" ? asFields(outer["base"]) : outer;
  if (fields["if_not_exists"] === true) return undefined;
  switch (kindOf(node)) {
    case "CreateStmt":
    case "CreateForeignTableStmt":
      return asFields(fields["relation"]);
    case "CreateTableAsStmt":
      return asFields(asFields(fields["into"])["rel"]);
    case "SelectStmt":
      return fields["intoClause"] === undefined ? undefined : asFields(asFields(fields["intoClause"])["rel"]);
    default:
      return undefined;
  }
}

const relationOnly = (fields: Fields): string[] => [relationName(fields["relation"])];

const READERS: Readonly<Partial<Record<string, (fields: Fields) => string[]>>> = {
  AlterTableStmt: alterTableLocks,
  CreateStmt: createTableLocks,
  IndexStmt: (fields) => (fields["concurrent"] === true ? [] : relationOnly(fields)),
  DropStmt: dropLocks,
  TruncateStmt: (fields) => asNodes(fields["relations"]).map((relation) => relationName(relation["RangeVar"])),
  LockStmt: (fields) =>
    Number(fields["mode"]) >= SHARE_MODE
      ? asNodes(fields["relations"]).map((relation) => relationName(relation["RangeVar"]))
      : [],
  // ALTER INDEX … RENAME has taken only SHARE UPDATE EXCLUSIVE since PostgreSQL 12.
  RenameStmt: (fields) => (fields["renameType"] === "OBJECT_INDEX" ? [] : relationOnly(fields)),
  AlterObjectSchemaStmt: relationOnly,
  CreateTrigStmt: (fields) => [relationName(fields["relation"]), relationName(fields["constrrel"])],
  RuleStmt: relationOnly,
  CreatePolicyStmt: (fields) => [relationName(fields["table"])],
  AlterPolicyStmt: (fields) => [relationName(fields["table"])],
  ClusterStmt: relationOnly,
  VacuumStmt: (fields) =>
    isOptionOn(fields["options"], "full")
      ? asNodes(fields["rels"]).map((rel) => relationName(asFields(rel["VacuumRelation"])["relation"]))
      : [],
  ReindexStmt: (fields) => (isOptionOn(fields["params"], "concurrently") ? [] : relationOnly(fields)),
  RefreshMatViewStmt: relationOnly,
  ViewStmt: (fields) => (fields["replace"] === true ? [relationName(fields["view"])] : []),
  AlterSeqStmt: (fields) => [relationName(fields["sequence"])],
};

function alterTableLocks(fields: Fields): string[] {
  if (fields["objtype"] === "OBJECT_TYPE") return [];
  const commands = asNodes(fields["cmds"]).map((node) => asFields(node["AlterTableCmd"]));
  const isWeak = commands.every((command) => WEAK_ALTERATIONS.has(command["subtype"]) || isConcurrentDetach(command));
  // The partition itself is locked ACCESS EXCLUSIVE, also where its parent is not.
  const partitions = commands
    .filter((command) => !isConcurrentDetach(command))
    .map((command) => relationName(asFields(asFields(command["def"])["PartitionCmd"])["name"]));
  return [...(isWeak ? [] : [relationName(fields["relation"])]), ...partitions, ...referencedTables(fields["cmds"])];
}

function isConcurrentDetach(command: Fields): boolean {
  if (command["subtype"] === "AT_DetachPartitionFinalize") return true;
  return asFields(asFields(command["def"])["PartitionCmd"])["concurrent"] === true;
}

function createTableLocks(fields: Fields): string[] {
  const parents =
    fields["partbound"] === undefined
      ? []
      : asNodes(fields["inhRelations"]).map((parent) => relationName(parent["RangeVar"]));
  return [...parents, ...referencedTables(fields["tableElts"])];
}

/** Both ends of a new foreign key are locked SHARE ROW EXCLUSIVE. */
function referencedTables(value: unknown): string[] {
  const names: string[] = [];
  walk(value, (kind, fields) => {
    if (kind === "Constraint" && fields["contype"] === "CONSTR_FOREIGN") names.push(relationName(fields["pktable"]));
    return true;
  });
  return names;
}

function dropLocks(fields: Fields): string[] {
  if (fields["concurrent"] === true) return [];
  const objects = asNodes(fields["objects"]);
  if (RELATIONS.has(fields["removeType"])) return objects.map(listedName);
  if (TABLE_BOUND.has(fields["removeType"]))
    return objects.map((object) => qualifiedName(asTexts(object).slice(0, -1)));
  return [];
}
