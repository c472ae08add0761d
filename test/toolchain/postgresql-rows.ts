/**
 * What Pulumi's postgresql provider 3.18.1 does, seen on the official plugin under engine 3.245. The stand-in has to do the
 * same. HOLDFAST_TEST_POSTGRESQL_PLUGIN=<folder of the official plugin> runs the same rows on that.
 */
import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";

const RESOURCES = {
  Role: postgresql.Role,
  Grant: postgresql.Grant,
  GrantRole: postgresql.GrantRole,
  DefaultPrivileges: postgresql.DefaultPrivileges,
  Schema: postgresql.Schema,
  Database: postgresql.Database,
  Extension: postgresql.Extension,
} as const;

export type ResourceKind = keyof typeof RESOURCES;

export interface PostgresChangeRow {
  readonly it: string;
  readonly kind: ResourceKind;
  /** Run before the first deploy. */
  readonly setup?: string;
  /** Inputs of a first deploy, and of a second one. */
  readonly was: object;
  readonly then: object;
  readonly op: "same" | "update" | "replace" | "delete first";
  /** The detailed difference: path and kind. */
  readonly diff?: Readonly<Record<string, string>>;
  /** A query with one value, and that value after the first and after the second deploy. */
  readonly effect: string;
  readonly effects: readonly [unknown, unknown];
  /** True: a refresh after the second deploy does not find it any more. */
  readonly isGone?: boolean;
  /** Outputs after the second deploy, beside its inputs; those not named are as for the inputs of a resource with nothing else. */
  readonly outputs?: Readonly<Record<string, unknown>>;
}

const flagsOf = (role: string): string =>
  `SELECT concat_ws(' ', CASE WHEN rolcanlogin THEN 'login' END, CASE WHEN rolsuper THEN 'superuser' END,
    CASE WHEN rolcreatedb THEN 'createdb' END, CASE WHEN NOT rolinherit THEN 'noinherit' END, 'limit ' || rolconnlimit,
    CASE WHEN rolbypassrls THEN 'bypassrls' END) FROM pg_roles WHERE rolname = '${role}'`;
const configOf = (role: string): string => `SELECT rolconfig FROM pg_roles WHERE rolname = '${role}'`;
const membershipsOf = (role: string): string =>
  `SELECT array_agg(name ORDER BY name) FROM (
     SELECT pg_get_userbyid(roleid) || CASE WHEN admin_option THEN ' admin' ELSE '' END AS name
     FROM pg_auth_members WHERE pg_get_userbyid(member) = '${role}') AS each`;
/** What a role may do in a schema, by object. */
const tablesOf = (schema: string, role: string): string =>
  `SELECT array_agg(relname || ':' || may ORDER BY relname) FROM (
     SELECT relname, string_agg(privilege_type || CASE WHEN is_grantable THEN '*' ELSE '' END, ',' ORDER BY privilege_type) AS may
       FROM pg_class, aclexplode(relacl)
      WHERE relnamespace = '${schema}'::regnamespace AND grantee = '${role}'::regrole GROUP BY relname) AS each`;
const defaultsOf = (role: string): string =>
  `SELECT array_agg(defaclobjtype::text || ' ' || coalesce(nspname, '-') || ' ' || privilege_type ORDER BY privilege_type)
     FROM pg_default_acl LEFT JOIN pg_namespace ON pg_namespace.oid = defaclnamespace, aclexplode(defaclacl)
    WHERE grantee = '${role}'::regrole`;
const schemaOwner = (schema: string): string =>
  `SELECT pg_get_userbyid(nspowner)::text FROM pg_namespace WHERE nspname = '${schema}'`;

/** A schema with two tables, and a role. */
const place = (name: string): string =>
  `CREATE ROLE ${name}_role; CREATE ROLE ${name}_other; CREATE SCHEMA ${name};
   CREATE TABLE ${name}.one (a int, b int); CREATE TABLE ${name}.two (a int)`;
const onTables = (name: string, privileges: readonly string[], more: object = {}): object => ({
  ...{ role: `${name}_role`, database: "app", schema: name, objectType: "table", privileges },
  ...more,
});
const defaultsIn = (name: string, privileges: readonly string[], more: object = {}): object => ({
  ...{ role: `${name}_role`, database: "app", owner: "app_owner", schema: name, objectType: "table", privileges },
  ...more,
});

