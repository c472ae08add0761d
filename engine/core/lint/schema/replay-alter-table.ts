import { asFields, asNodes, asText, type Fields } from "../../ast.js";
import { listParts, rangeParts, type Schema } from "./schema.js";
import type { Column, Maker, Table } from "./objects.js";
import { seenTable, withColumn, withTableConstraint } from "./replay-create.js";
import { readTypeName } from "./type-names.js";

/** ALTER TABLE with all its commands. A table no file made is known by what was done to it from here on. */
export function alterTable(fields: Fields, schema: Schema, maker: Maker): void {
  const objtype = fields["objtype"];
  if (objtype === "OBJECT_INDEX" || objtype === "OBJECT_TYPE" || objtype === "OBJECT_SEQUENCE") return;
  const id = schema.tableId(fields["relation"]);
  const table = seenTable(id, schema, maker);
  const commands = asNodes(fields["cmds"]).map((node) => asFields(node["AlterTableCmd"]));
  schema.tables.set(
    id,
    commands.reduce((so, command) => alter(so, command, schema, maker), table),
  );
  const isAlone = asFields(fields["relation"])["inh"] !== true;
  if (!isAlone) alterPartitions(id, commands.filter(reachesPartitions), schema, maker);
}

/** Partitions share columns and CHECKs with their parent. */
function alterPartitions(parent: string, commands: readonly Fields[], schema: Schema, maker: Maker): void {
  for (const partition of commands.length === 0 ? [] : schema.partitionsOf(parent)) {
    schema.tables.set(
      partition.id,
      commands.reduce((so, command) => alter(so, command, schema, maker), partition),
    );
    alterPartitions(partition.id, commands, schema, maker);
  }
}

function reachesPartitions({ subtype, def }: Fields): boolean {
  const name = asText(subtype);
  if (name in COLUMN_CHANGES || SHARED.has(name)) return true;
  const { contype } = asFields(asFields(def)["Constraint"]);
  return name === "AT_AddConstraint" && (contype === "CONSTR_CHECK" || contype === "CONSTR_NOTNULL");
}

const SHARED: ReadonlySet<string> = new Set([
  "AT_AddColumn",
  "AT_DropColumn",
  "AT_DropConstraint",
  "AT_ValidateConstraint",
]);

/** Zero or more columns' new values, by the command's subtype. */
const COLUMN_CHANGES: Readonly<Record<string, (column: Column, command: Fields) => Column>> = {
  AT_SetNotNull: (column) => ({ ...column, isNotNull: true }),
  AT_DropNotNull: (column) => ({ ...column, isNotNull: false }),
  AT_ColumnDefault: (column, command) => ({ ...column, hasDefault: command["def"] !== undefined }),
  AT_AddIdentity: (column) => ({ ...column, isIdentity: true, isNotNull: true }),
  AT_DropIdentity: (column) => ({ ...column, isIdentity: false }),
  AT_DropExpression: (column) => {
    const { generated, ...plain } = column;
    return generated === undefined ? column : plain;
  },
  AT_AlterColumnType: (column, command) => {
    const definition = asFields(asFields(command["def"])["ColumnDef"]);
    const collation = listParts(asFields(definition["collClause"])["collname"]).at(-1);
    const { collation: old, ...plain } = column;
    const isKept = old === undefined || collation !== undefined;
    return {
      ...(isKept ? column : plain),
      ...{ type: readTypeName(definition["typeName"]) },
      ...(collation !== undefined && { collation }),
    };
  },
};

