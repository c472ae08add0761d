import {
  ENGINE_SCHEMA,
  PUBLIC_COLUMNS,
  PUBLIC_TABLES,
  RETIRED_SCHEMA,
  type PublicTable,
} from "../core/engine-tables.js";
import { quoteLiteral } from "../core/quote-identifier.js";

/** True for the engine's own public tables, told by their columns: an application's table of the same name has others. */
function isOwn(table: PublicTable): string {
  const { columns, required } = PUBLIC_COLUMNS[table];
  const list = (names: readonly string[]) => names.map(quoteLiteral).join(", ");
  const names = columns.map(({ name }) => name);
  const attributes = "FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped";
  return `(c.relname = '${table}' AND NOT EXISTS (SELECT ${attributes} AND a.attname NOT IN (${list(names)}))
    AND (SELECT count(*) ${attributes} AND a.attname IN (${list(names.slice(0, required))})) = ${required})`;
}

const RETIRED_NAMES = `SELECT a.attrelid, a.attnum FROM pg_attribute a
  JOIN ${ENGINE_SCHEMA}.retired_objects o ON o.kind = 'column' AND o.facts ->> 'retired' = a.attname::text WHERE NOT a.attisdropped`;
const NONE_RETIRED = "SELECT NULL::oid AS attrelid, NULL::int2 AS attnum WHERE false";

const NOT_OURS = `nspname NOT IN ('pg_catalog', 'information_schema', '${ENGINE_SCHEMA}', '${RETIRED_SCHEMA}') AND nspname !~ '^pg_(toast|temp)'`;

const member = (catalog: string, oid: string) =>
  `EXISTS (SELECT FROM pg_depend e WHERE e.deptype = 'e' AND e.classid = '${catalog}'::regclass AND e.objid = ${oid})`;

/** What the definitions are read from: relations, columns and schemas that are the application's, as common table expressions. */
function sources(hasRetired: boolean): string {
  return `
space AS (SELECT oid, nspname FROM pg_namespace WHERE ${NOT_OURS}),
retired AS (${hasRetired ? RETIRED_NAMES : NONE_RETIRED}),
rel AS (
  SELECT c.*, format('%I.%I', s.nspname, c.relname) AS name FROM pg_class c JOIN space s ON s.oid = c.relnamespace
  WHERE NOT ${member("pg_class", "c.oid")} AND c.relpersistence <> 't' AND NOT (${PUBLIC_TABLES.map(isOwn).join(" OR ")})
),
tab AS (SELECT * FROM rel WHERE relkind IN ('r', 'p', 'f')),
col AS (
  SELECT a.*, t.name AS table_name, row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) AS place
  FROM pg_attribute a JOIN tab t ON t.oid = a.attrelid
  WHERE a.attnum > 0 AND NOT a.attisdropped AND NOT EXISTS (SELECT FROM retired r WHERE r.attrelid = a.attrelid AND r.attnum = a.attnum)
)`;
}

const onRetired = (relation: string, attributes: string) =>
  `EXISTS (SELECT FROM retired r WHERE r.attrelid = ${relation} AND r.attnum = ANY (${attributes}))`;
/** An index expression or a predicate names columns only in pg_depend. */
const indexOnRetired = `EXISTS (SELECT FROM retired r JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = r.attrelid
  AND d.refobjsubid = r.attnum WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid)`;

