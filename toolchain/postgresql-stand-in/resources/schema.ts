import { isTrue, textOf, type Values } from "../attributes.js";
import { quoteName } from "../quote.js";
import { hasChanged, type Resource, type ResourceChange, type ResourceType } from "../resource-type.js";
import { databaseExists, databaseOwner, prefixed, schemaExists, withMembership } from "../roles.js";
import type { PostgresServer, Sql } from "../server.js";

/** A schema of a database. */
export const schema: ResourceType = {
  attributes: {
    name: { type: "string", isRequired: true },
    database: { type: "string", isComputed: true, replaces: true },
    owner: { type: "string", isComputed: true },
    ifNotExists: { type: "bool", default: true },
    dropCascade: { type: "bool", default: false },
    policies: { type: "set", isComputed: true, upstreamName: "policy", isNotHere: true },
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
  const database = databaseOf(server, planned);
  const [name, owner] = [textOf(planned, "name"), textOf(planned, "owner")];
  await server.transaction(database, async (sql) => {
    const current = await databaseOwner(sql, database);
    const roles = owner === "" || owner === current ? [current] : [current, owner];
    await withMembership(sql, roles, async () => {
      if (await schemaExists(sql, name)) return owner === "" ? undefined : setOwner(sql, name, owner);
      const guard = isTrue(planned, "ifNotExists") ? "IF NOT EXISTS " : "";
      const authorization = owner === "" ? "" : ` AUTHORIZATION ${quoteName(owner)}`;
      await prefixed(`error creating schema ${name}`, () =>
        sql.run(`CREATE SCHEMA ${guard}${quoteName(name)}${authorization}`),
      );
    });
  });
  return `${database}.${name}`;
}

async function setOwner(sql: Sql, name: string, owner: string): Promise<void> {
  if (owner === "") throw new Error("error setting schema owner to an empty string");
  await prefixed("error updating schema OWNER", () =>
    sql.run(`ALTER SCHEMA ${quoteName(name)} OWNER TO ${quoteName(owner)}`),
  );
}

async function read(server: PostgresServer, { id, values }: Resource): Promise<Resource | undefined> {
  const { database, name } = placeOf(server, id, values);
  if (!(await server.session((sql) => databaseExists(sql, database)))) return undefined;
  return server.transaction(database, async (sql) => {
    const [row] = await sql.run("SELECT pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = $1", [
      name,
    ]);
    if (row === undefined) return undefined;
    return { id: `${database}.${name}`, values: { ...values, name, database, owner: String(row["owner"]) } };
  });
}

/** An import has only the id. @throws Error for an id of another form */
function placeOf(server: PostgresServer, id: string, values: Values): { database: string; name: string } {
  const name = textOf(values, "name");
  if (name !== "") return { database: databaseOf(server, values), name };
  const parts = id.split(".");
  const [database, schemaName] = parts;
  if (parts.length === 2 && database !== undefined && schemaName !== undefined) return { database, name: schemaName };
  throw new Error(`schema ID ${id} has not the expected format 'database.schema': [${parts.join(" ")}]`);
}

async function update(server: PostgresServer, change: ResourceChange): Promise<string> {
  const { prior, planned } = change;
  const database = databaseOf(server, planned);
  const name = textOf(planned, "name");
  await server.transaction(database, async (sql) => {
    if (hasChanged(change, "name")) {
      if (name === "") throw new Error("error setting schema name to an empty string");
      await prefixed("error updating schema NAME", () =>
        sql.run(`ALTER SCHEMA ${quoteName(textOf(prior, "name"))} RENAME TO ${quoteName(name)}`),
      );
    }
    if (hasChanged(change, "owner")) await setOwner(sql, name, textOf(planned, "owner"));
  });
  return `${database}.${name}`;
}

async function remove(server: PostgresServer, { values }: Resource): Promise<void> {
  const name = textOf(values, "name");
  await server.transaction(databaseOf(server, values), async (sql) => {
    if (!(await schemaExists(sql, name))) return;
    await withMembership(sql, [textOf(values, "owner")], async () => {
      const mode = isTrue(values, "dropCascade") ? "CASCADE" : "RESTRICT";
      await prefixed("error deleting schema", () => sql.run(`DROP SCHEMA ${quoteName(name)} ${mode}`));
    });
  });
}
