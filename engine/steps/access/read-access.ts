import type { AccessFacts } from "../../core/access/access-facts.js";
import type { PresentAccess } from "../../core/access/present-access.js";
import { ENGINE_SCHEMA } from "../../core/engine-tables.js";
import type { Session } from "../../core/ports.js";

/** Reads what the catalog says of the roles and objects that the facts are about: one statement, no lock. */
export async function readAccess(session: Session, facts: AccessFacts): Promise<PresentAccess> {
  const asked = {
    owner: facts.ownerRole,
    roles: facts.roles.map(({ name }) => name),
    schemas: [...new Set(facts.schemaGrants.map(({ schema }) => schema))],
  };
  const [row] = await session.query(PRESENT, [JSON.stringify(asked)]);
  const found = JSON.parse(row?.["found"] ?? "{}") as Omit<PresentAccess, "serverVersionNum">;
  return { ...found, serverVersionNum: session.serverVersionNum };
}

/** Role to privileges, everybody as `public`; no role can be called that. */
function aclOf(acl: string): string {
  return `(SELECT coalesce(jsonb_object_agg(g.who, g.what), '{}') FROM (
    SELECT CASE e.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(e.grantee) END AS who,
      jsonb_agg(DISTINCT e.privilege_type ORDER BY e.privilege_type) AS what
    FROM aclexplode(${acl}) e GROUP BY e.grantee) g)`;
}

/** Asked of the catalog: by its name nobody may look a table up in a schema that is closed to him. */
const IS_ENGINES_ELSEWHERE = `EXISTS (SELECT FROM pg_class t JOIN pg_namespace h ON h.oid = t.relnamespace
    WHERE h.nspname = '${ENGINE_SCHEMA}' AND t.relname = o.plain)`;

/** The engine's public tables are its own unless their name was taken: then its own lies in its own schema. */
const ENGINE_TABLE = `CASE
  WHEN o.kind <> 'table' OR ${IS_ENGINES_ELSEWHERE} THEN 'none'
  WHEN o.plain IN ('schema_migrations', 'system_versions') THEN 'history'
  WHEN o.plain = 'settings' AND ${hasColumns("key", "value", "updated_at")} THEN 'settings'
  ELSE 'none' END`;

function hasColumns(...names: string[]): string {
  const list = names.map((name) => `'${name}'`).join(", ");
  return `(SELECT count(*) = ${names.length} FROM pg_attribute a WHERE a.attrelid = o.oid AND a.attname IN (${list}))`;
}

const IS_EXTENSIONS = (catalog: string): string =>
  `EXISTS (SELECT FROM pg_depend d WHERE d.classid = '${catalog}'::regclass AND d.objid = x.oid AND d.deptype = 'e')`;

const OBJECTS = `
  SELECT x.oid, n.nspname AS schema, quote_ident(x.relname) AS name, x.relname AS plain, x.relowner AS owner,
    CASE x.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END AS kind,
    coalesce(x.relacl, acldefault((CASE x.relkind WHEN 'S' THEN 's' ELSE 'r' END)::"char", x.relowner)) AS acl
  FROM pg_class x JOIN pg_namespace n ON n.oid = x.relnamespace
  WHERE x.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT ${IS_EXTENSIONS("pg_class")}
  UNION ALL
  SELECT x.oid, n.nspname, format('%I(%s)', x.proname, pg_get_function_identity_arguments(x.oid)), x.proname, x.proowner,
    'function', coalesce(x.proacl, acldefault('f', x.proowner))
  FROM pg_proc x JOIN pg_namespace n ON n.oid = x.pronamespace
  WHERE NOT ${IS_EXTENSIONS("pg_proc")}`;

const PRESENT = `
WITH asked AS MATERIALIZED (
  SELECT a.owner, a.roles, a.schemas, r.oid AS owner_oid
  FROM jsonb_to_record($1::jsonb) AS a(owner text, roles text[], schemas text[])
  LEFT JOIN pg_roles r ON r.rolname = a.owner
)
SELECT jsonb_build_object(
  'database', current_database(),
  'user', current_user,
  'isSuperuser', (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
  'hasOwnerRights', coalesce((SELECT pg_has_role(current_user, owner_oid, 'USAGE') FROM asked), false),
  'roles', (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'name', r.rolname, 'canLogin', r.rolcanlogin, 'inherits', r.rolinherit,
      'isPowerful', r.rolsuper OR r.rolcreatedb OR r.rolcreaterole OR r.rolreplication OR r.rolbypassrls,
      'memberOf', (SELECT coalesce(jsonb_agg(DISTINCT pg_get_userbyid(m.roleid)), '[]') FROM pg_auth_members m WHERE m.member = r.oid)
    ) ORDER BY r.rolname), '[]') FROM pg_roles r, asked WHERE r.rolname = ANY (asked.roles)),
  'databaseAcl', (SELECT ${aclOf("coalesce(d.datacl, acldefault('d', d.datdba))")} FROM pg_database d WHERE d.datname = current_database()),
  'schemas', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', n.nspname, 'owner', pg_get_userbyid(n.nspowner),
      'acl', ${aclOf("coalesce(n.nspacl, acldefault('n', n.nspowner))")}) ORDER BY n.nspname), '[]')
    FROM pg_namespace n, asked WHERE n.nspname = ANY (asked.schemas)),
  'defaultPrivileges', (SELECT coalesce(jsonb_agg(jsonb_build_object('schema', n.nspname,
      'kind', CASE d.defaclobjtype WHEN 'r' THEN 'table' WHEN 'S' THEN 'sequence' ELSE 'function' END, 'acl', ${aclOf("d.defaclacl")})), '[]')
    FROM asked JOIN pg_default_acl d ON d.defaclrole = asked.owner_oid AND d.defaclobjtype IN ('r', 'S', 'f')
    LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace),
  'objects', (SELECT coalesce(jsonb_agg(jsonb_build_object('schema', o.schema, 'name', o.name, 'kind', o.kind,
      'engineTable', ${ENGINE_TABLE}, 'owner', pg_get_userbyid(o.owner),
      'isReachable', o.owner IS NOT DISTINCT FROM asked.owner_oid OR pg_has_role(current_user, o.owner, 'USAGE'), 'acl', ${aclOf("o.acl")})
      ORDER BY o.schema, o.kind, o.name), '[]')
    FROM (${OBJECTS}) o, asked WHERE o.schema = ANY (asked.schemas))
)::text AS found`;
