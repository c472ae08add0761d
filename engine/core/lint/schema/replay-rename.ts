import { asFields, asText, type Fields } from "../../ast.js";
import { listParts, rangeParts, type Schema } from "./schema.js";
import type { Table } from "./objects.js";

const RELATIONS: ReadonlySet<unknown> = new Set([
  "OBJECT_TABLE",
  "OBJECT_VIEW",
  "OBJECT_MATVIEW",
  "OBJECT_FOREIGN_TABLE",
]);

/** ALTER … RENAME. */
export function rename(fields: Fields, schema: Schema): void {
  const newName = asText(fields["newname"]);
  const kind = fields["renameType"];
  if (RELATIONS.has(kind)) moveTable(schema, schema.tableId(fields["relation"]), (id) => sibling(id, newName));
  else if (kind === "OBJECT_COLUMN") renameColumn(fields, newName, schema);
  else if (kind === "OBJECT_TABCONSTRAINT") renameConstraint(fields, newName, schema);
  else if (kind === "OBJECT_INDEX") {
    move(schema.indexes, schema.idOf(rangeParts(fields["relation"]), schema.indexes), (id) => sibling(id, newName));
  } else if (kind === "OBJECT_TYPE" || kind === "OBJECT_DOMAIN") {
    move(schema.types, schema.idOf(listParts(fields["object"]), schema.types), (id) => sibling(id, newName));
  } else if (kind === "OBJECT_SEQUENCE") {
    move(schema.sequences, schema.idOf(rangeParts(fields["relation"]), schema.sequences), (id) => sibling(id, newName));
  }
}

/** ALTER … SET SCHEMA. */
export function setSchema(fields: Fields, schema: Schema): void {
  const target = asText(fields["newschema"]);
  const into = (id: string): string => `${target}.${id.slice(id.indexOf(".") + 1)}`;
  if (RELATIONS.has(fields["objectType"])) moveTable(schema, schema.tableId(fields["relation"]), into);
  else if (fields["objectType"] === "OBJECT_TYPE" || fields["objectType"] === "OBJECT_DOMAIN") {
    move(schema.types, schema.idOf(listParts(fields["object"]), schema.types), into);
  }
}

function moveTable(schema: Schema, from: string, to: (id: string) => string): void {
  move(schema.tables, from, to);
  for (const index of schema.indexesOf(from)) schema.indexes.set(index.id, { ...index, table: to(from) });
  for (const part of schema.partitionsOf(from)) schema.tables.set(part.id, { ...part, partitionOf: to(from) });
}

function move<V extends { readonly id: string }>(map: Map<string, V>, from: string, to: (id: string) => string): void {
  const found = map.get(from);
  if (found === undefined) return;
  map.delete(from);
  map.set(to(from), { ...found, id: to(from) });
}

function renameColumn(fields: Fields, newName: string, schema: Schema): void {
  const table = schema.table(fields["relation"]);
  if (table === undefined) return;
  const oldName = asText(fields["subname"]);
  const renamed = (name: string): string => (name === oldName ? newName : name);
  const columns = [...table.columns].map(
    ([name, column]) => [renamed(name), { ...column, name: renamed(name) }] as const,
  );
  const constraints = [...table.constraints].map(
    ([name, constraint]) =>
      [
        name,
        { ...constraint, columns: constraint.columns.map(renamed), proves: constraint.proves.map(renamed) },
      ] as const,
  );
  schema.tables.set(table.id, { ...table, columns: new Map(columns), constraints: new Map(constraints) });
  for (const index of schema.indexesOf(table.id)) {
    const named = index.columns.map((name) => (name === null ? null : renamed(name)));
    schema.indexes.set(index.id, { ...index, columns: named, named: index.named.map(renamed) });
  }
}

function renameConstraint(fields: Fields, newName: string, schema: Schema): void {
  const table: Table | undefined = schema.table(asFields(fields["relation"]));
  const oldName = asText(fields["subname"]);
  const constraint = table?.constraints.get(oldName);
  if (table === undefined || constraint === undefined) return;
  const constraints = new Map(table.constraints);
  constraints.delete(oldName);
  constraints.set(newName, { ...constraint, name: newName });
  schema.tables.set(table.id, { ...table, constraints });
}

function sibling(id: string, name: string): string {
  return `${id.slice(0, id.indexOf("."))}.${name}`;
}
