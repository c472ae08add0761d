import { asFields, asNodes, asTexts } from "../ast.js";
import type { AstNode } from "../ports.js";
import { isScratch } from "../scratch-schema.js";
import { objectParts } from "./object-names.js";
import { isOwnTable } from "./own-tables.js";
import type { JudgedStatement } from "./rule.js";
import { printType, readTypeName } from "./schema/type-names.js";
import { isNewHere, printId } from "./statement-facts.js";

/** Something that a DROP names. */
export interface DroppedObject {
  /** As a person names it: `app.orders`; of a trigger, rule or policy: `orders.touch`. */
  readonly name: string;
  /** Made by the file itself: no release uses it. */
  readonly isOwn: boolean;
}

/** What a `DropStmt` drops, one by one. */
export function droppedObjects(statement: JudgedStatement): DroppedObject[] {
  const { fields } = statement;
  return asNodes(fields["objects"]).map((object) => {
    const { id, isOwn } = (LOOKS[String(fields["removeType"])] ?? unknown)(statement, object);
    return { name: printId(id), isOwn };
  });
}

interface Looked {
  readonly id: string;
  readonly isOwn: boolean;
}
type Look = (statement: JudgedStatement, object: AstNode) => Looked;

const unknown: Look = (_, object) => ({ id: objectParts(object).join("."), isOwn: false });

const table: Look = (statement, object) => {
  const id = statement.schema.idOf(objectParts(object), statement.schema.tables);
  return { id, isOwn: isOwnTable(statement, id) };
};

const view: Look = (statement, object) => {
  const id = statement.schema.idOf(objectParts(object), statement.schema.tables);
  return { id, isOwn: isNewHere(statement, statement.schema.tables.get(id)) || isInScratch(id) };
};

const sequence: Look = (statement, object) => {
  const id = statement.schema.idOf(objectParts(object), statement.schema.sequences);
  return { id, isOwn: isNewHere(statement, statement.schema.sequences.get(id)) || isInScratch(id) };
};

const schemaItself: Look = (statement, object) => {
  const id = objectParts(object).join(".");
  const maker = statement.schema.schemas.get(id);
  return { id, isOwn: maker?.isCertain === true && maker.file === statement.file.order };
};

const index: Look = (statement, object) => {
  const id = statement.schema.idOf(objectParts(object), statement.schema.indexes);
  const found = statement.schema.indexes.get(id);
  return { id, isOwn: isNewHere(statement, found) || (found !== undefined && isOwnTable(statement, found.table)) };
};

const type: Look = (statement, object) => {
  const id = statement.schema.idOf(objectParts(object), statement.schema.types);
  return { id, isOwn: isNewHere(statement, statement.schema.types.get(id)) };
};

/** Without arguments the name must be the only one of its kind. */
const routine: Look = (statement, object) => {
  const { schema } = statement;
  const described = asFields(object["ObjectWithArgs"]);
  const id = schema.idOf(asTexts(described["objname"]), schema.routines);
  const overloads = schema.routines.get(id) ?? [];
  const types = asNodes(described["objargs"]).map(({ TypeName }) => printType(readTypeName(TypeName)));
  const meant =
    described["args_unspecified"] === true
      ? overloads
      : overloads.filter((one) => one.argumentTypes.join() === types.join());
  return { id, isOwn: meant.length > 0 && meant.every((one) => isNewHere(statement, one)) };
};

/** A trigger, rule or policy: its own name stands behind the table's. */
const onTable: Look = (statement, object) => {
  const parts = objectParts(object);
  const { schema } = statement;
  const id = schema.idOf(parts.slice(0, -1), schema.tables);
  const isOwn = isOwnTable(statement, id) || isNewHere(statement, schema.tables.get(id));
  return { id: `${id}.${parts.at(-1) ?? ""}`, isOwn };
};

function isInScratch(id: string): boolean {
  return isScratch(id.slice(0, id.indexOf(".")));
}

const LOOKS: Readonly<Partial<Record<string, Look>>> = {
  OBJECT_TABLE: table,
  OBJECT_FOREIGN_TABLE: table,
  OBJECT_VIEW: view,
  OBJECT_MATVIEW: view,
  OBJECT_SEQUENCE: sequence,
  OBJECT_INDEX: index,
  OBJECT_SCHEMA: schemaItself,
  OBJECT_TYPE: type,
  OBJECT_DOMAIN: type,
  OBJECT_FUNCTION: routine,
  OBJECT_PROCEDURE: routine,
  OBJECT_ROUTINE: routine,
  OBJECT_TRIGGER: onTable,
  OBJECT_RULE: onTable,
  OBJECT_POLICY: onTable,
};
