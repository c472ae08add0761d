import { isTrue, itemsOf, textOf, type Attributes, type Values } from "../attributes.js";
import {
  areWanted,
  CATALOG_KINDS,
  inProviderOrder,
  isSameSet,
  placesExist,
  refuseUnknownPrivileges,
  WITHOUT_SCHEMA,
} from "../privileges.js";
import { quoteName } from "../quote.js";
import type { Resource, ResourceType } from "../resource-type.js";
import { databaseOwner, lockDatabase, lockRole, prefixed, roleOid, withMembership } from "../roles.js";
import type { PostgresServer, Row, Sql } from "../server.js";

const ATTRIBUTES: Attributes = {
  role: { type: "string", isRequired: true, replaces: true },
  database: { type: "string", isRequired: true, replaces: true },
  schema: { type: "string", replaces: true },
  objectType: {
    type: "string",
    isRequired: true,
    replaces: true,
    oneOf: [
      "database",
      "function",
      "procedure",
      "routine",
      "schema",
      "sequence",
      "table",
      "foreign_data_wrapper",
      "foreign_server",
      "column",
    ],
  },
  objects: { type: "set", replaces: true },
  columns: { type: "set", replaces: true },
  privileges: { type: "set", isRequired: true },
  withGrantOption: { type: "bool", replaces: true, default: false },
};

/** What a role may do with objects that are there. */
export const grant: ResourceType = {
  attributes: ATTRIBUTES,
  deletesBeforeReplace: true,
  create: (server, planned) => apply(server, planned, planned),
  update: (server, { prior, planned }) => apply(server, prior, planned),
  read,
  delete: (server, { values }) => onObjects(server, values, (sql) => revoke(sql, values)),
};

/** Takes away what there was and grants what there will be, in one transaction. */
async function apply(server: PostgresServer, before: Values, after: Values): Promise<string> {
  refuseCombinations(after);
  await onObjects(
    server,
    after,
    async (sql) => {
      await revoke(sql, before);
      const privileges = inProviderOrder(itemsOf(after, "privileges"));
      if (privileges.length > 0) await sql.run(grantStatement(after, privileges));
    },
    (sql) => refuseUnknownPrivileges(sql, after),
  );
  return idOf(after);
}

/** @throws Error for inputs that do not go together, which only the work on the server shows */
function refuseCombinations(values: Values): void {
  const objectType = textOf(values, "objectType");
  const [objects, columns, privileges] = ["objects", "columns", "privileges"].map(
    (name) => itemsOf(values, name).length,
  ) as [number, number, number];
  const isColumn = objectType === "column";
  const rules: readonly (readonly [boolean, string])[] = [
    [
      textOf(values, "schema") === "" && !WITHOUT_SCHEMA.includes(objectType),
      "parameter 'schema' is mandatory for postgresql_grant resource",
    ],
    [
      objects > 0 && (objectType === "database" || objectType === "schema"),
      "cannot specify `objects` when `object_type` is `database` or `schema`",
    ],
    [columns > 0 && !isColumn, "cannot specify `columns` when `object_type` is not `column`"],
    [columns === 0 && isColumn, "must specify `columns` when `object_type` is `column`"],
    [privileges !== 1 && isColumn, "must specify exactly 1 `privileges` when `object_type` is `column`"],
    [objects !== 1 && isColumn, "must specify exactly 1 table in the `objects` field when `object_type` is `column`"],
    [
      objects !== 1 && objectType.startsWith("foreign_"),
      "one element must be specified in `objects` when `object_type` is `foreign_data_wrapper` or `foreign_server`",
    ],
  ];
  const broken = rules.find(([isBroken]) => isBroken);
  if (broken !== undefined) throw new Error(broken[1]);
}

async function onObjects(
  server: PostgresServer,
  values: Values,
  work: (sql: Sql) => Promise<void>,
  check: (sql: Sql) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const database = textOf(values, "database");
  await server.transaction(database, async (sql) => {
    await check(sql);
    await lockRole(sql, textOf(values, "role"));
    if (textOf(values, "objectType") === "database") await lockDatabase(sql, database);
    await withMembership(sql, await ownersOf(sql, values), () => work(sql));
  });
}

