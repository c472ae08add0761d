import type { Row, Session } from "../../core/ports.js";
import type { IndexFacts } from "../../core/retired-object.js";

/** Grants as SQL; `%s` of the object's own words (`TABLE public.v`). What PUBLIC has by default is taken away first, since the list is complete. */
function grants(acl: string, words: string): string {
  return `
  SELECT 3, format('REVOKE ALL ON %s FROM PUBLIC', ${words}) WHERE ${acl} IS NOT NULL
  UNION ALL SELECT 4, format('GRANT %s ON %s TO %s%s', g.privilege_type, ${words},
    CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END, CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
  FROM aclexplode(${acl}) g`;
}

function ownerAndComment(owner: string, words: string, catalog: string): string {
  return `
  SELECT 2, format('ALTER %s OWNER TO %I', ${words}, pg_get_userbyid(${owner})) WHERE pg_get_userbyid(${owner}) <> current_user
  UNION ALL SELECT 5, format('COMMENT ON %s IS %L', ${words}, obj_description($1::oid, '${catalog}')) WHERE obj_description($1::oid, '${catalog}') IS NOT NULL`;
}

const VIEW = (keyword: string) => `
WITH o AS (SELECT *, '${keyword} ' || oid::regclass AS words FROM pg_class WHERE oid = $1::oid)
SELECT sql FROM (
  SELECT 1 AS place, format('CREATE %s%s AS %s', words, CASE WHEN reloptions IS NULL THEN '' ELSE ' WITH (' || array_to_string(reloptions, ', ') || ')' END,
    rtrim(pg_get_viewdef(oid), ';')) AS sql FROM o
  UNION ALL ${ownerAndComment("(SELECT relowner FROM o)", "(SELECT words FROM o)", "pg_class")}
  UNION ALL ${grants("(SELECT relacl FROM o)", "(SELECT oid::regclass::text FROM o)")}
  UNION ALL SELECT 6, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = $1::oid AND NOT tgisinternal
  UNION ALL SELECT 6, pg_get_ruledef(oid) FROM pg_rewrite WHERE ev_class = $1::oid AND rulename <> '_RETURN'
) s ORDER BY place`;

const FUNCTION = `
WITH o AS (SELECT *, (CASE prokind WHEN 'p' THEN 'PROCEDURE ' ELSE 'FUNCTION ' END) || oid::regprocedure AS words FROM pg_proc WHERE oid = $1::oid AND prokind <> 'a')
SELECT sql FROM (
  SELECT 1 AS place, pg_get_functiondef(oid) AS sql FROM o
  UNION ALL ${ownerAndComment("(SELECT proowner FROM o)", "(SELECT words FROM o)", "pg_proc")}
  UNION ALL ${grants("(SELECT proacl FROM o)", "(SELECT words FROM o)")}
) s ORDER BY place`;

const TYPE = `
WITH o AS (SELECT *, CASE typtype WHEN 'd' THEN 'DOMAIN ' ELSE 'TYPE ' END || oid::regtype AS words FROM pg_type WHERE oid = $1::oid)
SELECT sql FROM (
  SELECT 1 AS place, CASE typtype
    WHEN 'e' THEN format('CREATE %s AS ENUM (%s)', words,
      (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = o.oid))
    WHEN 'c' THEN format('CREATE %s AS (%s)', words,
      (SELECT string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum)
         FROM pg_attribute WHERE attrelid = o.typrelid AND attnum > 0 AND NOT attisdropped))
    WHEN 'd' THEN format('CREATE %s AS %s%s%s%s', words, format_type(typbasetype, typtypmod),
      CASE WHEN typdefault IS NULL THEN '' ELSE ' DEFAULT ' || typdefault END, CASE WHEN typnotnull THEN ' NOT NULL' ELSE '' END,
      (SELECT string_agg(format(' CONSTRAINT %I %s', conname, pg_get_constraintdef(k.oid)), '') FROM pg_constraint k WHERE contypid = o.oid AND contype = 'c'))
    WHEN 'r' THEN format('CREATE %s AS RANGE (SUBTYPE = %s)', words, (SELECT rngsubtype::regtype FROM pg_range WHERE rngtypid = o.oid))
  END AS sql FROM o
  UNION ALL ${ownerAndComment("(SELECT typowner FROM o)", "(SELECT words FROM o)", "pg_type")}
  UNION ALL ${grants("(SELECT typacl FROM o)", "(SELECT 'TYPE ' || oid::regtype FROM o)")}
) s WHERE sql IS NOT NULL ORDER BY place`;

