import { ENGINE_SCHEMA, RETIRED_SCHEMA } from "../../core/engine-tables.js";
import type { Session } from "../../core/ports.js";
import type { CatalogPicture } from "../../core/rehearsal/compare-catalogs.js";
import { definitionsQuery } from "../fingerprint-query.js";

/**
 * All that the fingerprint knows of a schema, and what a rollback has to put back besides: owners, privileges, comments and
 * roles. The engine's tables must be there, and the session's prepared statements stay.
 */
export async function readCatalog(session: Session): Promise<CatalogPicture> {
  await session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  try {
    await session.execute("SET LOCAL search_path = pg_catalog");
    await prepare(session);
    const definitions = await session.query("EXECUTE holdfast_definitions");
    const rights = await session.query("EXECUTE holdfast_rights");
    return new Map([...definitions, ...rights].map(({ object, definition }) => [object ?? "", definition ?? ""]));
  } finally {
    await session.execute("ROLLBACK");
  }
}

const prepared = new WeakSet<Session>();

/** To plan the queries takes as long as to run them, and they are asked twice a file. */
async function prepare(session: Session): Promise<void> {
  if (prepared.has(session)) return;
  await session.execute(`PREPARE holdfast_definitions AS ${definitionsQuery(true)}`);
  await session.execute(`PREPARE holdfast_rights AS ${RIGHTS}`);
  prepared.add(session);
}

const NOT_OURS = `nspname NOT IN ('pg_catalog', 'information_schema', '${ENGINE_SCHEMA}', '${RETIRED_SCHEMA}') AND nspname !~ '^pg_(toast|temp)'`;

/** Who may do what, in an order that does not depend on when it was granted. */
const grants = (acl: string, kind: string, owner: string): string =>
  `(SELECT string_agg(concat_ws(' ', CASE g.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(g.grantee) END, g.privilege_type,
    CASE WHEN g.is_grantable THEN 'grantable' END), ', ' ORDER BY g.grantee, g.privilege_type) FROM aclexplode(coalesce(${acl}, acldefault(${kind}, ${owner}))) g)`;

const FIRST_OWN_OID = 16384;

const RIGHTS = `
WITH space AS (SELECT * FROM pg_namespace WHERE ${NOT_OURS}),
rel AS (SELECT c.*, format('%I.%I', s.nspname, c.relname) AS name FROM pg_class c JOIN space s ON s.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND c.relpersistence <> 't')
SELECT 'owner of ' || name AS object, pg_get_userbyid(relowner)::text AS definition FROM rel
UNION ALL SELECT 'privileges on ' || name, ${grants("relacl", "CASE relkind WHEN 'S' THEN 's'::\"char\" ELSE 'r'::\"char\" END", "relowner")} FROM rel
UNION ALL SELECT format('privileges on column %s.%I', rel.name, a.attname), ${grants("a.attacl", "'c'", "rel.relowner")}
  FROM rel JOIN pg_attribute a ON a.attrelid = rel.oid WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
UNION ALL SELECT format('owner of schema %I', nspname), pg_get_userbyid(nspowner)::text FROM space
UNION ALL SELECT format('privileges on schema %I', nspname), ${grants("nspacl", "'n'", "nspowner")} FROM space
UNION ALL SELECT format('privileges on function %s', p.oid::regprocedure), ${grants("p.proacl", "'f'", "p.proowner")}
  FROM pg_proc p JOIN space s ON s.oid = p.pronamespace WHERE p.oid >= ${FIRST_OWN_OID}
UNION ALL SELECT format('privileges on type %s', y.oid::regtype), ${grants("y.typacl", "'T'", "y.typowner")}
  FROM pg_type y JOIN space s ON s.oid = y.typnamespace WHERE y.typacl IS NOT NULL
UNION ALL SELECT format('default privileges of %I in %s on %s', pg_get_userbyid(defaclrole), coalesce(nspname::text, 'every schema'), defaclobjtype),
  (SELECT string_agg(concat_ws(' ', g.grantee, g.privilege_type), ', ' ORDER BY g.grantee, g.privilege_type) FROM aclexplode(defaclacl) g)
  FROM pg_default_acl LEFT JOIN pg_namespace n ON n.oid = defaclnamespace
UNION ALL SELECT 'comment on ' || pg_describe_object(classoid, objoid, objsubid), description FROM pg_description
  WHERE objoid >= ${FIRST_OWN_OID} AND NOT EXISTS (SELECT FROM pg_namespace e WHERE e.oid = objoid AND e.nspname = '${ENGINE_SCHEMA}')
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.deptype = 'e' AND e.classid = classoid AND e.objid = objoid)
UNION ALL SELECT format('role %I', rolname), concat_ws(' ', rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,
  rolbypassrls, rolconnlimit, rolvaliduntil, rolconfig, (SELECT string_agg(pg_get_userbyid(m.roleid), ', ' ORDER BY m.roleid) FROM pg_auth_members m WHERE m.member = r.oid))
  FROM pg_roles r WHERE r.oid >= ${FIRST_OWN_OID}`;