export const CHANGES: readonly PostgresChangeRow[] = [
  {
    it: "a role with nothing but a name",
    kind: "Role",
    was: { name: "bare" },
    then: { name: "bare" },
    op: "same",
    effect: flagsOf("bare"),
    effects: ["limit -1", "limit -1"],
  },
  {
    it: "a role with all there is",
    kind: "Role",
    was: {
      name: "whole",
      ...{ login: true, createDatabase: true, inherit: false, connectionLimit: 5, bypassRowLevelSecurity: true },
      ...{ roles: ["writer", "reader"], searchPaths: ["sales", "public"], validUntil: "2099-01-01 00:00:00+00" },
      ...{ statementTimeout: 1000, idleInTransactionSessionTimeout: 2000, assumeRole: "reader" },
    },
    then: {
      name: "whole",
      ...{ login: true, createDatabase: true, inherit: false, connectionLimit: 5, bypassRowLevelSecurity: true },
      ...{ roles: ["reader", "writer"], searchPaths: ["sales", "public"], validUntil: "2099-01-01 00:00:00+00" },
      ...{ statementTimeout: 1000, idleInTransactionSessionTimeout: 2000, assumeRole: "reader" },
    },
    op: "same",
    effect: configOf("whole"),
    effects: [
      [
        "search_path=sales, public",
        "statement_timeout=1000",
        "idle_in_transaction_session_timeout=2000",
        "role=reader",
      ],
      [
        "search_path=sales, public",
        "statement_timeout=1000",
        "idle_in_transaction_session_timeout=2000",
        "role=reader",
      ],
    ],
  },
  {
    it: "a role may log in, and more",
    kind: "Role",
    was: { name: "flagged" },
    then: { name: "flagged", login: true, superuser: true, connectionLimit: 3 },
    op: "update",
    diff: { connectionLimit: "update", login: "update", superuser: "update" },
    effect: flagsOf("flagged"),
    effects: ["limit -1", "login superuser limit 3"],
  },
  {
    it: "a role may no more",
    kind: "Role",
    was: { name: "unflagged", login: true, inherit: false, connectionLimit: 3 },
    then: { name: "unflagged" },
    op: "update",
    diff: { connectionLimit: "update", inherit: "update", login: "update" },
    effect: flagsOf("unflagged"),
    effects: ["login noinherit limit 3", "limit -1"],
  },
  {
    it: "a role's memberships change",
    kind: "Role",
    was: { name: "member", roles: ["reader"] },
    then: { name: "member", roles: ["writer"] },
    op: "update",
    diff: { "roles[0]": "update" },
    effect: membershipsOf("member"),
    effects: [["reader"], ["writer"]],
  },
  {
    it: "a role's memberships go",
    kind: "Role",
    was: { name: "loner", roles: ["reader", "writer"] },
    then: { name: "loner" },
    op: "update",
    diff: { roles: "delete" },
    effect: membershipsOf("loner"),
    effects: [["reader", "writer"], null],
    outputs: { roles: [] },
  },
  {
    it: "a role's search path changes",
    kind: "Role",
    was: { name: "pathed", searchPaths: ["sales", "public"] },
    then: { name: "pathed", searchPaths: ["sales", "odd Name", "public"] },
    op: "update",
    diff: { "searchPaths[1]": "add" },
    effect: configOf("pathed"),
    effects: [["search_path=sales, public"], ['search_path=sales, "odd Name", public']],
  },
  {
    it: "a role's timeouts come",
    kind: "Role",
    was: { name: "patient" },
    then: { name: "patient", statementTimeout: 100, idleInTransactionSessionTimeout: 200 },
    op: "update",
    diff: { idleInTransactionSessionTimeout: "update", statementTimeout: "update" },
    effect: configOf("patient"),
    effects: [null, ["statement_timeout=100", "idle_in_transaction_session_timeout=200"]],
  },
  {
    it: "a role's timeout and the role it takes go",
    kind: "Role",
    was: { name: "hasty", statementTimeout: 100, assumeRole: "reader" },
    then: { name: "hasty" },
    op: "update",
    diff: { assumeRole: "delete", statementTimeout: "delete" },
    effect: configOf("hasty"),
    effects: [["statement_timeout=100", "role=reader"], null],
  },
  {
    it: "a role's password changes, and stays a secret",
    kind: "Role",
    was: { name: "secretive", login: true, password: "first's \\ one" },
    then: { name: "secretive", login: true, password: "second" },
    op: "update",
    diff: { password: "update" },
    effect: "SELECT left(passwd, 13) FROM pg_shadow WHERE usename = 'secretive'",
    effects: ["SCRAM-SHA-256", "SCRAM-SHA-256"],
  },
  {
    it: "a grant on all tables of a schema",
    kind: "Grant",
    setup: place("steady"),
    was: onTables("steady", ["SELECT", "INSERT"]),
    then: onTables("steady", ["INSERT", "SELECT"]),
    op: "same",
    effect: tablesOf("steady", "steady_role"),
    effects: [
      ["one:INSERT,SELECT", "two:INSERT,SELECT"],
      ["one:INSERT,SELECT", "two:INSERT,SELECT"],
    ],
  },
  {
    it: "a grant gets a privilege and loses one",
    kind: "Grant",
    setup: place("shifting"),
    was: onTables("shifting", ["SELECT", "INSERT"]),
    then: onTables("shifting", ["UPDATE", "INSERT"]),
    op: "update",
    diff: { "privileges[0]": "add", "privileges[1]": "delete" },
    effect: tablesOf("shifting", "shifting_role"),
    effects: [
      ["one:INSERT,SELECT", "two:INSERT,SELECT"],
      ["one:INSERT,UPDATE", "two:INSERT,UPDATE"],
    ],
  },
  {
    it: "a grant of all privileges",
    kind: "Grant",
    setup: place("generous"),
    was: onTables("generous", ["SELECT"]),
    then: onTables("generous", ["ALL"]),
    op: "update",
    diff: { "privileges[0]": "update" },
    effect: tablesOf("generous", "generous_role"),
    effects: [
      ["one:SELECT", "two:SELECT"],
      ["one", "two"].map((name) => `${name}:DELETE,INSERT,MAINTAIN,REFERENCES,SELECT,TRIGGER,TRUNCATE,UPDATE`),
    ],
  },
  {
    it: "a grant of nothing takes away what there was",
    kind: "Grant",
    setup: place("emptied"),
    was: onTables("emptied", ["SELECT"]),
    then: onTables("emptied", []),
    op: "update",
    diff: { privileges: "delete" },
    effect: tablesOf("emptied", "emptied_role"),
    effects: [["one:SELECT", "two:SELECT"], null],
  },
  {
    it: "a grant to another role: the old one ends first",
    kind: "Grant",
    setup: place("moved"),
    was: onTables("moved", ["SELECT"]),
    then: onTables("moved", ["SELECT"], { role: "moved_other" }),
    op: "delete first",
    diff: { role: "update-replace" },
    effect: tablesOf("moved", "moved_role"),
    effects: [["one:SELECT", "two:SELECT"], null],
  },
  {
    it: "a grant on tables by name, of which one goes",
    kind: "Grant",
    setup: place("named"),
    was: onTables("named", ["SELECT"], { objects: ["two", "one"] }),
    then: onTables("named", ["SELECT"], { objects: ["two"] }),
    op: "delete first",
    diff: { "objects[0]": "delete-replace" },
    effect: tablesOf("named", "named_role"),
    effects: [["one:SELECT", "two:SELECT"], ["two:SELECT"]],
  },
  {
    it: "a grant that may be passed on",
    kind: "Grant",
    setup: place("passed"),
    was: onTables("passed", ["SELECT"]),
    then: onTables("passed", ["SELECT"], { withGrantOption: true }),
    op: "delete first",
    diff: { withGrantOption: "update-replace" },
    effect: tablesOf("passed", "passed_role"),
    effects: [
      ["one:SELECT", "two:SELECT"],
      ["one:SELECT*", "two:SELECT*"],
    ],
  },
  {
    it: "a grant on columns",
    kind: "Grant",
    setup: place("narrow"),
    was: onTables("narrow", ["UPDATE"], { objectType: "column", objects: ["one"], columns: ["a", "b"] }),
    then: onTables("narrow", ["UPDATE"], { objectType: "column", objects: ["one"], columns: ["b"] }),
    op: "delete first",
    diff: { "columns[0]": "delete-replace" },
    effect: `SELECT array_agg(attname::text ORDER BY attname) FROM pg_attribute, aclexplode(attacl)
              WHERE attrelid = 'narrow.one'::regclass AND grantee = 'narrow_role'::regrole`,
    effects: [["a", "b"], ["b"]],
  },
  {
    it: "a grant on a database",
    kind: "Grant",
    setup: "CREATE ROLE visitor",
    was: { role: "visitor", database: "app", objectType: "database", privileges: ["CONNECT"] },
    then: { role: "visitor", database: "app", objectType: "database", privileges: ["CONNECT", "TEMPORARY"] },
    op: "update",
    diff: { "privileges[1]": "add" },
    effect: `SELECT string_agg(privilege_type, ',' ORDER BY privilege_type) FROM pg_database, aclexplode(datacl)
              WHERE datname = 'app' AND grantee = 'visitor'::regrole`,
    effects: ["CONNECT", "CONNECT,TEMPORARY"],
  },
  {
    it: "a grant of nothing to everybody, on a schema",
    kind: "Grant",
    setup: "CREATE SCHEMA closed; GRANT USAGE ON SCHEMA closed TO public",
    was: { role: "public", database: "app", schema: "closed", objectType: "schema", privileges: [] },
    then: { role: "public", database: "app", schema: "closed", objectType: "schema", privileges: ["USAGE"] },
    op: "update",
    diff: { privileges: "add" },
    effect: "SELECT nspacl::text LIKE '%{=%' OR nspacl::text LIKE '%,=%' FROM pg_namespace WHERE nspname = 'closed'",
    effects: [false, true],
  },
  {
    it: "a grant on a function by its signature",
    kind: "Grant",
    setup: `CREATE ROLE caller; CREATE SCHEMA calls; CREATE FUNCTION calls.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'`,
    was: {
      role: "caller",
      database: "app",
      schema: "calls",
      objectType: "function",
      objects: ["f(int)"],
      privileges: ["EXECUTE"],
    },
    then: {
      role: "caller",
      database: "app",
      schema: "calls",
      objectType: "function",
      objects: ["f(int)"],
      privileges: ["EXECUTE"],
    },
    op: "same",
    effect:
      "SELECT proacl::text LIKE '%caller=X%' FROM pg_proc WHERE proname = 'f' AND pronamespace = 'calls'::regnamespace",
    effects: [true, true],
  },
  {
    it: "a membership that may be passed on",
    kind: "GrantRole",
    setup: "CREATE ROLE apprentice",
    was: { role: "apprentice", grantRole: "reader" },
    then: { role: "apprentice", grantRole: "reader", withAdminOption: true },
    op: "replace",
    diff: { withAdminOption: "update-replace" },
    effect: membershipsOf("apprentice"),
    // The new one is made, then the old one revoked, and both are the same membership.
    effects: [["reader"], null],
    isGone: true,
  },
  {
    it: "a membership in another role",
    kind: "GrantRole",
    setup: "CREATE ROLE turncoat",
    was: { role: "turncoat", grantRole: "reader" },
    then: { role: "turncoat", grantRole: "writer" },
    op: "replace",
    diff: { grantRole: "update-replace" },
    effect: membershipsOf("turncoat"),
    effects: [["reader"], ["writer"]],
  },
  {
    it: "default privileges change",
    kind: "DefaultPrivileges",
    setup: place("later"),
    was: defaultsIn("later", ["SELECT"]),
    then: defaultsIn("later", ["SELECT", "UPDATE", "DELETE"]),
    op: "update",
    diff: { "privileges[1]": "add", "privileges[2]": "add" },
    effect: defaultsOf("later_role"),
    effects: [["r later SELECT"], ["r later DELETE", "r later SELECT", "r later UPDATE"]],
  },
  {
    it: "default privileges in every schema",
    kind: "DefaultPrivileges",
    setup: place("wide"),
    was: defaultsIn("wide", ["ALL"], { objectType: "sequence" }),
    then: { role: "wide_role", database: "app", owner: "app_owner", objectType: "sequence", privileges: ["ALL"] },
    op: "replace",
    diff: { schema: "delete-replace" },
    effect: defaultsOf("wide_role"),
    effects: [
      ["S wide SELECT", "S wide UPDATE", "S wide USAGE"],
      ["S - SELECT", "S - UPDATE", "S - USAGE"],
    ],
  },
  {
    it: "a schema that stays",
    kind: "Schema",
    was: { name: "kept", owner: "app_owner" },
    then: { name: "kept", owner: "app_owner" },
    op: "same",
    effect: schemaOwner("kept"),
    effects: ["app_owner", "app_owner"],
    outputs: { database: "app", policies: [] },
  },
  {
    it: "a schema that is there already is taken over",
    kind: "Schema",
    setup: "CREATE SCHEMA present",
    was: { name: "present" },
    then: { name: "present", owner: "app_owner", dropCascade: true },
    op: "update",
    diff: { dropCascade: "update", owner: "update" },
    effect: schemaOwner("present"),
    effects: ["postgres", "app_owner"],
    outputs: { database: "app", policies: [] },
  },
  {
    it: "a schema gets another name",
    kind: "Schema",
    was: { name: "before" },
    then: { name: "after" },
    op: "update",
    diff: { name: "update" },
    effect: schemaOwner("after"),
    effects: [undefined, "postgres"],
    outputs: { database: "app", owner: "postgres", policies: [] },
  },
  {
    it: "a schema in another database: the old one ends first",
    kind: "Schema",
    was: { name: "abroad" },
    then: { name: "abroad", database: "postgres" },
    op: "delete first",
    diff: { database: "update-replace" },
    effect: schemaOwner("abroad"),
    effects: ["postgres", undefined],
    outputs: { owner: "postgres", policies: [] },
  },
  {
    it: "an extension moves",
    kind: "Extension",
    was: { name: "citext" },
    then: { name: "citext", schema: "sales" },
    op: "update",
    diff: { schema: "update" },
    effect: "SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'citext'",
    effects: ["public", "sales"],
    outputs: { database: "app", version: "1.8" },
  },
  {
    it: "an extension in another version",
    kind: "Extension",
    was: { name: "pg_trgm", version: "1.5" },
    then: { name: "pg_trgm", version: "1.6" },
    op: "update",
    diff: { version: "update" },
    effect: "SELECT extversion FROM pg_extension WHERE extname = 'pg_trgm'",
    effects: ["1.5", "1.6"],
    outputs: { database: "app", schema: "public" },
  },
  {
    it: "a database gets an owner and a limit",
    kind: "Database",
    was: { name: "shop" },
    then: { name: "shop", owner: "app_owner", connectionLimit: 7 },
    op: "update",
    diff: { connectionLimit: "update", owner: "update" },
    effect: "SELECT pg_get_userbyid(datdba) || ' ' || datconnlimit FROM pg_database WHERE datname = 'shop'",
    effects: ["postgres -1", "app_owner 7"],
    outputs: {
      ...{ encoding: "UTF8", isTemplate: false, lcCollate: "C", lcCtype: "C" },
      ...{ tablespaceName: "pg_default", template: "template0" },
    },
  },
];