function alter(table: Table, command: Fields, schema: Schema, maker: Maker): Table {
  const subtype = asText(command["subtype"]);
  const name = asText(command["name"]);
  const change = COLUMN_CHANGES[subtype];
  if (change !== undefined) {
    const kept = subtype === "AT_DropNotNull" ? withoutNotNull(table, name) : table;
    return changed(kept, name, (column) => change(column, command), maker);
  }
  const definition = asFields(command["def"]);
  switch (subtype) {
    case "AT_AddColumn":
      return addColumn(table, command, schema, maker);
    case "AT_DropColumn":
      return withoutColumn(table, name, schema);
    case "AT_AddConstraint":
      return {
        ...withTableConstraint({ ...table, maker }, asFields(definition["Constraint"]), schema),
        maker: table.maker,
      };
    case "AT_DropConstraint":
      return withoutConstraint(table, name);
    case "AT_ValidateConstraint":
      return validated(table, name);
    case "AT_EnableRowSecurity":
      return { ...table, hasRowSecurity: true };
    case "AT_DisableRowSecurity":
      return { ...table, hasRowSecurity: false };
    case "AT_AttachPartition":
      return attach(table, asFields(definition["PartitionCmd"]), schema, maker);
    case "AT_DetachPartition":
    case "AT_DetachPartitionFinalize":
      return detach(table, asFields(definition["PartitionCmd"]), schema);
    default:
      return table;
  }
}

/** With its NOT NULL goes what made a column so (PostgreSQL 18). */
function withoutConstraint(table: Table, name: string): Table {
  const { kind, columns: [only = ""] = [] } = table.constraints.get(name) ?? {};
  const constraints = without(table.constraints, name);
  const column = kind === "not null" ? table.columns.get(only) : undefined;
  if (column === undefined) return { ...table, constraints };
  return { ...table, constraints, columns: new Map(table.columns).set(only, { ...column, isNotNull: false }) };
}

/** DROP NOT NULL drops the constraint behind it. */
function withoutNotNull(table: Table, column: string): Table {
  const kept = [...table.constraints].filter(([, { kind, columns }]) => kind !== "not null" || columns[0] !== column);
  return { ...table, constraints: new Map(kept) };
}

/** With IF NOT EXISTS it may be an old one, of another type. */
function addColumn(table: Table, command: Fields, schema: Schema, maker: Maker): Table {
  const definition = asFields(asFields(command["def"])["ColumnDef"]);
  const isUnlessThere = command["missing_ok"] === true;
  if (isUnlessThere && table.columns.has(asText(definition["colname"]))) return table;
  const added = withColumn(
    { ...table, maker: isUnlessThere ? { ...maker, isCertain: false } : maker },
    definition,
    schema,
  );
  return { ...added, maker: table.maker };
}

function changed(table: Table, name: string, change: (column: Column) => Column, maker: Maker): Table {
  const column = table.columns.get(name) ?? unseenColumn(name, maker);
  return { ...table, columns: new Map(table.columns).set(name, change(column)) };
}

/** A column of which only the name is known. */
function unseenColumn(name: string, maker: Maker): Column {
  return {
    ...{ name, type: { name: "", modifiers: [], isArray: false } },
    ...{ isNotNull: false, hasDefault: false, isIdentity: false },
    maker: { ...maker, isCertain: false },
  };
}

function withoutColumn(table: Table, name: string, schema: Schema): Table {
  for (const index of schema.indexesOf(table.id))
    if (index.columns.includes(name) || index.named.includes(name)) schema.indexes.delete(index.id);
  const constraints = [...table.constraints].filter(([, constraint]) => !constraint.columns.includes(name));
  return { ...table, columns: without(table.columns, name), constraints: new Map(constraints) };
}

function validated(table: Table, name: string): Table {
  const constraint = table.constraints.get(name);
  if (constraint === undefined) return table;
  return { ...table, constraints: new Map(table.constraints).set(name, { ...constraint, isValid: true }) };
}

function attach(table: Table, partition: Fields, schema: Schema, maker: Maker): Table {
  const id = schema.idOf(rangeParts(partition["name"]), schema.tables);
  const isDefault = asFields(partition["bound"])["is_default"] === true;
  const attached = { ...seenTable(id, schema, maker), partitionOf: table.id };
  schema.tables.set(id, isDefault ? { ...attached, isDefaultPartition: true } : attached);
  return table;
}

function detach(table: Table, partition: Fields, schema: Schema): Table {
  const id = schema.idOf(rangeParts(partition["name"]), schema.tables);
  const found = schema.tables.get(id);
  if (found === undefined) return table;
  const { partitionOf, ...alone } = found;
  if (partitionOf === table.id) schema.tables.set(id, alone);
  return table;
}

function without<V>(map: ReadonlyMap<string, V>, name: string): Map<string, V> {
  const next = new Map(map);
  next.delete(name);
  return next;
}
