import { asFields, asText, asTexts, fieldsOf, kindOf, type Fields } from "../ast.js";
import type { AstNode } from "../ports.js";
import type { LiveTable } from "./live-table.js";
import type { JudgedStatement } from "./rule.js";
import type { Column, TypeName } from "./schema/objects.js";
import { listParts } from "./schema/schema.js";
import { readTypeName } from "./schema/type-names.js";
import { alterations } from "./statement-facts.js";

/** One `ALTER COLUMN … TYPE`. */
export interface TypeChange {
  readonly column: string;
  /** The column as the files show it; unset where none shows its type. */
  readonly from?: Column;
  readonly to: TypeName;
  /** What its values are cast to, one after the other; the last is the new type. Undefined where USING makes other values. */
  readonly casts: readonly TypeName[] | undefined;
  /** Of the COLLATE clause. */
  readonly collation?: string;
  /** The `ColumnDef`'s fields. */
  readonly definition: Fields;
}

export function typeChanges(statement: JudgedStatement, { table }: LiveTable): TypeChange[] {
  return alterations(statement)
    .filter(({ subtype }) => subtype === "AT_AlterColumnType")
    .map((command) => {
      const [column, definition] = [asText(command["name"]), asFields(asFields(command["def"])["ColumnDef"])];
      const to = readTypeName(definition["typeName"]);
      const from = table?.columns.get(column);
      const inner = castsOf(asFields(definition["raw_default"]), column);
      const collation = listParts(asFields(definition["collClause"])["collname"]).at(-1);
      return {
        ...{ column, to, definition, casts: inner === undefined ? undefined : [...inner, to] },
        ...(from !== undefined && from.type.name !== "" && { from }),
        ...(collation !== undefined && { collation }),
      };
    });
}

/** `USING note::text` only casts the column itself; no USING does too. */
function castsOf(using: AstNode, column: string): TypeName[] | undefined {
  const fields = fieldsOf(using);
  switch (kindOf(using)) {
    case "":
      return [];
    case "ColumnRef":
      return asTexts(fields["fields"]).at(-1) === column ? [] : undefined;
    case "CollateClause":
      return castsOf(asFields(fields["arg"]), column);
    case "TypeCast": {
      const inner = castsOf(asFields(fields["arg"]), column);
      return inner && [...inner, readTypeName(fields["typeName"])];
    }
    default:
      return undefined;
  }
}
