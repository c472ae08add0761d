import { quoteIdentifier } from "../quote-identifier.js";
import {
  PUBLIC,
  type AccessFacts,
  type GrantFact,
  type ObjectGrantFact,
  type ObjectKind,
  type RoleFact,
} from "./access-facts.js";
import { ENGINE_TABLE_LIMITS, limitedTo } from "./engine-privileges.js";
import type { Acl, PresentAccess, PresentObject, PresentRole } from "./present-access.js";

/** One statement that brings a database nearer to the facts. */
export interface AccessDifference {
  readonly part: "role" | "membership" | "schema" | "database" | "default privileges" | "object";
  readonly sql: string;
  /** It can only be run with the rights of the owner's role. */
  readonly needsOwner: boolean;
}

/** All statements that are missing, in an order in which they can run; empty where everything is as it should be. */
export function compareAccess(facts: AccessFacts, present: PresentAccess): AccessDifference[] {
  return [
    ...facts.roles.flatMap((role) => roleDifferences(role, present.roles)),
    ...facts.roles.flatMap((role) => membershipDifferences(role, present.roles)),
    ...facts.schemas.flatMap((schema) => missingSchema(schema, facts, present)),
    ...facts.databaseGrants.flatMap((grant) => databaseDifferences(grant, present)),
    ...facts.schemaGrants.flatMap((grant) => schemaDifferences(grant, facts, present)),
    ...facts.defaultPrivileges.flatMap((grant) => defaultDifferences(grant, facts, present)),
    ...objectDifferences(facts, present),
  ];
}

function roleDifferences(fact: RoleFact, roles: readonly PresentRole[]): AccessDifference[] {
  const role = quoteIdentifier(fact.name);
  const present = roles.find(({ name }) => name === fact.name);
  const login = fact.canLogin ? "LOGIN" : "NOLOGIN";
  const inherit = fact.inherits ? "INHERIT" : "NOINHERIT";
  if (present === undefined) return [difference("role", `CREATE ROLE ${role} ${login} ${inherit}`)];
  const wanted = [
    ...(present.canLogin === fact.canLogin ? [] : [login]),
    ...(present.inherits === fact.inherits ? [] : [inherit]),
    ...(present.isPowerful ? ["NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"] : []),
  ];
  return wanted.length === 0 ? [] : [difference("role", `ALTER ROLE ${role} ${wanted.join(" ")}`)];
}

function membershipDifferences(fact: RoleFact, roles: readonly PresentRole[]): AccessDifference[] {
  const present = roles.find(({ name }) => name === fact.name)?.memberOf ?? [];
  const role = quoteIdentifier(fact.name);
  return [
    ...fact.memberOf
      .filter((name) => !present.includes(name))
      .map((name) => difference("membership", `GRANT ${quoteIdentifier(name)} TO ${role}`)),
    ...present
      .filter((name) => !fact.memberOf.includes(name))
      .map((name) => difference("membership", `REVOKE ${quoteIdentifier(name)} FROM ${role}`)),
  ];
}

function missingSchema(schema: string, { ownerRole }: AccessFacts, { schemas }: PresentAccess): AccessDifference[] {
  if (schemas.some(({ name }) => name === schema)) return [];
  const sql = `CREATE SCHEMA ${quoteIdentifier(schema)} AUTHORIZATION ${quoteIdentifier(ownerRole)}`;
  return [{ part: "schema", sql, needsOwner: true }];
}

function databaseDifferences(grant: GrantFact, { databaseAcl, database }: PresentAccess): AccessDifference[] {
  const on = `DATABASE ${quoteIdentifier(database)}`;
  return grantDifferences(grant, databaseAcl, on).map((sql) => difference("database", sql));
}

/** Of a schema that does not exist yet the owner has everything, and nobody else anything. */
function schemaDifferences(
  grant: GrantFact & { readonly schema: string },
  { ownerRole }: AccessFacts,
  { schemas }: PresentAccess,
): AccessDifference[] {
  const acl = schemas.find(({ name }) => name === grant.schema)?.acl ?? { [ownerRole]: ["CREATE", "USAGE"] };
  const on = `SCHEMA ${quoteIdentifier(grant.schema)}`;
  return grantDifferences(grant, acl, on).map((sql) => ({ part: "schema", sql, needsOwner: true }));
}

