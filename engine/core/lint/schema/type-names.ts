import { asFields, asNodes, asTexts, type Fields } from "../../ast.js";
import type { TypeName } from "./objects.js";

/** What users write, and what PostgreSQL's parser leaves as it is (manual, "Data Types", aliases; pg_type has the rest). */
const ALIASES: Readonly<Record<string, string>> = {
  int: "int4",
  integer: "int4",
  smallint: "int2",
  bigint: "int8",
  real: "float4",
  boolean: "bool",
  decimal: "numeric",
  serial4: "serial",
  serial8: "bigserial",
  serial2: "smallserial",
};

export const SERIALS: ReadonlyMap<string, string> = new Map([
  ["serial", "int4"],
  ["bigserial", "int8"],
  ["smallserial", "int2"],
]);

/** Reads a `TypeName` node's fields; schema public is left out of a user type's lookup by `Schema.type`. */
export function readTypeName(value: unknown): TypeName {
  const fields = asFields(value);
  const parts = asTexts(fields["names"]);
  const name = parts.at(-1) ?? "";
  const schema = parts.length > 1 ? parts.at(-2) : undefined;
  const isSystems = schema === undefined || schema === "pg_catalog";
  return {
    name: isSystems ? (ALIASES[name] ?? name) : `${schema}.${name}`,
    modifiers: asNodes(fields["typmods"]).map(modifierOf),
    isArray: asNodes(fields["arrayBounds"]).length > 0,
  };
}

/** As SQL: `varchar(20)`, `public.mood[]`. */
export function printType({ name, modifiers, isArray }: TypeName): string {
  return `${name}${modifiers.length > 0 ? `(${modifiers.join(", ")})` : ""}${isArray ? "[]" : ""}`;
}

export function sameType(a: TypeName, b: TypeName): boolean {
  return printType(a) === printType(b);
}

/** Zero is left out of the tree. */
function modifierOf(node: Fields): number {
  const value = asFields(asFields(node["A_Const"])["ival"])["ival"];
  return typeof value === "number" ? value : 0;
}
