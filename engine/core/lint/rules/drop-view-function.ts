import { asFields, asNodes, fieldsOf, kindOf } from "../../ast.js";
import type { AstNode } from "../../ports.js";
import { droppedObjects } from "../dropped-objects.js";
import { isMadeAgainAlike } from "../made-again-alike.js";
import { objectParts, objectWord } from "../object-names.js";
import type { JudgedStatement, Rule } from "../rule.js";
import { listParts, rangeParts, type Schema } from "../schema/schema.js";

const KINDS: ReadonlySet<unknown> = new Set([
  "OBJECT_VIEW",
  "OBJECT_MATVIEW",
  "OBJECT_FUNCTION",
  "OBJECT_PROCEDURE",
  "OBJECT_ROUTINE",
  "OBJECT_AGGREGATE",
  "OBJECT_SEQUENCE",
]);

export const dropViewFunction: Rule = {
  id: "drop-view-function",
  severity: "error",
  harm: "break",
  about: "drops a view, function or sequence that the running release asks for",
  kinds: ["DropStmt"],
  isContractsWork: true,
  check: (statement) => {
    const type = statement.fields["removeType"];
    if (!KINDS.has(type)) return [];
    const names = droppedObjects(statement).flatMap(({ name, isOwn }) => (isOwn ? [] : name));
    const isAgain = asNodes(statement.fields["objects"]).every((object) => isMadeAgainAlike(statement, object));
    if (names.length === 0 || isAgain || isOnlyCleared(statement)) return [];
    const message = `drops ${objectWord(type)} ${names.join(", ")}: what of the release still running asks for it fails at once`;
    return [{ message }];
  },
};

/** IF EXISTS in front of CREATE, of what no earlier file shows: nothing is there to drop. */
function isOnlyCleared({ fields, schema, statements, index }: JudgedStatement): boolean {
  if (fields["missing_ok"] !== true) return false;
  const made = new Set(statements.slice(index + 1).flatMap((node) => madeBy(node, schema)));
  return asNodes(fields["objects"]).every((object) => {
    const parts = objectParts(object);
    const isKnown = [schema.tables, schema.routines, schema.sequences].some((among) =>
      among.has(schema.idOf(parts, among)),
    );
    return !isKnown && made.has(schema.newId(parts));
  });
}

function madeBy(node: AstNode, schema: Schema): string[] {
  const fields = fieldsOf(node);
  switch (kindOf(node)) {
    case "ViewStmt":
      return [schema.newId(rangeParts(fields["view"]))];
    case "CreateTableAsStmt":
      return [schema.newId(rangeParts(asFields(fields["into"])["rel"]))];
    case "CreateFunctionStmt":
      return [schema.newId(listParts(fields["funcname"]))];
    case "CreateSeqStmt":
      return [schema.newId(rangeParts(fields["sequence"]))];
    default:
      return [];
  }
}
