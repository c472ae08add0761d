import { createHash } from "node:crypto";
import { isTrue, itemsOf, numberOf, textOf, type Attributes, type Value, type Values } from "../attributes.js";
import { inProviderOrder } from "../privileges.js";
import { quoteName, quoteText } from "../quote.js";
import { hasChanged, type Resource, type ResourceChange, type ResourceType } from "../resource-type.js";
import { lockRole, prefixed, withMembership } from "../roles.js";
import type { PostgresServer, Row, Sql } from "../server.js";

const ATTRIBUTES: Attributes = {
  name: { type: "string", isRequired: true },
  password: { type: "string", isSecret: true, conflictsWith: ["passwordWo", "passwordWoVersion"] },
  passwordWo: {
    type: "string",
    isSecret: true,
    isWriteOnly: true,
    conflictsWith: ["password"],
    requiredWith: ["passwordWoVersion"],
  },
  passwordWoVersion: { type: "string", conflictsWith: ["password"], requiredWith: ["passwordWo"] },
  encrypted: { type: "string" },
  roles: { type: "set" },
  searchPaths: { type: "list", upstreamName: "search_path" },
  encryptedPassword: { type: "bool", default: true },
  validUntil: { type: "string", default: "infinity" },
  connectionLimit: { type: "int", default: -1, atLeast: -1 },
  superuser: { type: "bool", default: false },
  createDatabase: { type: "bool", default: false },
  createRole: { type: "bool", default: false },
  idleInTransactionSessionTimeout: { type: "int", atLeast: 0 },
  inherit: { type: "bool", default: true },
  login: { type: "bool", default: false },
  replication: { type: "bool", default: false },
  bypassRowLevelSecurity: { type: "bool", default: false },
  skipDropRole: { type: "bool", default: false },
  skipReassignOwned: { type: "bool", default: false },
  statementTimeout: { type: "int", atLeast: 0 },
  assumeRole: { type: "string" },
};

/** A role of the whole server. */
export const role: ResourceType = { attributes: ATTRIBUTES, canImport: true, create, read, update, delete: remove };

/** What a role may, in the order the official plugin gives it: the word for yes, and with NO before it for no. */
const FLAGS = {
  superuser: "SUPERUSER",
  createDatabase: "CREATEDB",
  createRole: "CREATEROLE",
  inherit: "INHERIT",
  login: "LOGIN",
  bypassRowLevelSecurity: "BYPASSRLS",
  replication: "REPLICATION",
} as const;

function flagOf(values: Values, name: keyof typeof FLAGS): string {
  return isTrue(values, name) ? FLAGS[name] : `NO${FLAGS[name]}`;
}

async function create(server: PostgresServer, planned: Values, writeOnly: Values): Promise<string> {
  const name = textOf(planned, "name");
  const flags = Object.keys(FLAGS) as (keyof typeof FLAGS)[];
  const options = [
    ...passwordOption(planned, writeOnly),
    `VALID UNTIL ${quoteText(validUntil(planned) || "infinity")}`,
    `CONNECTION LIMIT ${numberOf(planned, "connectionLimit")}`,
    ...flags.map((flag) => flagOf(planned, flag)),
  ];
  await server.transaction(server.database, async (sql) => {
    await prefixed(`error creating role ${name}`, () =>
      sql.run(`CREATE ROLE ${quoteName(name)} WITH ${options.join(" ")}`),
    );
    await grantRoles(sql, planned);
    await setSearchPath(sql, planned);
    if (numberOf(planned, "statementTimeout") !== 0) await setTimeout(sql, planned, "statementTimeout");
    if (numberOf(planned, "idleInTransactionSessionTimeout") !== 0) {
      await setTimeout(sql, planned, "idleInTransactionSessionTimeout");
    }
    if (textOf(planned, "assumeRole") !== "") await setAssumedRole(sql, planned);
  });
  return name;
}

function passwordOption(planned: Values, writeOnly: Values): string[] {
  const password = textOf(planned, "password") || textOf(writeOnly, "passwordWo");
  if (password === "") return [];
  if (password.toUpperCase() === "NULL") return ["PASSWORD NULL"];
  return [isTrue(planned, "encryptedPassword") ? "ENCRYPTED" : "UNENCRYPTED", `PASSWORD ${quoteText(password)}`];
}

function validUntil(values: Values): string {
  const until = textOf(values, "validUntil");
  return until.toLowerCase() === "infinity" ? "infinity" : until;
}

async function grantRoles(sql: Sql, values: Values): Promise<void> {
  const member = textOf(values, "name");
  for (const granted of inProviderOrder(itemsOf(values, "roles"))) {
    await prefixed(`could not grant role ${granted} to ${member}`, () =>
      sql.run(`GRANT ${quoteName(granted)} TO ${quoteName(member)}`),
    );
  }
}

