import { asFields, asNodes, asText, fieldsOf, isOptionOn, kindOf, walk, type Fields } from "../ast.js";
import { LOCK_MODES, type LockMode } from "../lock-modes.js";
import type { AstNode } from "../ports.js";
import { isScratch } from "../scratch-schema.js";
import { listParts, type Schema } from "./schema/schema.js";
import { WEAK_ALTERATIONS } from "../statement-locks.js";
import { isMadeBy } from "./statement-facts.js";

/** A lock on a table that was there before the file, strong enough to stop its writers: SHARE or more. */
export interface HeldLock {
  /** Id of the table. */
  readonly table: string;
  readonly mode: LockMode;
}

/**
 * The locks a statement takes on tables of before its file (manual, "Table-Level Locks", and each command's page).
 * @param schema as it is before the statement
 * @param file the file's order
 */
export function heldLocks(node: AstNode, schema: Schema, file: bigint): HeldLock[] {
  const locks = READERS[kindOf(node)]?.(fieldsOf(node), schema) ?? [];
  return locks.filter(({ table }) => isOld(table, schema, file));
}

/** Whether others may know the table: it was not made, for certain, by this file, and no temporary or scratch one. */
export function isOld(id: string, schema: Schema, file: bigint): boolean {
  const schemaName = id.slice(0, id.indexOf("."));
  if (schemaName === "pg_temp" || isScratch(schemaName)) return false;
  const maker = schema.tables.get(id)?.maker;
  return maker === undefined || !isMadeBy(maker, file);
}

/** Readers wait too. */
export function stopsReaders({ mode }: HeldLock): boolean {
  return mode === "AccessExclusiveLock";
}

type Reader = (fields: Fields, schema: Schema) => HeldLock[];

const [, , , , SHARE, SHARE_ROW, EXCLUSIVE, ACCESS] = LOCK_MODES;

const onRelation =
  (mode: LockMode): Reader =>
  (fields, schema) => [{ table: schema.tableId(fields["relation"]), mode }];

const READERS: Readonly<Partial<Record<string, Reader>>> = {
  AlterTableStmt: alterTableLocks,
  CreateStmt: createTableLocks,
  IndexStmt: (fields, schema) => (fields["concurrent"] === true ? [] : onRelation(SHARE)(fields, schema)),
  DropStmt: dropLocks,
  TruncateStmt: (fields, schema) => listed(fields["relations"], ACCESS, schema),
  LockStmt: (fields, schema) => {
    const mode = LOCK_MODES[Number(fields["mode"]) - 1];
    return mode !== undefined && isStrong(mode) ? listed(fields["relations"], mode, schema) : [];
  },
  // ALTER INDEX … RENAME takes SHARE UPDATE EXCLUSIVE on the index.
  RenameStmt: (fields, schema) =>
    fields["relation"] === undefined || fields["renameType"] === "OBJECT_INDEX"
      ? []
      : onRelation(ACCESS)(fields, schema),
  AlterObjectSchemaStmt: (fields, schema) =>
    fields["relation"] === undefined ? [] : onRelation(ACCESS)(fields, schema),
  CreateTrigStmt: onRelation(SHARE_ROW),
  RuleStmt: onRelation(ACCESS),
  CreatePolicyStmt: (fields, schema) => [{ table: schema.tableId(fields["table"]), mode: ACCESS }],
  AlterPolicyStmt: (fields, schema) => [{ table: schema.tableId(fields["table"]), mode: ACCESS }],
  ClusterStmt: (fields, schema) => (fields["relation"] === undefined ? [] : onRelation(ACCESS)(fields, schema)),
  ReindexStmt: reindexLocks,
  RefreshMatViewStmt: (fields, schema) =>
    onRelation(fields["concurrent"] === true ? EXCLUSIVE : ACCESS)(fields, schema),
  ViewStmt: (fields, schema) =>
    fields["replace"] === true && schema.table(fields["view"]) !== undefined
      ? [{ table: schema.tableId(fields["view"]), mode: ACCESS }]
      : [],
};

function isStrong(mode: LockMode): boolean {
  return LOCK_MODES.indexOf(mode) >= LOCK_MODES.indexOf(SHARE);
}

function listed(relations: unknown, mode: LockMode, schema: Schema): HeldLock[] {
  return asNodes(relations).map((node) => ({ table: schema.tableId(node["RangeVar"]), mode }));
}

/** Readers pass these (manual, ALTER TABLE). */
const READERS_PASS = /^AT_(Enable|Disable)(Always|Replica)?Trig/;

