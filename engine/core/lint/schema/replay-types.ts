import { asFields, asNodes, asText, asTexts, type Fields } from "../../ast.js";
import { volatileCall } from "../volatile-call.js";
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
  const called = volatileCall(defaultOf(fields["constraints"]), schema);
  schema.types.set(id, {
    ...{ id, kind: "domain", base: readTypeName(fields["typeName"]), isConstrained, maker },
    ...(called !== undefined && { volatileDefault: called }),
  });
}

/** ALTER DOMAIN … ADD, SET NOT NULL, SET DEFAULT. What is dropped may not have been the only one: the domain stays constrained. */
export function alterDomain(fields: Fields, schema: Schema): void {
  const type = schema.type({ name: listParts(fields["typeName"]).join(".") });
  if (type?.kind !== "domain") return;
  if (fields["subtype"] === "C" || fields["subtype"] === "O")
    schema.types.set(type.id, { ...type, isConstrained: true });
  if (fields["subtype"] !== "T") return;
  const { volatileDefault, ...plain } = type;
  const called = volatileCall(fields["def"], schema);
  if (called !== volatileDefault)
    schema.types.set(type.id, { ...plain, ...(called !== undefined && { volatileDefault: called }) });
}

function defaultOf(constraints: unknown): unknown {
  return asNodes(constraints)
    .map((node) => asFields(node["Constraint"]))
    .find(({ contype }) => contype === "CONSTR_DEFAULT")?.["raw_expr"];
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