/** Who owns what is granted: someone who is no superuser has to be a member. */
async function ownersOf(sql: Sql, values: Values): Promise<string[]> {
  const [objectType, schema] = [textOf(values, "objectType"), textOf(values, "schema")];
  if (WITHOUT_SCHEMA.includes(objectType)) return [];
  const tables = await sql.run("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = $1", [schema]);
  const [row] = await sql.run(
    "SELECT rolname FROM pg_namespace JOIN pg_roles ON nspowner = pg_roles.oid WHERE nspname = $1",
    [schema],
  );
  if (row === undefined) throw new Error(`could not find schema '${schema}' while looking for owner`);
  const owners = [...(objectType === "schema" ? [] : tables.map(({ tableowner }) => tableowner)), row["rolname"]];
  const names = [...new Set(owners.map(String))];
  if (!names.includes("pg_database_owner")) return names;
  const owner = await databaseOwner(sql, textOf(values, "database"));
  return names.map((name) => (name === "pg_database_owner" ? owner : name));
}

function grantStatement(values: Values, privileges: readonly string[]): string {
  const option = isTrue(values, "withGrantOption") ? " WITH GRANT OPTION" : "";
  const columns = inProviderOrder(itemsOf(values, "columns")).map(quoteName).join(",");
  const of = textOf(values, "objectType") === "column" ? ` (${columns})` : "";
  return `GRANT ${privileges.join(",")}${of} ON ${targetOf(values)} TO ${quoteName(textOf(values, "role"))}${option}`;
}

async function revoke(sql: Sql, values: Values): Promise<void> {
  const role = quoteName(textOf(values, "role"));
  const what = revokedFrom(values);
  if (what === undefined) return;
  await prefixed("could not execute revoke query", () => sql.run(`REVOKE ${what} ON ${targetOf(values)} FROM ${role}`));
}

/** Named objects lose only what was granted: a grant on their columns may stand beside it. */
function revokedFrom(values: Values): string | undefined {
  const privileges = inProviderOrder(itemsOf(values, "privileges")).join(",");
  const objectType = textOf(values, "objectType");
  if (objectType === "column") {
    const columns = inProviderOrder(itemsOf(values, "columns")).map(quoteName).join(",");
    return privileges === "" || columns === "" ? undefined : `${privileges} (${columns})`;
  }
  const isByName = itemsOf(values, "objects").length > 0 && !WITHOUT_SCHEMA.includes(objectType);
  return isByName && privileges !== "" ? privileges : "ALL PRIVILEGES";
}

function targetOf(values: Values): string {
  const objectType = textOf(values, "objectType");
  const objects = inProviderOrder(itemsOf(values, "objects"));
  const schema = quoteName(textOf(values, "schema"));
  const kind = objectType.toUpperCase().replaceAll("_", " ");
  if (objectType === "database") return `DATABASE ${quoteName(textOf(values, "database"))}`;
  if (objectType === "schema") return `SCHEMA ${schema}`;
  if (WITHOUT_SCHEMA.includes(objectType)) return `${kind} ${quoteName(objects[0] ?? "")}`;
  if (objects.length === 0) return `ALL ${kind}S IN SCHEMA ${schema}`;
  const names = objects.map((object) => `${schema}.${quoteSignature(object)}`).join(",");
  return `${objectType === "column" ? "TABLE" : kind} ${names}`;
}

/** A function may come with the types of its arguments, `f(int)`, which are no part of its name. */
function quoteSignature(object: string): string {
  const [name = "", ...types] = object.split("(");
  return types.length === 0 ? quoteName(name) : `${quoteName(name)}(${types[0] ?? ""}`;
}

async function read(server: PostgresServer, { values }: Resource): Promise<Resource | undefined> {
  if (!(await placesExist(server, values))) return undefined;
  return server.transaction(textOf(values, "database"), async (sql) => {
    const found = await readGranted(sql, values);
    return { id: idOf(values), values: { ...values, ...found } };
  });
}