function alterTableLocks(fields: Fields, schema: Schema): HeldLock[] {
  const objtype = fields["objtype"];
  if (objtype === "OBJECT_TYPE" || objtype === "OBJECT_SEQUENCE") return [];
  const own = objtype === "OBJECT_INDEX" ? schema.index(fields["relation"])?.table : schema.tableId(fields["relation"]);
  return asNodes(fields["cmds"]).flatMap((node) => {
    const command = asFields(node["AlterTableCmd"]);
    const mode = modeOf(command);
    const locks = mode === undefined || own === undefined ? [] : [{ table: own, mode }];
    return [...locks, ...partitionLocks(command, schema), ...referencedLocks(command["def"], schema)];
  });
}

function modeOf(command: Fields): LockMode | undefined {
  const subtype = asText(command["subtype"]);
  const definition = asFields(command["def"]);
  if (
    WEAK_ALTERATIONS.has(subtype) ||
    subtype === "AT_DetachPartitionFinalize" ||
    asFields(definition["PartitionCmd"])["concurrent"] === true
  )
    return undefined;
  const isForeignKey =
    subtype === "AT_AddConstraint" && asFields(definition["Constraint"])["contype"] === "CONSTR_FOREIGN";
  return isForeignKey || READERS_PASS.test(subtype) ? SHARE_ROW : ACCESS;
}

/** The partition itself is locked wholly, also where its parent is not. */
function partitionLocks(command: Fields, schema: Schema): HeldLock[] {
  const partition = asFields(asFields(command["def"])["PartitionCmd"]);
  if (partition["name"] === undefined || partition["concurrent"] === true) return [];
  return [{ table: schema.tableId(partition["name"]), mode: ACCESS }];
}

/** The other end of a new foreign key. */
function referencedLocks(value: unknown, schema: Schema): HeldLock[] {
  const locks: HeldLock[] = [];
  walk(value, (kind, fields) => {
    if (kind === "Constraint" && fields["contype"] === "CONSTR_FOREIGN")
      locks.push({ table: schema.tableId(fields["pktable"]), mode: SHARE_ROW });
    return true;
  });
  return locks;
}

function createTableLocks(fields: Fields, schema: Schema): HeldLock[] {
  const parents = fields["partbound"] === undefined ? [] : listed(fields["inhRelations"], ACCESS, schema);
  return [...parents, ...referencedLocks(fields["tableElts"], schema)];
}

const RELATIONS: ReadonlySet<unknown> = new Set([
  "OBJECT_TABLE",
  "OBJECT_FOREIGN_TABLE",
  "OBJECT_VIEW",
  "OBJECT_MATVIEW",
]);
const ON_TABLES: ReadonlySet<unknown> = new Set(["OBJECT_TRIGGER", "OBJECT_POLICY", "OBJECT_RULE"]);

function dropLocks(fields: Fields, schema: Schema): HeldLock[] {
  if (fields["concurrent"] === true) return [];
  const kind = fields["removeType"];
  return asNodes(fields["objects"]).flatMap((object) => {
    const parts = listParts(object);
    if (ON_TABLES.has(kind)) return [{ table: schema.idOf(parts.slice(0, -1), schema.tables), mode: ACCESS }];
    if (kind === "OBJECT_INDEX") return onTableOfIndex(schema.idOf(parts, schema.indexes), schema);
    return RELATIONS.has(kind) ? droppedTable(schema.idOf(parts, schema.tables), schema) : [];
  });
}

function onTableOfIndex(id: string, schema: Schema): HeldLock[] {
  const table = schema.indexes.get(id)?.table;
  return table === undefined ? [] : [{ table, mode: ACCESS }];
}

/** The triggers of its foreign keys stand on the other tables, too. */
function droppedTable(id: string, schema: Schema): HeldLock[] {
  const others = [...(schema.tables.get(id)?.constraints.values() ?? [])].flatMap(({ references }) => references ?? []);
  return [id, ...others].map((table) => ({ table, mode: ACCESS }));
}

/** Every query of the table opens all its indexes. */
function reindexLocks(fields: Fields, schema: Schema): HeldLock[] {
  if (fields["relation"] === undefined || isOptionOn(fields["params"], "concurrently")) return [];
  if (fields["kind"] === "REINDEX_OBJECT_TABLE") return onRelation(ACCESS)(fields, schema);
  const table = schema.index(fields["relation"])?.table;
  return table === undefined ? [] : [{ table, mode: ACCESS }];
}
