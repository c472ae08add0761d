import { asNodes } from "../ast.js";
import { isOld } from "./held-locks.js";
import type { JudgedStatement } from "./rule.js";
import type { Index } from "./schema/objects.js";
import { listParts } from "./schema/schema.js";
import { isNewHere } from "./statement-facts.js";

/** An index that a DROP INDEX takes away. */
export interface DroppedIndex {
  readonly id: string;
  /** Undefined where no file shows how it was made. */
  readonly index: Index | undefined;
}

/** The indexes of a DROP INDEX that were there before the file, on tables that were there as well. */
export function droppedIndexes(statement: JudgedStatement): DroppedIndex[] {
  const { fields, schema, file } = statement;
  if (fields["removeType"] !== "OBJECT_INDEX") return [];
  return asNodes(fields["objects"])
    .map((object) => schema.idOf(listParts(object), schema.indexes))
    .map((id) => ({ id, index: schema.indexes.get(id) }))
    .filter(
      ({ index }) => !isNewHere(statement, index) && (index === undefined || isOld(index.table, schema, file.order)),
    );
}
