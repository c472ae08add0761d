import type { Client } from "pg";

/** Statements that name each old object as an application does: its columns by name, its functions by their arguments. */
const STATEMENTS = `
  SELECT format('SELECT %s FROM %s LIMIT 3', string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum), c.oid::regclass) AS sql
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND c.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
  GROUP BY c.oid
  UNION ALL
  SELECT format('INSERT INTO %s (%s) SELECT %s FROM %1$s LIMIT 0', c.oid::regclass,
    string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum), string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum))
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attgenerated = '' AND a.attidentity <> 'a'
  WHERE c.relkind IN ('r', 'p') AND c.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
  GROUP BY c.oid
  UNION ALL
  SELECT format('INSERT INTO %s DEFAULT VALUES', oid::regclass) FROM pg_class
  WHERE relkind IN ('r', 'p') AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
  UNION ALL
  SELECT format('DELETE FROM %s WHERE ctid = (SELECT min(ctid) FROM %1$s)', oid::regclass) FROM pg_class
  WHERE relkind = 'r' AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
  UNION ALL
  -- Copies of a row with all that has a default, or may be NULL, left out; keys move out of the way.
  SELECT format('INSERT INTO %s (%s) SELECT %s FROM %1$s LIMIT 1', c.oid::regclass,
    string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
    string_agg(CASE t.typcategory WHEN 'N' THEN format('%I + 100000', a.attname) WHEN 'S' THEN format('''z''::%s', format_type(a.atttypid, a.atttypmod))
      ELSE quote_ident(a.attname) END, ', ' ORDER BY a.attnum))
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
  JOIN pg_type t ON t.oid = a.atttypid
  WHERE c.relkind IN ('r', 'p') AND c.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
  GROUP BY c.oid
  UNION ALL
  SELECT format('UPDATE %s SET %I = NULL WHERE %2$I IS NOT NULL AND ctid = (SELECT min(ctid) FROM %1$s)', c.oid::regclass, a.attname)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND NOT a.attnotnull AND a.attgenerated = ''
  WHERE c.relkind = 'r' AND c.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
  UNION ALL
  SELECT format('INSERT INTO %s SELECT * FROM %1$s ORDER BY ctid DESC LIMIT 1 ON CONFLICT (%s) DO NOTHING', i.indrelid::regclass,
    (SELECT string_agg(quote_ident(a.attname), ', ') FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)))
  FROM pg_index i WHERE i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL AND i.indrelid >= 16384
  UNION ALL
  SELECT format(CASE prokind WHEN 'p' THEN 'CALL %s(%s)' ELSE 'SELECT %s(%s)' END, p.oid::regproc,
    (SELECT string_agg(format('NULL::%s', format_type(one, NULL)), ', ') FROM unnest(proargtypes) one))
  FROM pg_proc p WHERE p.oid >= 16384 AND p.prokind IN ('f', 'p') AND p.prorettype <> 'trigger'::regtype
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  UNION ALL
  SELECT format('SELECT %L::%s', e.enumlabel, e.enumtypid::regtype) FROM pg_enum e
  UNION ALL
  SELECT format('SELECT NULL::%s', t.oid::regtype) FROM pg_type t
  WHERE t.typtype IN ('e', 'd', 'c') AND t.oid >= 16384 AND (t.typrelid = 0 OR (SELECT relkind FROM pg_class WHERE oid = t.typrelid) = 'c')`;

/** What a release that knows the database as it is says to it; statements that fail already are left out. */
export async function clientFromCatalog(client: Client, role: string): Promise<string[]> {
  const { rows } = await client.query<{ sql: string }>(STATEMENTS);
  const working: string[] = [];
  for (const { sql } of rows) {
    const works = await client
      .query(`BEGIN; SET LOCAL ROLE ${role}; ${sql}; ROLLBACK`)
      .then(() => true)
      .catch(() => client.query("ROLLBACK").then(() => false));
    if (works) working.push(sql);
  }
  return working;
}
