import { asFields, asNodes, asText, asTexts, kindOf, fieldsOf, type Fields } from "../../ast.js";
import type { AstNode } from "../../ports.js";
import type { Column, Maker, Table, TableKind } from "./objects.js";
import { columnConstraints, readColumn } from "./read-column.js";
import { readConstraint, withConstraint } from "./read-constraint.js";
import { rangeParts, type Schema } from "./schema.js";
import { viewOutput } from "./view-output.js";
import { readTypeName, SERIALS } from "./type-names.js";

const NO_ROWS: Pick<Table, "columns" | "constraints" | "hasRowSecurity" | "policies" | "triggers"> = {
  columns: new Map(),
  constraints: new Map(),
  hasRowSecurity: false,
  policies: new Set(),
  triggers: new Set(),
};

/** CREATE TABLE, also of a partition, also of a foreign table. */
export function createTable(fields: Fields, schema: Schema, maker: Maker, kind: TableKind = "table"): void {
  const relation = asFields(fields["relation"]);
  const id = newTableId(relation, schema);
  if (fields["if_not_exists"] === true && schema.tables.has(id)) return;
  const parents = asNodes(fields["inhRelations"]).map((parent) => schema.tableId(parent["RangeVar"]));
  const bound = asFields(fields["partbound"]);
  const isPartition = fields["partbound"] !== undefined;
  const partitionKey = asNodes(asFields(fields["partspec"])["partParams"]).map((node) =>
    asText(asFields(node["PartitionElem"])["name"]),
  );
  const typed = typedBy(fields["ofTypename"], schema);
  const inherited = parents.flatMap((parent) => [...(schema.tables.get(parent)?.columns.values() ?? [])]);
  const made: Table = {
    ...NO_ROWS,
    id,
    kind: fields["partspec"] === undefined ? kind : "partitioned table",
    isTemporary: isTemporary(relation),
    isWhole: typed === undefined && parents.every((parent) => schema.tables.get(parent)?.isWhole === true),
    columns: new Map(inherited.map((column) => [column.name, { ...column, maker }])),
    ...(isPartition && parents[0] !== undefined && { partitionOf: parents[0] }),
    ...(bound["is_default"] === true && { isDefaultPartition: true }),
    ...(fields["oncommit"] === "ONCOMMIT_DROP" && { isGoneAtCommit: true }),
    ...(fields["partspec"] !== undefined && { partitionKey }),
    ...(typed !== undefined && { ofType: typed }),
    maker,
  };
  schema.tables.set(
    id,
    asNodes(fields["tableElts"]).reduce((table, node) => withElement(table, node, schema), made),
  );
}

/** The id of the composite type of a typed table. */
function typedBy(ofTypename: unknown, schema: Schema): string | undefined {
  if (ofTypename === undefined) return undefined;
  return schema.idOf(readTypeName(ofTypename).name.split("."), schema.types);
}

/** CREATE TABLE AS, SELECT INTO, CREATE MATERIALIZED VIEW: the columns' types are known by the server only. */
export function createTableAs(into: unknown, schema: Schema, maker: Maker, kind: TableKind): void {
  const relation = asFields(asFields(into)["rel"]);
  const id = newTableId(relation, schema);
  schema.tables.set(id, {
    ...{ ...NO_ROWS, id, kind, isTemporary: isTemporary(relation), isWhole: false },
    ...(asFields(into)["onCommit"] === "ONCOMMIT_DROP" && { isGoneAtCommit: true }),
    maker,
  });
}

export function createView(fields: Fields, schema: Schema, maker: Maker): void {
  const relation = asFields(fields["view"]);
  const id = newTableId(relation, schema);
  const present = schema.tables.get(id);
  const output = viewOutput(fields);
  const columns = output === undefined ? {} : { output };
  // A view that is replaced is the one that was there.
  if (present !== undefined && fields["replace"] === true) {
    const { output: old, ...rest } = present;
    schema.tables.set(id, old === undefined ? present : { ...rest, ...columns });
    return;
  }
  schema.tables.set(id, {
    ...{ ...NO_ROWS, id, kind: "view", isTemporary: isTemporary(relation), isWhole: false },
    ...columns,
    maker,
  });
}

