import { isTrue, textOf, type Values } from "../attributes.js";
import { quoteName } from "../quote.js";
import { hasChanged, type Resource, type ResourceChange, type ResourceType } from "../resource-type.js";
import { databaseExists, prefixed } from "../roles.js";
import type { PostgresServer } from "../server.js";

/** An extension in a database. */
export const extension: ResourceType = {
  attributes: {
    name: { type: "string", isRequired: true, replaces: true },
    schema: { type: "string", isComputed: true },
    version: { type: "string", isComputed: true },
    database: { type: "string", isComputed: true, replaces: true },
    dropCascade: { type: "bool", default: false },
    createCascade: { type: "bool", default: false },
  },
  canImport: true,
  create,
  read,
  update,
  delete: remove,
};

function databaseOf(server: PostgresServer, values: Values): string {
  return textOf(values, "database") || server.database;
}

async function create(server: PostgresServer, planned: Values): Promise<string> {
  const [name, schema, version] = ["name", "schema", "version"].map((attribute) => textOf(planned, attribute)) as [
    string,
    string,
    string,
  ];
  const database = databaseOf(server, planned);
  const text = [
    `CREATE EXTENSION IF NOT EXISTS ${quoteName(name)}`,
    ...(schema === "" ? [] : [`SCHEMA ${quoteName(schema)}`]),
    ...(version === "" ? [] : [`VERSION ${quoteName(version)}`]),
    ...(isTrue(planned, "createCascade") ? ["CASCADE"] : []),
  ].join(" ");
  await server.transaction(database, (sql) => sql.run(text));
  return `${database}.${name}`;
}

async function read(server: PostgresServer, { id, values }: Resource): Promise<Resource | undefined> {
  const { database, name } = placeOf(server, id, values);
  if (!(await server.session((sql) => databaseExists(sql, database)))) return undefined;
  return server.transaction(database, async (sql) => {
    const [row] = await sql.run(
      `SELECT nspname AS schema, extversion AS version
         FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = $1`,
      [name],
    );
    if (row === undefined) return undefined;
    const found = { name, database, schema: String(row["schema"]), version: String(row["version"]) };
    return { id: `${database}.${name}`, values: { ...values, ...found } };
  });
}

/** An import has only the id. @throws Error for an id of another form */
function placeOf(server: PostgresServer, id: string, values: Values): { database: string; name: string } {
  const name = textOf(values, "name");
  if (name !== "") return { database: databaseOf(server, values), name };
  const parts = id.split(".");
  const [database, extensionName] = parts;
  if (parts.length === 2 && database !== undefined && extensionName !== undefined) {
    return { database, name: extensionName };
  }
  throw new Error(`extension ID ${id} has not the expected format 'database.extension': [${parts.join(" ")}]`);
}

async function update(server: PostgresServer, change: ResourceChange): Promise<string> {
  const { planned } = change;
  const [name, schema, version] = ["name", "schema", "version"].map((attribute) => textOf(planned, attribute)) as [
    string,
    string,
    string,
  ];
  const database = databaseOf(server, planned);
  await server.transaction(database, async (sql) => {
    if (hasChanged(change, "schema")) {
      await prefixed("error updating extension SCHEMA", () =>
        sql.run(`ALTER EXTENSION ${quoteName(name)} SET SCHEMA ${quoteName(schema)}`),
      );
    }
    if (hasChanged(change, "version")) {
      const to = version === "" ? "" : ` TO ${quoteName(version)}`;
      await prefixed("error updating extension version", () =>
        sql.run(`ALTER EXTENSION ${quoteName(name)} UPDATE${to}`),
      );
    }
  });
  return `${database}.${name}`;
}

async function remove(server: PostgresServer, { values }: Resource): Promise<void> {
  const mode = isTrue(values, "dropCascade") ? "CASCADE" : "RESTRICT";
  await server.transaction(databaseOf(server, values), (sql) =>
    sql.run(`DROP EXTENSION ${quoteName(textOf(values, "name"))} ${mode}`),
  );
}