/** What the state of a resource holds where its inputs say nothing. */
export const DEFAULT_OUTPUTS: Readonly<Record<ResourceKind, Readonly<Record<string, unknown>>>> = {
  Role: {
    ...{ assumeRole: "", bypassRowLevelSecurity: false, connectionLimit: -1, createDatabase: false, createRole: false },
    ...{ encryptedPassword: true, idleInTransactionSessionTimeout: 0, inherit: true, login: false, replication: false },
    ...{ skipDropRole: false, skipReassignOwned: false, statementTimeout: 0, superuser: false, validUntil: "infinity" },
    ...{ encrypted: null, password: "[secret]", passwordWo: "[secret]", passwordWoVersion: null },
    ...{ roles: null, searchPaths: null },
  },
  Grant: { columns: null, objects: null, schema: null, withGrantOption: false },
  GrantRole: { withAdminOption: false },
  DefaultPrivileges: { schema: null, withGrantOption: false },
  Schema: { dropCascade: false, ifNotExists: true },
  Database: { allowConnections: true, alterObjectOwnership: false, connectionLimit: -1 },
  Extension: { createCascade: false, dropCascade: false },
};

export interface PostgresFailureRow {
  readonly it: string;
  readonly kind: ResourceKind;
  readonly inputs: object;
  /** Of the one error of a deploy. */
  readonly error: string;
}

