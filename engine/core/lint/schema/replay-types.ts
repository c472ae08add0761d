import { asFields, asNodes, asText, asTexts, type Fields } from "../../ast.js";
import type { Maker } from "./objects.js";
import { listParts, type Schema } from "./schema.js";
import { readTypeName } from "./type-names.js";

export function createEnum(fields: Fields, schema: Schema, maker: Maker): void {
  const id = schema.newId(listParts(fields["typeName"]));
  schema.types.set(id, { id, kind: "enum", labels: asTexts(fields["vals"]), maker });
}

/** ALTER TYPE … ADD VALUE, RENAME VALUE. */
export function alterEnum(fields: Fields, schema: Schema): void {
  const type = schema.type({ name: listParts(fields["typeName"]).join(".") });
  if (type?.kind !== "enum") return;
  const [oldValue, newValue] = [asText(fields["oldVal"]), asText(fields["newVal"])];
  const labels =
    oldValue === "" ? [...type.labels, newValue] : type.labels.map((one) => (one === oldValue ? newValue : one));
  schema.types.set(type.id, { ...type, labels });
}

export function createDomain(fields: Fields, schema: Schema, maker: Maker): void {
  const id = schema.newId(listParts(fields["domainname"]));
  const isConstrained = asNodes(fields["constraints"]).some((node) => {
    const { contype } = asFields(node["Constraint"]);
    return contype === "CONSTR_CHECK" || contype === "CONSTR_NOTNULL";
  });
  schema.types.set(id, { id, kind: "domain", base: readTypeName(fields["typeName"]), isConstrained, maker });
}

/** ALTER DOMAIN … ADD, SET NOT NULL. What is dropped may not have been the only one: the domain stays constrained. */
export function alterDomain(fields: Fields, schema: Schema): void {
  const type = schema.type({ name: listParts(fields["typeName"]).join(".") });
  if (type?.kind !== "domain") return;
  if (fields["subtype"] === "C" || fields["subtype"] === "O")
    schema.types.set(type.id, { ...type, isConstrained: true });
}

export function createComposite(fields: Fields, schema: Schema, maker: Maker): void {
  const relation = asFields(fields["typevar"]);
  const id = schema.newId([asText(relation["schemaname"]), asText(relation["relname"])].filter((part) => part !== ""));
  schema.types.set(id, { id, kind: "composite", maker });
}

export function createRange(fields: Fields, schema: Schema, maker: Maker): void {
  const id = schema.newId(listParts(fields["typeName"]));
  schema.types.set(id, { id, kind: "range", maker });
}
