import { asFields, asNodes, asText, type Fields } from "../../ast.js";
import { listParts } from "./schema.js";
import type { Column, Maker } from "./objects.js";
import { readTypeName, SERIALS } from "./type-names.js";

/** Reads a `ColumnDef` node's fields. Constraints of the column that are rows of the catalog are read elsewhere. */
export function readColumn(fields: Fields, maker: Maker): Column {
  const constraints = columnConstraints(fields);
  const written = readTypeName(fields["typeName"]);
  const serial = SERIALS.get(written.name);
  const has = (contype: string): boolean => constraints.some((constraint) => constraint["contype"] === contype);
  const generated = constraints.find((constraint) => constraint["contype"] === "CONSTR_GENERATED");
  const collation = listParts(asFields(fields["collClause"])["collname"]).at(-1);
  return {
    name: asText(fields["colname"]),
    type: serial === undefined ? written : { ...written, name: serial },
    isNotNull: serial !== undefined || has("CONSTR_NOTNULL") || has("CONSTR_PRIMARY") || has("CONSTR_IDENTITY"),
    hasDefault: serial !== undefined || has("CONSTR_DEFAULT"),
    isIdentity: has("CONSTR_IDENTITY"),
    ...(generated !== undefined && { generated: generated["generated_kind"] === "v" ? "virtual" : "stored" }),
    ...(collation !== undefined && { collation }),
    maker,
  };
}

/** The `Constraint` fields that stand behind a column; NOT ENFORCED, a node of its own there, stands with the one before it. */
export function columnConstraints(fields: Fields): Fields[] {
  const all = asNodes(fields["constraints"]).map((node) => asFields(node["Constraint"]));
  return all.flatMap((constraint, index) => {
    if (constraint["contype"] === "CONSTR_ATTR_NOT_ENFORCED") return [];
    const isUnenforced = all[index + 1]?.["contype"] === "CONSTR_ATTR_NOT_ENFORCED";
    return isUnenforced ? [{ ...constraint, skip_validation: true }] : [constraint];
  });
}
