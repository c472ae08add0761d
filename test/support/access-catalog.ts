import type { Client } from "pg";

/** Everything the catalogs say of roles and rights, with names in place of ids, in a fixed order. */
export async function accessCatalog(client: Client): Promise<Record<string, unknown>> {
  const picture: Record<string, unknown> = {};
  for (const [part, sql] of Object.entries(PARTS)) picture[part] = (await client.query(sql)).rows;
  return picture;
}

/** PostgreSQL's own roles aside, and those of the test. */
const OURS = "rolname !~ '^(pg_|postgres$|master_)'";

const acl = (list: string): string =>
  `(SELECT array_agg(one ORDER BY one) FROM (SELECT concat(CASE e.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(e.grantee) END,
     '=', e.privilege_type, CASE WHEN e.is_grantable THEN '*' END, '/', pg_get_userbyid(e.grantor)) AS one
   FROM aclexplode(${list}) e) AS all_of_it)`;

const NAMESPACES = "n.nspname !~ '^(pg_|information_schema)'";

const PARTS: Readonly<Record<string, string>> = {
  roles: `SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls,
    rolconnlimit, rolconfig FROM pg_roles WHERE ${OURS} ORDER BY 1`,
  members: `SELECT pg_get_userbyid(roleid) AS role, pg_get_userbyid(member) AS member, admin_option, inherit_option, set_option
    FROM pg_auth_members WHERE pg_get_userbyid(member) !~ '^(pg_|master_)' ORDER BY 1, 2`,
  database: `SELECT ${acl("coalesce(datacl, acldefault('d', datdba))")} AS acl FROM pg_database WHERE datname = current_database()`,
  schemas: `SELECT n.nspname, pg_get_userbyid(n.nspowner) AS owner, ${acl("coalesce(n.nspacl, acldefault('n', n.nspowner))")} AS acl
    FROM pg_namespace n WHERE ${NAMESPACES} ORDER BY 1`,
  defaults: `SELECT pg_get_userbyid(d.defaclrole) AS role, n.nspname, d.defaclobjtype::text, ${acl("d.defaclacl")} AS acl
    FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace ORDER BY 1, 2, 3`,
  relations: `SELECT n.nspname, c.relname, c.relkind::text, pg_get_userbyid(c.relowner) AS owner,
    ${acl(`coalesce(c.relacl, acldefault((CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END)::"char", c.relowner))`)} AS acl
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE ${NAMESPACES} AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') ORDER BY 1, 2`,
  columns: `SELECT c.relname, a.attname, ${acl("a.attacl")} AS acl FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${NAMESPACES} AND a.attacl IS NOT NULL ORDER BY 1, 2`,
  routines: `SELECT n.nspname, p.oid::regprocedure::text AS routine, pg_get_userbyid(p.proowner) AS owner,
    ${acl("coalesce(p.proacl, acldefault('f', p.proowner))")} AS acl
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${NAMESPACES} ORDER BY 1, 2`,
};
