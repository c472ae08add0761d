import type { Row } from "../../core/ports.js";
import { dottedName } from "../../core/quote-identifier.js";
import type { RetiredObject } from "../../core/retired-object.js";
import { goneId } from "./dependents.js";
import { constraintByName, dropConstraint } from "./read-constraints.js";
import { readDefinition } from "./read-definition.js";
import type { Resolution } from "./resolved.js";

/** A key that goes with a column, and how undo makes it again. */
export interface DroppedKey {
  readonly drop: string;
  readonly object: RetiredObject;
}

/**
 * Unique and exclusion indexes that a column is part of, and whether they are what a publication tells rows apart by: without
 * one, the server refuses every UPDATE and DELETE of a published table (manual, ALTER TABLE, REPLICA IDENTITY).
 */
const KEYS = `
SELECT i.indexrelid AS oid, i.indexrelid::regclass::text AS index, n.nspname AS schema, x.relname AS name, k.conname AS constraint,
  (SELECT string_agg(DISTINCT p.pubname, ', ') FROM pg_publication_tables u JOIN pg_publication p ON p.pubname = u.pubname
    WHERE u.schemaname = n.nspname AND u.tablename = t.relname AND (p.pubupdate OR p.pubdelete)
      AND (t.relreplident = 'd' AND i.indisprimary OR t.relreplident = 'i' AND i.indisreplident)) AS identifies_for
FROM pg_index i
JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = x.relnamespace
LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
WHERE i.indrelid = $1::oid AND (i.indisunique OR i.indisexclusion)
  AND ($2::int2 = ANY (i.indkey::int2[]) OR EXISTS (SELECT FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid AND d.refobjid = $1::oid AND d.refobjsubid = $2::int))
ORDER BY i.indisprimary, 2`;

/**
 * Lets go of the keys that a column is part of: they would bind writers that no longer know it.
 * @throws the refusal where a publication needs one of them
 */
export async function resolveKeys(
  input: Resolution<"retire-column">,
  table: string,
  attribute: string,
): Promise<DroppedKey[]> {
  const { session, gone } = input;
  const keys: DroppedKey[] = [];
  for (const row of await session.query(KEYS, [table, attribute])) {
    if (gone.has(`index ${row["index"] ?? ""}`)) continue;
    if (row["identifies_for"] != null) throw needed(input, row);
    keys.push(await droppedKey(input, row));
    gone.add(`index ${row["index"] ?? ""}`);
  }
  return keys;
}

async function droppedKey({ session, action, gone }: Resolution<"retire-column">, row: Row): Promise<DroppedKey> {
  const found =
    row["constraint"] == null ? undefined : await constraintByName(session, action.table, row["constraint"]);
  if (found !== undefined) {
    gone.add(goneId("pg_constraint", found.oid));
    const { schema, table, name } = found.facts;
    const object = `constraint ${name} on ${schema}.${table}`;
    return { drop: dropConstraint(found), object: { position: 0, kind: "constraint", object, facts: found.facts } };
  }
  const facts = { type: "index", ...(await readDefinition(session, "index", row["oid"] ?? "")) };
  const name = dottedName([row["schema"] ?? "", row["name"] ?? ""]);
  return { drop: `DROP INDEX ${name}`, object: { position: 0, kind: "dropped", object: `index ${name}`, facts } };
}

function needed({ action, refuse }: Resolution<"retire-column">, row: Row): Error {
  return refuse(
    `drops ${action.table}.${action.column}, which is part of the key ${row["index"] ?? ""}: publication ${row["identifies_for"] ?? ""} tells rows apart by it`,
    `Give the table another identity in an earlier file: ALTER TABLE ${action.table} REPLICA IDENTITY USING INDEX <another unique index>, or FULL. Without one the server refuses every UPDATE and DELETE.`,
  );
}