const SEQUENCE = `
WITH o AS (SELECT c.*, s.*, 'SEQUENCE ' || c.oid::regclass AS words FROM pg_class c JOIN pg_sequence s ON s.seqrelid = c.oid WHERE c.oid = $1::oid)
SELECT sql FROM (
  SELECT 1 AS place, format('CREATE %s AS %s INCREMENT %s MINVALUE %s MAXVALUE %s START %s CACHE %s%s', words, seqtypid::regtype,
    seqincrement, seqmin, seqmax, seqstart, seqcache, CASE WHEN seqcycle THEN ' CYCLE' ELSE '' END) AS sql FROM o
  UNION ALL SELECT 1, format('SELECT setval(%L, %s)', oid::regclass, pg_sequence_last_value(oid)) FROM o WHERE pg_sequence_last_value(oid) IS NOT NULL
  UNION ALL ${ownerAndComment("(SELECT relowner FROM o)", "(SELECT words FROM o)", "pg_class")}
  UNION ALL ${grants("(SELECT relacl FROM o)", "(SELECT words FROM o)")}
) s ORDER BY place`;

const TRIGGER = `
SELECT sql FROM (
  SELECT 1 AS place, pg_get_triggerdef(oid) AS sql FROM pg_trigger WHERE oid = $1::oid
  UNION ALL SELECT 2, format('ALTER TABLE %s %s TRIGGER %I', tgrelid::regclass,
    CASE tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE REPLICA' END, tgname)
  FROM pg_trigger WHERE oid = $1::oid AND tgenabled <> 'O'
) s ORDER BY place`;

const POLICY = `
SELECT format('CREATE POLICY %I ON %s AS %s FOR %s TO %s%s%s', polname, polrelid::regclass,
  CASE WHEN polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
  CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
  (SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(role)) END, ', ') FROM unnest(polroles) role),
  CASE WHEN polqual IS NULL THEN '' ELSE ' USING (' || pg_get_expr(polqual, polrelid) || ')' END,
  CASE WHEN polwithcheck IS NULL THEN '' ELSE ' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')' END) AS sql
FROM pg_policy WHERE oid = $1::oid`;

const SCHEMA = `
SELECT sql FROM (
  SELECT 1 AS place, format('CREATE SCHEMA %I AUTHORIZATION %I', nspname, pg_get_userbyid(nspowner)) AS sql FROM pg_namespace WHERE oid = $1::oid
  UNION ALL ${grants("(SELECT nspacl FROM pg_namespace WHERE oid = $1::oid)", "(SELECT format('SCHEMA %I', nspname) FROM pg_namespace WHERE oid = $1::oid)")}
) s ORDER BY place`;

/** Per kind, as pg_get_object_address names it: the statements that make object $1 again. */
const DEFINITIONS: Readonly<Record<string, string>> = {
  view: VIEW("VIEW"),
  "materialized view": VIEW("MATERIALIZED VIEW"),
  function: FUNCTION,
  procedure: FUNCTION,
  routine: FUNCTION,
  type: TYPE,
  domain: TYPE,
  sequence: SEQUENCE,
  trigger: TRIGGER,
  policy: POLICY,
  schema: SCHEMA,
  rule: "SELECT pg_get_ruledef($1::oid) AS sql",
  "statistics object": "SELECT pg_get_statisticsobjdef($1::oid) AS sql",
  extension: `SELECT format('CREATE EXTENSION %I WITH SCHEMA %I VERSION %L', extname, n.nspname, extversion) AS sql
    FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE pg_extension.oid = $1::oid`,
};

const INDEXES = `
SELECT n.nspname AS schema, c.relname AS name, pg_get_indexdef(c.oid) AS definition
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_index i ON i.indexrelid = c.oid
WHERE $1::oid IN (i.indexrelid, i.indrelid)`;

export interface Definition {
  readonly definition: readonly string[];
  readonly indexes: readonly IndexFacts[];
}

/** The SQL that makes an object again: itself, its owner, grants and comment; indexes apart, since they are built concurrently. */
export async function readDefinition(session: Session, type: string, oid: string): Promise<Definition> {
  const query = DEFINITIONS[type];
  const definition = query === undefined ? [] : (await session.query(query, [oid])).flatMap(({ sql }) => sql ?? []);
  const hasIndexes = type === "index" || type === "materialized view";
  const indexes = hasIndexes ? (await session.query(INDEXES, [oid])).map(readIndex) : [];
  return { definition, indexes };
}

function readIndex({ schema, name, definition }: Row): IndexFacts {
  return { schema: schema ?? "", name: name ?? "", definition: definition ?? "" };
}