/** Each gives `object` and `definition`; nothing that differs between two databases of the same schema: OIDs, ACLs, owners, values. */
const OBJECTS: readonly string[] = [
  `SELECT format('schema %I', nspname), '' FROM space s WHERE NOT ${member("pg_namespace", "s.oid")}`,
  `SELECT 'table ' || name, jsonb_build_array(relkind, relpersistence, pg_get_partkeydef(oid), pg_get_expr(relpartbound, oid), reloptions,
     relrowsecurity, relforcerowsecurity, relreplident,
     (SELECT jsonb_agg(h.inhparent::regclass ORDER BY h.inhseqno) FROM pg_inherits h WHERE h.inhrelid = tab.oid))::text FROM tab`,
  `SELECT format('column %s.%I', table_name, attname), jsonb_build_array(place, format_type(atttypid, atttypmod), attcollation::regcollation,
     attnotnull, attidentity, attgenerated, (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d WHERE d.adrelid = attrelid AND d.adnum = attnum),
     EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = attrelid AND k.contype = 'n' AND k.conkey = ARRAY[attnum] AND NOT k.convalidated))::text FROM col`,
  `SELECT format('constraint %I on %s', k.conname, t.name), jsonb_build_array(pg_get_constraintdef(k.oid), k.convalidated)::text
   FROM pg_constraint k JOIN tab t ON t.oid = k.conrelid WHERE k.contype NOT IN ('n', 't') AND NOT ${onRetired("k.conrelid", "k.conkey")}`,
  `SELECT 'index ' || x.name, jsonb_build_array(pg_get_indexdef(x.oid), i.indisvalid, i.indisready, i.indisreplident)::text
   FROM rel x JOIN pg_index i ON i.indexrelid = x.oid JOIN rel t ON t.oid = i.indrelid
   WHERE NOT ${onRetired("i.indrelid", "i.indkey::int2[]")} AND NOT ${indexOnRetired}`,
  `SELECT CASE relkind WHEN 'v' THEN 'view ' ELSE 'materialized view ' END || name, jsonb_build_array(pg_get_viewdef(oid), reloptions)::text
   FROM rel WHERE relkind IN ('v', 'm')`,
  `SELECT 'sequence ' || r.name, jsonb_build_array(s.seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle,
     (SELECT format('%s.%I', o.refobjid::regclass, a.attname) FROM pg_depend o JOIN pg_attribute a ON a.attrelid = o.refobjid AND a.attnum = o.refobjsubid
      WHERE o.classid = 'pg_class'::regclass AND o.objid = r.oid AND o.deptype IN ('a', 'i') LIMIT 1))::text
   FROM rel r JOIN pg_sequence s ON s.seqrelid = r.oid
   WHERE NOT EXISTS (SELECT FROM pg_depend o WHERE o.classid = 'pg_class'::regclass AND o.objid = r.oid AND o.deptype IN ('a', 'i')
     AND o.refclassid = 'pg_class'::regclass AND o.refobjid NOT IN (SELECT oid FROM tab))`,
  `SELECT format('function %s', p.oid::regprocedure), CASE p.prokind WHEN 'a' THEN
     (SELECT jsonb_build_array(aggtransfn, aggfinalfn, aggtranstype::regtype, agginitval)::text FROM pg_aggregate WHERE aggfnoid = p.oid)
     ELSE pg_get_functiondef(p.oid) END
   FROM pg_proc p JOIN space s ON s.oid = p.pronamespace WHERE NOT ${member("pg_proc", "p.oid")}`,
  `SELECT format('trigger %I on %s', g.tgname, t.name), jsonb_build_array(pg_get_triggerdef(g.oid), g.tgenabled)::text
   FROM pg_trigger g JOIN rel t ON t.oid = g.tgrelid WHERE NOT g.tgisinternal`,
  `SELECT format('rule %I on %s', w.rulename, t.name), pg_get_ruledef(w.oid)
   FROM pg_rewrite w JOIN rel t ON t.oid = w.ev_class WHERE w.rulename <> '_RETURN'`,
  `SELECT format('policy %I on %s', y.polname, t.name), jsonb_build_array(y.polpermissive, y.polcmd, pg_get_expr(y.polqual, y.polrelid),
     pg_get_expr(y.polwithcheck, y.polrelid), (SELECT jsonb_agg(CASE role WHEN 0 THEN 'public' ELSE pg_get_userbyid(role)::text END) FROM unnest(y.polroles) role))::text
   FROM pg_policy y JOIN rel t ON t.oid = y.polrelid`,
  `SELECT 'type ' || y.oid::regtype, jsonb_build_array(y.typtype, format_type(y.typbasetype, y.typtypmod), y.typnotnull, y.typdefault,
     (SELECT jsonb_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = y.oid),
     (SELECT jsonb_agg(jsonb_build_array(attname, format_type(atttypid, atttypmod)) ORDER BY attnum) FROM pg_attribute
      WHERE y.typtype = 'c' AND attrelid = y.typrelid AND attnum > 0 AND NOT attisdropped),
     (SELECT rngsubtype::regtype FROM pg_range WHERE rngtypid = y.oid),
     (SELECT jsonb_agg(jsonb_build_array(conname, pg_get_constraintdef(k.oid), convalidated) ORDER BY conname) FROM pg_constraint k WHERE contypid = y.oid AND contype = 'c'))::text
   FROM pg_type y JOIN space s ON s.oid = y.typnamespace LEFT JOIN pg_class c ON c.oid = y.typrelid
   WHERE y.typtype IN ('e', 'd', 'r', 'c') AND (c.oid IS NULL OR c.relkind = 'c') AND NOT ${member("pg_type", "y.oid")}`,
  `SELECT format('statistics %I.%I', s.nspname, e.stxname), pg_get_statisticsobjdef(e.oid)
   FROM pg_statistic_ext e JOIN space s ON s.oid = e.stxnamespace JOIN tab t ON t.oid = e.stxrelid
   WHERE NOT ${onRetired("e.stxrelid", "e.stxkeys::int2[]")}`,
  `SELECT format('extension %I', extname), extversion FROM pg_extension`,
  `SELECT format('publication %I', pubname), jsonb_build_array(puballtables, pubinsert, pubupdate, pubdelete, pubtruncate,
     (SELECT jsonb_agg(t.name ORDER BY t.name) FROM pg_publication_rel r JOIN tab t ON t.oid = r.prrelid WHERE r.prpubid = p.oid))::text FROM pg_publication p`,
];

/** One statement; search_path must be pg_catalog alone, so that every name is printed with its schema. */
export function fingerprintQuery(hasRetired: boolean): string {
  return `${found(hasRetired)}
SELECT object, encode(sha256(convert_to(coalesce(definition, ''), 'UTF8')), 'hex') AS digest FROM found ORDER BY object`;
}

/** The same with the definitions themselves, for whoever has to say in what two differ. */
export function definitionsQuery(hasRetired: boolean): string {
  return `${found(hasRetired)}\nSELECT object, coalesce(definition, '') AS definition FROM found`;
}

function found(hasRetired: boolean): string {
  return `WITH ${sources(hasRetired)}, found (object, definition) AS (\n${OBJECTS.join("\nUNION ALL\n")}\n)`;
}
