import { goneId } from "./dependents.js";
import { constraintByName } from "./read-constraints.js";
import type { Resolution, Resolved } from "./resolved.js";

/** Drops the constraint as the file says, and keeps its definition. */
export async function resolveConstraint({
  session,
  action,
  position,
  gone,
}: Resolution<"drop-constraint">): Promise<Resolved> {
  const found = await constraintByName(session, action.table, action.constraint);
  if (found === undefined)
    return { action, effects: action.ifExists ? [] : [{ sql: action.sql }], objects: [], locks: [], notes: [] };
  gone.add(goneId("pg_constraint", found.oid));
  if (found.keyIndex !== null) gone.add(`index ${found.keyIndex}`);
  const object = `constraint ${found.facts.name} on ${found.facts.schema}.${found.facts.table}`;
  return {
    action,
    effects: [{ sql: action.sql }],
    objects: [{ position, kind: "constraint", object, facts: found.facts }],
    locks: found.pointsTo === null ? [] : [found.pointsTo],
    notes: [],
  };
}