async function revokeRoles(sql: Sql, values: Values): Promise<void> {
  const member = textOf(values, "name");
  const rows = await sql.run(
    "SELECT DISTINCT pg_get_userbyid(roleid) AS role FROM pg_auth_members WHERE pg_get_userbyid(member) = $1",
    [member],
  );
  for (const { role: granted } of rows) {
    await prefixed(`could not revoke role ${String(granted)} from ${member}`, () =>
      sql.run(`REVOKE ${quoteName(String(granted))} FROM ${quoteName(member)}`),
    );
  }
}

async function setSearchPath(sql: Sql, values: Values): Promise<void> {
  const name = textOf(values, "name");
  const schemas = itemsOf(values, "searchPaths");
  const wrong = schemas.find((item) => item.includes(", "));
  if (wrong !== undefined) throw new Error(`search_path cannot contain \`, \`: ${wrong}`);
  const path = schemas.length === 0 ? "DEFAULT" : schemas.map(quoteName).join(", ");
  await prefixed(`could not set search_path ${path} for ${name}`, () =>
    sql.run(`ALTER ROLE ${quoteName(name)} SET search_path TO ${path}`),
  );
}

const TIMEOUTS = {
  statementTimeout: "statement_timeout",
  idleInTransactionSessionTimeout: "idle_in_transaction_session_timeout",
} as const;

async function setTimeout(sql: Sql, values: Values, attribute: keyof typeof TIMEOUTS): Promise<void> {
  const [name, setting, milliseconds] = [textOf(values, "name"), TIMEOUTS[attribute], numberOf(values, attribute)];
  if (milliseconds === 0) {
    await prefixed(`could not reset ${setting} for ${name}`, () =>
      sql.run(`ALTER ROLE ${quoteName(name)} RESET ${setting}`),
    );
  } else {
    await prefixed(`could not set ${setting} ${milliseconds} for ${name}`, () =>
      sql.run(`ALTER ROLE ${quoteName(name)} SET ${setting} TO ${milliseconds}`),
    );
  }
}

async function setAssumedRole(sql: Sql, values: Values): Promise<void> {
  const [name, assumed] = [textOf(values, "name"), textOf(values, "assumeRole")];
  if (assumed === "") {
    await prefixed(`could not reset role for ${name}`, () => sql.run(`ALTER ROLE ${quoteName(name)} RESET ROLE`));
  } else {
    await prefixed(`could not set role ${assumed} for ${name}`, () =>
      sql.run(`ALTER ROLE ${quoteName(name)} SET ROLE TO ${quoteName(assumed)}`),
    );
  }
}

async function update(server: PostgresServer, change: ResourceChange): Promise<string> {
  const { prior, planned } = change;
  const name = textOf(planned, "name");
  await server.transaction(server.database, async (sql) => {
    await lockRole(sql, textOf(prior, "name"));
    if (hasChanged(change, "name")) await rename(sql, textOf(prior, "name"), name);
    await setPassword(sql, change);
    await setOptions(sql, change);
    await revokeRoles(sql, planned);
    await grantRoles(sql, planned);
    await setSearchPath(sql, planned);
    if (hasChanged(change, "statementTimeout")) await setTimeout(sql, planned, "statementTimeout");
    if (hasChanged(change, "idleInTransactionSessionTimeout")) {
      await setTimeout(sql, planned, "idleInTransactionSessionTimeout");
    }
    if (hasChanged(change, "assumeRole")) await setAssumedRole(sql, planned);
  });
  return name;
}

async function rename(sql: Sql, before: string, after: string): Promise<void> {
  if (after === "") throw new Error("error setting role name to an empty string");
  await prefixed("error updating role NAME", () =>
    sql.run(`ALTER ROLE ${quoteName(before)} RENAME TO ${quoteName(after)}`),
  );
}

async function setPassword(sql: Sql, change: ResourceChange): Promise<void> {
  const { planned, writeOnly } = change;
  const secret = textOf(writeOnly, "passwordWo");
  const isDue =
    secret === ""
      ? hasChanged(change, "password") || hasChanged(change, "name")
      : hasChanged(change, "passwordWoVersion");
  const password = secret || textOf(planned, "password");
  if (!isDue || password === "") return;
  const name = quoteName(textOf(planned, "name"));
  await prefixed("error updating role password", () => sql.run(`ALTER ROLE ${name} PASSWORD ${quoteText(password)}`));
}