const table = { role: "reader", database: "app", schema: "public", objectType: "table", privileges: ["SELECT"] };

export const FAILURES: readonly PostgresFailureRow[] = [
  {
    it: "a role that is there already",
    kind: "Role",
    inputs: { name: "reader" },
    error: 'error creating role reader: pq: role "reader" already exists (42710)',
  },
  {
    it: "a search path with a comma",
    kind: "Role",
    inputs: { name: "commas", searchPaths: ["a, b"] },
    error: "search_path cannot contain `, `: a, b",
  },
  {
    it: "a member of a role that is not there",
    kind: "Role",
    inputs: { name: "orphan", roles: ["nobody_here"] },
    error: 'could not grant role nobody_here to orphan: pq: role "nobody_here" does not exist (42704)',
  },
  {
    it: "a grant to a role that is not there",
    kind: "Grant",
    inputs: { ...table, role: "nobody_here" },
    error: 'could not execute revoke query: pq: role "nobody_here" does not exist (42704)',
  },
  {
    it: "a grant of a privilege that tables do not have",
    kind: "Grant",
    inputs: { ...table, privileges: ["EXECUTE"] },
    error: "EXECUTE is not an allowed privilege for object type table",
  },
  {
    it: "a grant on tables without a schema",
    kind: "Grant",
    inputs: { ...table, schema: undefined },
    error: "parameter 'schema' is mandatory for postgresql_grant resource",
  },
  {
    it: "a grant in a schema that is not there",
    kind: "Grant",
    inputs: { ...table, schema: "nowhere" },
    error: "could not find schema 'nowhere' while looking for owner",
  },
  {
    it: "a grant on objects of a database",
    kind: "Grant",
    inputs: { ...table, schema: undefined, objectType: "database", objects: ["app"], privileges: ["CONNECT"] },
    error: "cannot specify `objects` when `object_type` is `database` or `schema`",
  },
  {
    it: "a membership in a role that is not there",
    kind: "GrantRole",
    inputs: { role: "reader", grantRole: "nobody_here" },
    error: 'could not execute revoke query: pq: role "nobody_here" does not exist (42704)',
  },
  {
    it: "default privileges of an owner that is not there",
    kind: "DefaultPrivileges",
    inputs: { ...table, owner: "nobody_here" },
    error: 'could not revoke default privileges: pq: role "nobody_here" does not exist (42704)',
  },
  {
    it: "default privileges that everybody may pass on",
    kind: "DefaultPrivileges",
    inputs: { ...table, role: "public", owner: "app_owner", withGrantOption: true },
    error: "with_grant_option cannot be true for role 'public'",
  },
  {
    it: "default privileges of schemas in a schema",
    kind: "DefaultPrivileges",
    inputs: { ...table, owner: "app_owner", objectType: "schema", privileges: ["USAGE"] },
    error: "cannot specify `schema` when `object_type` is `schema`",
  },
  {
    it: "an extension that is not there",
    kind: "Extension",
    inputs: { name: "nonesuch" },
    error: 'pq: extension "nonesuch" is not available (0A000)',
  },
  {
    it: "a database that is there already",
    kind: "Database",
    inputs: { name: "app" },
    error: 'error creating database "app": pq: database "app" already exists (42P04)',
  },
];

