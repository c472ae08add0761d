import { fieldsOf } from "../../core/ast.js";
import type { Session } from "../../core/ports.js";
import { relationName } from "../../core/sql-names.js";
import { dropIndexConcurrently } from "./drop-index.js";
import type { OutsideBehaviour, OutsideStatement } from "./outside-statement.js";

/**
 * REINDEX CONCURRENTLY. Cut off, it leaves an INVALID index with the suffix _ccnew (the new one, unfinished) or _ccold (the
 * old one, already replaced); both are to be dropped (manual, REINDEX, "Rebuilding Indexes Concurrently").
 */
export const reindex: OutsideBehaviour = {
  observe: async ({ session }, statement) => ({ invalid: (await leftovers(session, statement)).map(({ oid }) => oid) }),

  async settle(ctx, statement, facts) {
    const known = facts["invalid"] ?? [];
    for (const { oid, name } of await leftovers(ctx.session, statement)) {
      if (!known.includes(oid)) await dropIndexConcurrently(ctx, name);
    }
    return "again";
  },
};

async function leftovers(session: Session, { node }: OutsideStatement): Promise<{ oid: string; name: string }[]> {
  const rows = await session.query(LEFTOVERS, [relationName(fieldsOf(node)["relation"])]);
  return rows.map((row) => ({ oid: row["oid"] ?? "", name: row["name"] ?? "" }));
}

/** On the table (or the index's table), its partitions and their TOAST tables. */
const LEFTOVERS = `
WITH RECURSIVE family AS (
  SELECT coalesce(i.indrelid, c.oid) AS oid
  FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid WHERE c.oid = to_regclass($1)
  UNION SELECT h.inhrelid FROM family f JOIN pg_inherits h ON h.inhparent = f.oid
)
SELECT c.oid::text AS oid, c.oid::regclass::text AS name
FROM family f JOIN pg_class t ON t.oid = f.oid
JOIN pg_index i ON i.indrelid IN (t.oid, t.reltoastrelid)
JOIN pg_class c ON c.oid = i.indexrelid
WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$'`;
