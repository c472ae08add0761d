import { ServerError, type Row, type Session } from "../../core/ports.js";
import { goneId } from "./dependents.js";
import { readDefinition } from "./read-definition.js";
import type { Resolution, Resolved } from "./resolved.js";

const ADDRESS = `
SELECT a.classid::regclass::text AS catalog, a.objid AS oid, i.identity,
  CASE WHEN a.classid = 'pg_class'::regclass THEN a.objid::regclass::text END AS relation,
  CASE WHEN a.classid = 'pg_class'::regclass THEN (SELECT indrelid::regclass::text FROM pg_index WHERE indexrelid = a.objid) END AS table
FROM pg_get_object_address($1, ARRAY(SELECT json_array_elements_text($2::json)), ARRAY(SELECT json_array_elements_text($3::json))) a,
  pg_identify_object(a.classid, a.objid, a.objsubid) i`;

const FUNCTION_BY_NAME = `
SELECT 'pg_proc' AS catalog, p.oid, p.oid::regprocedure::text AS identity, NULL AS relation, NULL AS table
FROM pg_proc p WHERE p.oid = to_regproc($1)`;

/** Drops the object as the file says, and keeps what makes it again. */
export async function resolveDrop(input: Resolution<"drop-object">): Promise<Resolved> {
  const { session, action, position, gone } = input;
  const address = await findAddress(session, action);
  if (address === undefined)
    return { action, effects: action.ifExists ? [] : [{ sql: action.sql }], objects: [], locks: [], notes: [] };
  const facts = {
    type: action.objectType,
    ...(await readDefinition(session, action.objectType, address["oid"] ?? "")),
  };
  gone.add(goneId(address["catalog"] ?? "", address["oid"]));
  if (address["relation"] != null) gone.add(`index ${address["relation"]}`);
  return {
    action,
    effects: [{ sql: action.sql }],
    objects: [{ position, kind: "dropped", object: `${action.objectType} ${address["identity"] ?? ""}`, facts }],
    locks: address["table"] == null ? [] : [address["table"]],
    notes: [],
  };
}

interface Named {
  readonly objectType: string;
  readonly names: readonly string[];
  readonly args: readonly string[] | null;
  readonly spelled: string;
}

/** By the server's own rules for each kind of name; undefined where there is none. */
export async function findAddress(session: Session, named: Named): Promise<Row | undefined> {
  const isRoutine = ["function", "procedure", "routine"].includes(named.objectType);
  const isType = named.objectType === "type" || named.objectType === "domain";
  try {
    if (isRoutine && named.args === null) return (await session.query(FUNCTION_BY_NAME, [named.spelled]))[0];
    const names = isType ? [named.spelled] : named.names;
    return (
      await session.query(ADDRESS, [
        isType ? "type" : named.objectType,
        JSON.stringify(names),
        JSON.stringify(named.args ?? []),
      ])
    )[0];
  } catch (error) {
    // Class 42 and 3F: no such object. The DROP itself says so in its own words.
    if (error instanceof ServerError && /^(42|3F)/.test(error.sqlState)) return undefined;
    throw error;
  }
}