/** Inputs that a preview refuses. */
export const REFUSALS: readonly PostgresFailureRow[] = [
  {
    it: "an object type there is none of",
    kind: "DefaultPrivileges",
    inputs: { ...table, owner: "app_owner", objectType: "thing" },
    error:
      'expected object_type to be one of ["table" "sequence" "function" "routine" "type" "schema"], got thing. Examine values at \'resource.objectType\'.',
  },
  {
    it: "a limit below none",
    kind: "Role",
    inputs: { connectionLimit: -2 },
    error: "expected connection_limit to be at least (-1), got -2. Examine values at 'resource.connectionLimit'.",
  },
  {
    it: "a text where yes or no belongs",
    kind: "Role",
    inputs: { login: "maybe" },
    error:
      "cannot parse '' as bool: strconv.ParseBool: parsing \"maybe\": invalid syntax. Examine values at 'resource.login'.",
  },
  {
    it: "two passwords",
    kind: "Role",
    inputs: { password: "a", passwordWo: "b", passwordWoVersion: "1" },
    error:
      "Conflicting configuration arguments. \"password\": conflicts with password_wo. Examine values at 'resource.password'.",
  },
];

type AnyResource = new (name: string, inputs: object, opts: pulumi.CustomResourceOptions) => pulumi.CustomResource;

/** A resource of the table, with the SDK's own class. */
export function makeResource(
  kind: ResourceKind,
  name: string,
  inputs: object,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResource {
  return new (RESOURCES[kind] as unknown as AnyResource)(name, inputs, opts);
}

/** The resource without the SDK's types, for inputs they do not allow. */
export class RawResource extends pulumi.CustomResource {
  constructor(kind: ResourceKind, name: string, inputs: object, opts: pulumi.CustomResourceOptions) {
    const token = `postgresql:index/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}`;
    super(token, name, { ...inputs }, { version: "3.18.1", ...opts });
  }
}