function defaultDifferences(
  grant: AccessFacts["defaultPrivileges"][number],
  { ownerRole }: AccessFacts,
  { defaultPrivileges }: PresentAccess,
): AccessDifference[] {
  const { schema, kind } = grant;
  const present = defaultPrivileges.find((entry) => entry.schema === schema && entry.kind === kind)?.acl;
  // What PostgreSQL gives where nothing was altered (manual, "Privileges").
  const acl = present ?? (schema === null && kind === "function" ? { [PUBLIC]: ["EXECUTE"] } : {});
  const where = schema === null ? "" : ` IN SCHEMA ${quoteIdentifier(schema)}`;
  const prefix = `ALTER DEFAULT PRIVILEGES FOR ROLE ${quoteIdentifier(ownerRole)}${where}`;
  return grantDifferences(grant, acl, `${kind.toUpperCase()}S`).map((sql) => ({
    part: "default privileges",
    sql: `${prefix} ${sql}`,
    needsOwner: true,
  }));
}

/** Statements for many objects at once: a database has more objects than roles. */
function objectDifferences(facts: AccessFacts, present: PresentAccess): AccessDifference[] {
  const reachable = present.objects.filter(({ isReachable }) => isReachable);
  const statements = new Map<string, { readonly begin: string; readonly end: string; readonly names: string[] }>();
  const add = (verb: "GRANT" | "REVOKE", privileges: readonly string[], object: PresentObject, role: string): void => {
    if (privileges.length === 0) return;
    const begin = `${verb} ${privileges.join(", ")} ON ${OBJECT_WORDS[object.kind]}`;
    const end = `${verb === "GRANT" ? "TO" : "FROM"} ${grantee(role)}`;
    const entry = statements.get(begin + end) ?? { begin, end, names: [] };
    statements.set(begin + end, entry);
    entry.names.push(`${quoteIdentifier(object.schema)}.${object.name}`);
  };
  for (const object of reachable) {
    for (const [role, wanted] of wantedOn(object, facts.objectGrants)) {
      const has = object.acl[role] ?? [];
      add("GRANT", without(wanted, has), object, role);
      add("REVOKE", without(has, wanted), object, role);
    }
  }
  return [...statements.values()].map(({ begin, end, names }) => ({
    part: "object",
    sql: `${begin} ${names.join(", ")} ${end}`,
    needsOwner: true,
  }));
}

/** Procedures are routines, too. */
const OBJECT_WORDS: Readonly<Record<ObjectKind, string>> = {
  table: "TABLE",
  sequence: "SEQUENCE",
  function: "ROUTINE",
};

/** Role to privileges. On the engine's tables it also names those who have too much and are no role of ours. */
function wantedOn(object: PresentObject, grants: readonly ObjectGrantFact[]): Map<string, readonly string[]> {
  const { schema, kind, engineTable, acl, owner } = object;
  const ours = grants.filter((grant) => grant.schema === schema && grant.kind === kind && grant.role !== owner);
  const wanted = new Map(ours.map(({ role, privileges }) => [role, limitedTo(engineTable, kind, privileges)]));
  if (engineTable === "none" || kind !== "table") return wanted;
  for (const [role, privileges] of Object.entries(acl)) {
    if (role === owner || wanted.has(role)) continue;
    wanted.set(
      role,
      privileges.filter((privilege) => ENGINE_TABLE_LIMITS[engineTable].includes(privilege)),
    );
  }
  return wanted;
}

function grantDifferences({ role, privileges }: GrantFact, acl: Acl, on: string): string[] {
  const has = acl[role] ?? [];
  const missing = without(privileges, has);
  const excess = without(has, privileges);
  return [
    ...(missing.length === 0 ? [] : [`GRANT ${missing.join(", ")} ON ${on} TO ${grantee(role)}`]),
    ...(excess.length === 0 ? [] : [`REVOKE ${excess.join(", ")} ON ${on} FROM ${grantee(role)}`]),
  ];
}

function without(all: readonly string[], taken: readonly string[]): string[] {
  return all.filter((each) => !taken.includes(each));
}

function grantee(role: string): string {
  return role === PUBLIC ? "PUBLIC" : quoteIdentifier(role);
}

function difference(part: AccessDifference["part"], sql: string): AccessDifference {
  return { part, sql, needsOwner: false };
}
