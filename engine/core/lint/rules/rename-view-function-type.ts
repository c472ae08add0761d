import { asFields, asNodes, asText } from "../../ast.js";
import { mildInPlain } from "../mild-in-plain.js";
import { objectParts, objectWord, subjectParts } from "../object-names.js";
import { isOwnTable } from "../own-tables.js";
import type { JudgedStatement, Rule } from "../rule.js";
import { printType, readTypeName } from "../schema/type-names.js";
import { isNewHere, printId } from "../statement-facts.js";

/** Told elsewhere, or named by nobody. */
const OTHERS: ReadonlySet<string> = new Set(["TABLE", "FOREIGN_TABLE", "COLUMN", "ATTRIBUTE", "SCHEMA", "INDEX"]);
const VIEWS: ReadonlySet<unknown> = new Set(["OBJECT_VIEW", "OBJECT_MATVIEW"]);
/** Whose name statements or logins of an application hold. */
const NAMED_BY_CALLERS: ReadonlySet<string> = new Set(
  "VIEW MATVIEW COLUMN FUNCTION PROCEDURE ROUTINE AGGREGATE TYPE DOMAIN SEQUENCE ROLE DATABASE OPERATOR".split(" "),
);

export const renameViewFunctionType: Rule = {
  id: "rename-view-function-type",
  severity: "error",
  harm: "break",
  about: "renames or moves a view, function, type or sequence that the running release names",
  kinds: ["RenameStmt", "AlterObjectSchemaStmt"],
  isContractsWork: true,
  check: (statement) => {
    const { fields, kind } = statement;
    const object = asText(fields[kind === "RenameStmt" ? "renameType" : "objectType"]).replace("OBJECT_", "");
    const isViewColumn = object === "COLUMN" && isView(statement);
    const isViewAsTable = object === "TABLE" && isView(statement);
    if ((OTHERS.has(object) && !isViewColumn && !isViewAsTable) || isOwn(statement, object)) return [];
    const name = [printId(subjectParts(fields).join(".")), asText(fields["subname"])]
      .filter((part) => part !== "")
      .join(".");
    const what = `${kind === "RenameStmt" ? "renames" : "moves"} ${objectWord(object)} ${name}`;
    const mild = isViewAsTable || NAMED_BY_CALLERS.has(object) ? {} : mildInPlain(statement);
    return [
      {
        message: `${what}: what of the release still running names it fails at once`,
        fix: keepBoth(object, name),
        ...mild,
      },
    ];
  },
};

function isView({ fields, schema }: JudgedStatement): boolean {
  return VIEWS.has(fields["relationType"]) || schema.table(fields["relation"])?.kind.endsWith("view") === true;
}

function isOwn(statement: JudgedStatement, object: string): boolean {
  const { fields, schema } = statement;
  const parts = subjectParts(fields);
  switch (object) {
    case "VIEW":
    case "MATVIEW":
    case "TABLE":
    case "COLUMN":
      return isNewHere(statement, schema.table(fields["relation"]));
    case "SEQUENCE":
      return isNewHere(statement, schema.sequences.get(schema.idOf(parts, schema.sequences)));
    case "TYPE":
    case "DOMAIN":
      return isNewHere(statement, schema.types.get(schema.idOf(parts, schema.types)));
    case "FUNCTION":
    case "PROCEDURE":
    case "ROUTINE":
      return isOwnRoutine(statement);
    case "TABCONSTRAINT":
    case "TRIGGER":
    case "POLICY":
    case "RULE":
      return isOwnPart(statement);
    default:
      return false;
  }
}

function isOwnRoutine(statement: JudgedStatement): boolean {
  const object = asFields(statement.fields["object"]);
  const described = asFields(object["ObjectWithArgs"]);
  const types = asNodes(described["objargs"]).map(({ TypeName }) => printType(readTypeName(TypeName)));
  const meant = statement.schema
    .routinesNamed(objectParts(object))
    .filter(({ argumentTypes }) => described["args_unspecified"] === true || argumentTypes.join() === types.join());
  return meant.length > 0 && meant.every((one) => isNewHere(statement, one));
}

function isOwnPart(statement: JudgedStatement): boolean {
  const { fields, schema } = statement;
  const table = schema.table(fields["relation"]);
  if (table === undefined) return false;
  return isOwnTable(statement, table.id) || isNewHere(statement, table.constraints.get(asText(fields["subname"])));
}

function keepBoth(object: string, name: string): string {
  return `Make it anew under the new name beside ${objectWord(object)} ${name}, and drop that in a contract once no release names it.`;
}