/** What differs from the resource. */
async function readGranted(sql: Sql, values: Values): Promise<Values> {
  const objectType = textOf(values, "objectType");
  if (objectType === "column") return readColumns(sql, values);
  const perObject = await privilegesPerObject(sql, values);
  const objects = itemsOf(values, "objects");
  const isNamed = !WITHOUT_SCHEMA.includes(objectType) && objectType !== "schema" && objects.length > 0;
  for (const { name, privileges } of perObject) {
    if (isNamed && !objects.includes(String(name))) continue;
    const granted = privileges as readonly string[];
    if (!(await areWanted(sql, granted, values))) return { privileges: granted.toSorted() };
  }
  return {};
}

/** Each object with what the role may do with it; one row for a thing of its own. */
async function privilegesPerObject(sql: Sql, values: Values): Promise<readonly Row[]> {
  const objectType = textOf(values, "objectType");
  const [object] = itemsOf(values, "objects");
  const oid = await roleOid(sql, textOf(values, "role"));
  const ofOne = (table: string, prefix: string, name: string | undefined): Promise<readonly Row[]> =>
    sql.run(
      `SELECT $1::text AS name, ARRAY(SELECT DISTINCT acl.privilege_type::text FROM ${table}, aclexplode(${prefix}acl) AS acl
        WHERE ${prefix}name = $1::text AND acl.grantee = $2) AS privileges`,
      [name ?? "", oid],
    );
  if (objectType === "database") return ofOne("pg_database", "dat", textOf(values, "database"));
  if (objectType === "schema") return ofOne("pg_namespace", "nsp", textOf(values, "schema"));
  if (objectType === "foreign_data_wrapper") return ofOne("pg_foreign_data_wrapper", "fdw", object);
  if (objectType === "foreign_server") return ofOne("pg_foreign_server", "srv", object);
  const schema = textOf(values, "schema");
  if (["function", "procedure", "routine"].includes(objectType)) {
    return sql.run(`${perObjectQuery("pg_proc", "pro")} WHERE nspname = $2 GROUP BY 1 ORDER BY 1`, [oid, schema]);
  }
  return sql.run(`${perObjectQuery("pg_class", "rel")} WHERE nspname = $2 AND relkind = $3 GROUP BY 1 ORDER BY 1`, [
    oid,
    schema,
    CATALOG_KINDS[objectType],
  ]);
}

function perObjectQuery(table: string, prefix: string): string {
  return `SELECT ${prefix}name AS name,
                 coalesce(array_agg(DISTINCT acl.privilege_type) FILTER (WHERE acl.grantee = $1), '{}') AS privileges
            FROM ${table} JOIN pg_namespace ON pg_namespace.oid = ${prefix}namespace
            LEFT JOIN LATERAL aclexplode(${prefix}acl) AS acl ON true`;
}

async function readColumns(sql: Sql, values: Values): Promise<Values> {
  const columns = itemsOf(values, "columns");
  const [privilege] = itemsOf(values, "privileges");
  const rows = await sql.run(
    `SELECT DISTINCT attname AS name
       FROM pg_class JOIN pg_namespace ON pg_class.relnamespace = pg_namespace.oid
       JOIN pg_attribute ON pg_class.oid = attrelid, aclexplode(attacl) AS acl
      WHERE nspname = $1 AND relname = $2 AND relkind = 'r' AND pg_get_userbyid(acl.grantee) = $3
        AND acl.privilege_type = $4`,
    [textOf(values, "schema"), itemsOf(values, "objects")[0] ?? "", textOf(values, "role"), privilege ?? ""],
  );
  const granted = rows.map(({ name }) => String(name));
  const left = columns.filter((column) => granted.includes(column));
  return isSameSet(left, columns) ? {} : { columns: left.toSorted() };
}

function idOf(values: Values): string {
  const objectType = textOf(values, "objectType");
  const place = WITHOUT_SCHEMA.includes(objectType) ? [] : [textOf(values, "schema")];
  const objects = inProviderOrder(itemsOf(values, "objects"));
  const columns = inProviderOrder(itemsOf(values, "columns"));
  return [textOf(values, "role"), textOf(values, "database"), ...place, objectType, ...objects, ...columns].join("_");
}
