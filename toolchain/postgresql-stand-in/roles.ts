import { quoteName } from "./quote.js";
import type { Sql } from "./server.js";

export const PUBLIC = "public";

/** Two changes of one role, or of its members, never run at the same time. */
export async function lockRole(sql: Sql, role: string): Promise<void> {
  await sql.run("SET statement_timeout = 0");
  await sql.run("SELECT pg_advisory_xact_lock(oid::bigint) FROM pg_roles WHERE rolname = $1", [role]);
  await sql.run(
    "SELECT pg_advisory_xact_lock(member::bigint) FROM pg_auth_members JOIN pg_roles ON roleid = pg_roles.oid WHERE rolname = $1",
    [role],
  );
}

export async function lockDatabase(sql: Sql, database: string): Promise<void> {
  await sql.run("SET statement_timeout = 0");
  await sql.run("SELECT pg_advisory_xact_lock(oid::bigint) FROM pg_database WHERE datname = $1", [database]);
}

export async function roleExists(sql: Sql, role: string): Promise<boolean> {
  return (await sql.run("SELECT FROM pg_roles WHERE rolname = $1", [role])).length > 0;
}

/** 0: everybody. @throws Error where there is no such role */
export async function roleOid(sql: Sql, role: string): Promise<number> {
  if (role === PUBLIC) return 0;
  const [row] = await sql.run("SELECT oid::int8::text AS oid FROM pg_roles WHERE rolname = $1", [role]);
  if (row === undefined) throw new Error(`could not find oid for role ${role}: sql: no rows in result set`);
  return Number(row["oid"]);
}

export async function databaseExists(sql: Sql, database: string): Promise<boolean> {
  return (await sql.run("SELECT FROM pg_database WHERE datname = $1", [database])).length > 0;
}

export async function schemaExists(sql: Sql, schema: string): Promise<boolean> {
  return (await sql.run("SELECT FROM pg_namespace WHERE nspname = $1", [schema])).length > 0;
}

/** @throws Error where there is no such database */
export async function databaseOwner(sql: Sql, database: string): Promise<string> {
  const [row] = await sql.run(
    "SELECT rolname FROM pg_database JOIN pg_roles ON datdba = pg_roles.oid WHERE datname = $1",
    [database],
  );
  if (row === undefined) throw new Error(`could not find database '${database}' while looking for owner`);
  return String(row["rolname"]);
}

async function isSuperuser(sql: Sql, role: string): Promise<boolean> {
  const [row] = await sql.run("SELECT rolsuper FROM pg_roles WHERE rolname = $1", [role]);
  if (row === undefined) throw new Error(`could not check if role ${role} is superuser: sql: no rows in result set`);
  return row["rolsuper"] === true;
}

async function isMember(sql: Sql, role: string, member: string): Promise<boolean> {
  const text =
    "SELECT FROM pg_auth_members WHERE pg_get_userbyid(roleid) = $1 AND pg_get_userbyid(member) = $2 AND set_option";
  return (await sql.run(text, [role, member])).length > 0;
}

/** @returns false where there was nothing to do */
export async function grantMembership(sql: Sql, role: string, member: string): Promise<boolean> {
  if (role === member || (await isMember(sql, role, member))) return false;
  await prefixed(`error granting role ${role} to ${member}`, () =>
    sql.run(`GRANT ${quoteName(role)} TO ${quoteName(member)}`),
  );
  return true;
}

/** @returns false where there was nothing to do */
export async function revokeMembership(sql: Sql, role: string, member: string): Promise<boolean> {
  if (role === member || !(await isMember(sql, role, member))) return false;
  await prefixed(`error revoking role ${role} from ${member}`, () =>
    sql.run(`REVOKE ${quoteName(role)} FROM ${quoteName(member)}`),
  );
  return true;
}

/**
 * Runs `work` while the present user, where it is no superuser, is a member of these roles: it could not work on what is theirs
 * otherwise. A role cannot be a member of its member, so the other direction goes away for as long.
 */
export async function withMembership(sql: Sql, roles: readonly string[], work: () => Promise<void>): Promise<void> {
  if (roles.length === 0) return work();
  const [row] = await sql.run("SELECT current_user AS name");
  const user = String(row?.["name"]);
  if (await isSuperuser(sql, user)) return work();
  const granted: string[] = [];
  const revoked: string[] = [];
  for (const role of roles) {
    if (await isSuperuser(sql, role)) continue;
    if (await revokeMembership(sql, user, role)) revoked.push(role);
    if (await grantMembership(sql, role, user)) granted.push(role);
  }
  await work();
  for (const role of granted) await revokeMembership(sql, role, user);
  for (const role of revoked) if (await roleExists(sql, role)) await grantMembership(sql, user, role);
}

/** @throws Error `<what>: <its message>` for whatever `work` throws */
export async function prefixed<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