async function setOptions(sql: Sql, change: ResourceChange): Promise<void> {
  const { planned } = change;
  const name = quoteName(textOf(planned, "name"));
  const set = (what: string, option: string) =>
    prefixed(`error updating role ${what}`, () => sql.run(`ALTER ROLE ${name} ${option}`));
  if (hasChanged(change, "connectionLimit")) {
    await set("CONNECTION LIMIT", `CONNECTION LIMIT ${numberOf(planned, "connectionLimit")}`);
  }
  for (const flag of Object.keys(FLAGS) as (keyof typeof FLAGS)[]) {
    if (hasChanged(change, flag)) await set(FLAGS[flag], `WITH ${flagOf(planned, flag)}`);
  }
  const until = validUntil(planned);
  if (hasChanged(change, "validUntil") && until !== "") await set("VALID UNTIL", `VALID UNTIL ${quoteText(until)}`);
}

async function remove(server: PostgresServer, { values }: Resource): Promise<void> {
  const name = textOf(values, "name");
  await server.transaction(server.database, async (sql) => {
    await lockRole(sql, name);
    if (!isTrue(values, "skipReassignOwned")) {
      await withMembership(sql, [name], async () => {
        const heir = server.username;
        await prefixed(`could not reassign owned by role ${name} to ${heir}`, () =>
          sql.run(`REASSIGN OWNED BY ${quoteName(name)} TO ${quoteName(heir)}`),
        );
        await prefixed(`could not drop owned by role ${name}`, () => sql.run(`DROP OWNED BY ${quoteName(name)}`));
      });
    }
    if (!isTrue(values, "skipDropRole")) {
      await prefixed(`could not delete role ${name}`, () => sql.run(`DROP ROLE ${quoteName(name)}`));
    }
  });
}

/** By its id: a role that the provider renamed keeps the id it was made with, which is then no longer found. */
async function read(server: PostgresServer, { id, values }: Resource): Promise<Resource | undefined> {
  return server.session(async (sql) => {
    const [row] = await sql.run(
      `SELECT ARRAY(SELECT pg_get_userbyid(roleid)::text FROM pg_auth_members WHERE member = pg_roles.oid) AS roles,
              rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolconnlimit,
              coalesce(rolvaliduntil::text, 'infinity') AS until, rolconfig, rolreplication, rolbypassrls
         FROM pg_roles WHERE rolname = $1`,
      [id],
    );
    if (row === undefined) return undefined;
    const kept = {
      skipDropRole: isTrue(values, "skipDropRole"),
      skipReassignOwned: isTrue(values, "skipReassignOwned"),
    };
    const found = { ...values, ...kept, ...foundValues(row) };
    if (textOf(values, "password") === "") return { id, values: found };
    return { id, values: { ...found, password: await readPassword(sql, server, id, found) } };
  });
}

function foundValues(row: Row): Values {
  const configured = (row["rolconfig"] as readonly string[] | null) ?? [];
  const setting = (name: string): string | undefined =>
    configured.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
  const path = setting("search_path");
  return {
    name: row["rolname"] as Value,
    superuser: row["rolsuper"] as Value,
    inherit: row["rolinherit"] as Value,
    createRole: row["rolcreaterole"] as Value,
    createDatabase: row["rolcreatedb"] as Value,
    login: row["rolcanlogin"] as Value,
    connectionLimit: row["rolconnlimit"] as Value,
    validUntil: row["until"] as Value,
    replication: row["rolreplication"] as Value,
    bypassRowLevelSecurity: row["rolbypassrls"] as Value,
    encryptedPassword: true,
    roles: [...new Set(row["roles"] as readonly string[])].sort(),
    searchPaths: path === undefined ? [] : path.split(", ").map((part) => part.replace(/^"+|"+$/g, "")),
    assumeRole: setting("role") ?? "",
    statementTimeout: Number(setting("statement_timeout") ?? 0),
    idleInTransactionSessionTimeout: Number(setting("idle_in_transaction_session_timeout") ?? 0),
  };
}

/** What the server keeps of a password cannot be compared with it but for md5: a password that was given is taken to be the one. */
async function readPassword(sql: Sql, server: PostgresServer, id: string, values: Values): Promise<string> {
  const given = textOf(values, "password");
  if (!isTrue(values, "login") || !server.isSuperuser) return given;
  const [user] = await sql.run("SELECT rolsuper FROM pg_roles WHERE rolname = current_user");
  if (user?.["rolsuper"] !== true) {
    throw new Error(
      `could not read role password from Postgres as connected user ${server.username} is not a SUPERUSER. ` +
        "You can set `superuser = false` in the provider configuration so it will not try to read the password from Postgres",
    );
  }
  const [row] = await sql.run("SELECT coalesce(passwd, '') AS kept FROM pg_shadow WHERE usename = $1", [id]);
  const kept = textOf({ kept: (row?.["kept"] as Value | undefined) ?? "" }, "kept");
  if (/^(?:md5|SCRAM-SHA-256)/.test(given)) return kept;
  const md5 = `md5${createHash("md5")
    .update(given + id)
    .digest("hex")}`;
  return kept === md5 || kept.startsWith("SCRAM-SHA-256") ? given : kept;
}