/** A table that the folder did not make, seen for the first time. */
export function seenTable(id: string, schema: Schema, maker: Maker): Table {
  const known = schema.tables.get(id);
  if (known !== undefined) return known;
  return { ...NO_ROWS, id, kind: "table", isTemporary: false, isWhole: false, maker: { ...maker, file: BEFORE } };
}

/** The maker of what was there before the folder's first file. */
const BEFORE = -1n;

export function newTableId(relation: Fields, schema: Schema): string {
  if (isTemporary(relation)) return `pg_temp.${asText(relation["relname"])}`;
  return schema.newId(rangeParts(relation));
}

/** A column with the constraints that stand behind it. */
export function withColumn(table: Table, definition: Fields, schema: Schema): Table {
  const column = readColumn(definition, table.maker);
  ownSequence(table, column, definition, schema);
  const added = { ...table, columns: new Map(table.columns).set(column.name, column) };
  return columnConstraints(definition).reduce<Table>(
    (so, fields) => withConstraint(so, readConstraint(fields, placeIn(so, schema, column.name))),
    added,
  );
}

export function placeIn(table: Table, schema: Schema, column?: string) {
  return {
    ...{ schema, tableName: table.id.slice(table.id.indexOf(".") + 1), taken: new Set(table.constraints.keys()) },
    ...(column !== undefined && { column }),
    maker: table.maker,
  };
}

/** A table whose constraint makes its columns NOT NULL has them so. */
export function withTableConstraint(table: Table, fields: Fields, schema: Schema): Table {
  const constraint = readConstraint(fields, placeIn(table, schema));
  const next = withConstraint(table, constraint);
  if (constraint?.kind !== "primary key" && constraint?.kind !== "not null") return next;
  const columns = new Map(next.columns);
  for (const name of constraint.columns) {
    const column = columns.get(name);
    if (column !== undefined && constraint.isValid) columns.set(name, { ...column, isNotNull: true });
  }
  return { ...next, columns };
}

function withElement(table: Table, node: AstNode, schema: Schema): Table {
  const fields = fieldsOf(node);
  switch (kindOf(node)) {
    case "ColumnDef":
      return withColumn(table, fields, schema);
    case "Constraint":
      // A new table has no rows that NOT VALID could leave out.
      return withTableConstraint(table, { ...fields, skip_validation: isUnenforced(fields) }, schema);
    case "TableLikeClause":
      return withLike(table, fields, schema);
    default:
      return table;
  }
}

function isUnenforced({ contype, is_enforced }: Fields): boolean {
  return (contype === "CONSTR_CHECK" || contype === "CONSTR_FOREIGN") && is_enforced !== true;
}

/** LIKE copies names, types and NOT NULL; the rest only where INCLUDING says so. */
function withLike(table: Table, fields: Fields, schema: Schema): Table {
  const source = schema.table(fields["relation"]);
  if (source === undefined) return { ...table, isWhole: false };
  const copied = [...source.columns.values()].map((column): [string, Column] => [
    column.name,
    { ...column, hasDefault: column.hasDefault && Number(fields["options"] ?? 0) !== 0, maker: table.maker },
  ]);
  return { ...table, isWhole: source.isWhole && table.isWhole, columns: new Map([...table.columns, ...copied]) };
}

function ownSequence(table: Table, column: Column, definition: Fields, schema: Schema): void {
  const isSerial = SERIALS.has(readTypeName(definition["typeName"]).name);
  if (!isSerial && !column.isIdentity) return;
  const id = `${table.id}_${column.name}_seq`;
  schema.sequences.set(id, { id, ownedBy: table.id, maker: table.maker });
}

function isTemporary(relation: Fields): boolean {
  return relation["relpersistence"] === "t" || asTexts([{ String: { sval: relation["schemaname"] } }])[0] === "pg_temp";
}
