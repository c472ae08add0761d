import { isTrue, numberOf, textOf, type Value, type Values } from "../attributes.js";
import { quoteName, quoteText } from "../quote.js";
import { hasChanged, type Resource, type ResourceChange, type ResourceType } from "../resource-type.js";
import { databaseOwner, grantMembership, lockRole, prefixed, revokeMembership } from "../roles.js";
import type { PostgresServer, Sql } from "../server.js";

/** A database of the server. */
export const database: ResourceType = {
  attributes: {
    name: { type: "string", isRequired: true },
    owner: { type: "string", isComputed: true },
    template: { type: "string", isComputed: true, replaces: true },
    encoding: { type: "string", isComputed: true, replaces: true },
    lcCollate: { type: "string", isComputed: true, replaces: true },
    lcCtype: { type: "string", isComputed: true, replaces: true },
    tablespaceName: { type: "string", isComputed: true },
    connectionLimit: { type: "int", default: -1, atLeast: -1 },
    allowConnections: { type: "bool", default: true },
    isTemplate: { type: "bool", isComputed: true },
    alterObjectOwnership: { type: "bool", default: false },
  },
  canImport: true,
  create,
  read,
  update,
  delete: remove,
};

async function create(server: PostgresServer, planned: Values): Promise<string> {
  const [name, owner] = [textOf(planned, "name"), textOf(planned, "owner")];
  const text = [
    `CREATE DATABASE ${quoteName(name)}`,
    `OWNER ${quoteName(owner || server.username)}`,
    `TEMPLATE ${nameOrDefault(textOf(planned, "template") || "template0")}`,
    `ENCODING ${textOrDefault(textOf(planned, "encoding") || "UTF8")}`,
    ...localeOption("LC_COLLATE", textOf(planned, "lcCollate")),
    ...localeOption("LC_CTYPE", textOf(planned, "lcCtype")),
    ...(textOf(planned, "tablespaceName") === ""
      ? []
      : [`TABLESPACE ${nameOrDefault(textOf(planned, "tablespaceName"))}`]),
    `ALLOW_CONNECTIONS ${isTrue(planned, "allowConnections")}`,
    `CONNECTION LIMIT ${numberOf(planned, "connectionLimit")}`,
    `IS_TEMPLATE ${isTrue(planned, "isTemplate")}`,
  ].join(" ");
  await asMemberOf(server, owner, (sql) =>
    prefixed(`error creating database ${JSON.stringify(name)}`, () => sql.run(text)),
  );
  return name;
}

function isDefaultWord(text: string): boolean {
  return text.toUpperCase() === "DEFAULT";
}

function nameOrDefault(name: string): string {
  return isDefaultWord(name) ? "DEFAULT" : quoteName(name);
}

function textOrDefault(text: string): string {
  return isDefaultWord(text) ? "DEFAULT" : quoteText(text);
}

function localeOption(option: string, value: string): string[] {
  return value === "" ? [] : [`${option} ${textOrDefault(value)}`];
}

/** Only a member may make a role the owner. Outside a transaction, which cannot make or drop a database. */
async function asMemberOf(server: PostgresServer, owner: string, work: (sql: Sql) => Promise<unknown>): Promise<void> {
  await server.session(async (sql) => {
    const isGranted = owner !== "" && (await grantMembership(sql, owner, server.username));
    try {
      await work(sql);
    } finally {
      if (isGranted) await revokeMembership(sql, owner, server.username);
    }
  });
}

async function read(server: PostgresServer, { id, values }: Resource): Promise<Resource | undefined> {
  return server.session(async (sql) => {
    const [row] = await sql.run(
      `SELECT datname AS "name", pg_get_userbyid(datdba) AS "owner", pg_encoding_to_char(encoding) AS "encoding",
              datcollate AS "lcCollate", datctype AS "lcCtype", spcname AS "tablespaceName",
              datconnlimit AS "connectionLimit", datallowconn AS "allowConnections", datistemplate AS "isTemplate"
         FROM pg_database JOIN pg_tablespace ON dattablespace = pg_tablespace.oid WHERE datname = $1`,
      [id],
    );
    if (row === undefined) return undefined;
    const template: Value = textOf(values, "template") || "template0";
    return { id, values: { ...values, ...(row as Values), template } };
  });
}

async function update(server: PostgresServer, change: ResourceChange): Promise<string> {
  const { prior, planned } = change;
  const [before, name] = [textOf(prior, "name"), textOf(planned, "name")];
  const owner = textOf(planned, "owner");
  const alter = (what: string, text: string): Promise<unknown> =>
    prefixed(`error updating database ${what}`, () =>
      server.session((sql) => sql.run(`ALTER DATABASE ${quoteName(name)} ${text}`)),
    );
  if (hasChanged(change, "name")) {
    if (name === "") throw new Error("error setting database name to an empty string");
    await prefixed("error updating database name", () =>
      server.session((sql) => sql.run(`ALTER DATABASE ${quoteName(before)} RENAME TO ${quoteName(name)}`)),
    );
  }
  if (hasChanged(change, "owner") || hasChanged(change, "alterObjectOwnership")) await reassign(server, planned);
  if (hasChanged(change, "owner") && owner !== "") {
    await asMemberOf(server, owner, () => alter("OWNER", `OWNER TO ${quoteName(owner)}`));
  }
  if (hasChanged(change, "tablespaceName")) {
    const tablespace = textOf(planned, "tablespaceName");
    const isReset = tablespace === "" || isDefaultWord(tablespace);
    await alter("TABLESPACE", isReset ? "RESET TABLESPACE" : `SET TABLESPACE ${quoteName(tablespace)}`);
  }
  if (hasChanged(change, "connectionLimit")) {
    await alter("CONNECTION LIMIT", `CONNECTION LIMIT = ${numberOf(planned, "connectionLimit")}`);
  }
  if (hasChanged(change, "allowConnections")) {
    await alter("ALLOW_CONNECTIONS", `ALLOW_CONNECTIONS ${isTrue(planned, "allowConnections")}`);
  }
  if (hasChanged(change, "isTemplate")) await alter("IS_TEMPLATE", `IS_TEMPLATE ${isTrue(planned, "isTemplate")}`);
  return name;
}

/** What the old owner has in the database goes to the new one. */
async function reassign(server: PostgresServer, planned: Values): Promise<void> {
  const [name, owner] = [textOf(planned, "name"), textOf(planned, "owner")];
  if (owner === "" || !isTrue(planned, "alterObjectOwnership")) return;
  const current = await server.session((sql) => databaseOwner(sql, name));
  if (current === owner) return;
  await asMemberOf(server, current, () =>
    server.transaction(name, async (sql) => {
      await lockRole(sql, server.username);
      await prefixed(`error reassigning objects owned by '${current}'`, () =>
        sql.run(`REASSIGN OWNED BY ${quoteName(current)} TO ${quoteName(owner)}`),
      );
    }),
  );
}

async function remove(server: PostgresServer, { values }: Resource): Promise<void> {
  const name = textOf(values, "name");
  await asMemberOf(server, textOf(values, "owner"), async (sql) => {
    if (isTrue(values, "isTemplate")) {
      await prefixed("error updating database IS_TEMPLATE during DROP DATABASE", () =>
        sql.run(`ALTER DATABASE ${quoteName(name)} IS_TEMPLATE false`),
      );
    }
    await prefixed("error blocking connections to database", () =>
      sql.run(`ALTER DATABASE ${quoteName(name)} ALLOW_CONNECTIONS false`),
    );
    await prefixed("error dropping database", () => sql.run(`DROP DATABASE ${quoteName(name)} WITH (FORCE)`));
  });
}
