import { accessRequestOf, type AccessRequest, type AccessRole, type AccessWish } from "./access-wish.js";

/** One thing wrong with a wish, as the component and the command line tell it. */
export interface AccessFault {
  /** `roles[2].tables`, as the wish spells it. */
  readonly property: string;
  readonly value: string;
  /** What would be right. */
  readonly allowed: string;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_$-]{0,62}$/;
const NAME_RULE =
  'a name of at most 63 letters, digits, "_", "$" and "-" that begins with a letter or "_", not with "pg_"';
/** `pg_` is kept for the server, and these are key words where a role's name stands (PostgreSQL manual, CREATE ROLE). */
const TAKEN_NAMES = new Set(["public", "none", "current_user", "current_role", "session_user"]);

const PRIVILEGES = {
  tables: ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"],
  sequences: ["USAGE", "SELECT", "UPDATE"],
  functions: ["EXECUTE"],
} as const;

/** Everything wrong with a wish, all at once; empty where it can be carried out. */
export function accessFaults(wish: AccessWish): AccessFault[] {
  const request = accessRequestOf(wish, "none");
  return [
    ...nameFaults("ownerRole", request.ownerRole),
    ...schemaFaults(request.schemas),
    ...request.roles.flatMap((role, index) => roleFaults(propertyOf(index), role, request)),
    ...duplicates(request),
  ];
}

const STANDARD = ["migrator", "app", "readOnly"];

function propertyOf(index: number): string {
  return STANDARD[index] ?? `roles[${index - STANDARD.length}]`;
}

function nameFaults(property: string, name: string): AccessFault[] {
  if (NAME.test(name) && !name.startsWith("pg_") && !TAKEN_NAMES.has(name.toLowerCase())) return [];
  return [{ property, value: name, allowed: NAME_RULE }];
}

/** Nobody's schemas: the server's and the engine's. */
const FOREIGN_SCHEMA = /^(pg_.*|information_schema|holdfast|holdfast_retired)$/;

function schemaFaults(schemas: readonly string[]): AccessFault[] {
  if (schemas.length === 0) return [{ property: "schemas", value: "none", allowed: "at least one schema" }];
  return schemas.flatMap((schema, index) => {
    const property = `schemas[${index}]`;
    if (schema === "" || schema.length > 63) return [{ property, value: schema, allowed: "1 to 63 letters" }];
    const allowed = "a schema of the application; pg_…, information_schema, holdfast and holdfast_retired are not";
    return FOREIGN_SCHEMA.test(schema) ? [{ property, value: schema, allowed }] : [];
  });
}

function roleFaults(property: string, role: AccessRole, { schemas }: AccessRequest): AccessFault[] {
  const kinds = Object.entries(PRIVILEGES) as [keyof typeof PRIVILEGES, readonly string[]][];
  return [
    ...nameFaults(`${property}.name`, role.name),
    ...kinds.flatMap(([kind, allowed]) =>
      role[kind]
        .filter((privilege) => !allowed.includes(privilege))
        .map((value) => ({ property: `${property}.${kind}`, value, allowed: `one of ${allowed.join(", ")}` })),
    ),
    ...role.schemas
      .filter((schema) => !schemas.includes(schema))
      .map((value) => ({ property: `${property}.schemas`, value, allowed: `one of schemas: ${schemas.join(", ")}` })),
    ...(role.isMigrator && role.isRetired
      ? [{ property: `${property}.retired`, value: "true", allowed: "false: without it no migration runs" }]
      : []),
  ];
}

function duplicates({ ownerRole, roles }: AccessRequest): AccessFault[] {
  const seen = new Set([ownerRole]);
  return roles.flatMap(({ name }, index) => {
    const isTaken = seen.has(name);
    seen.add(name);
    if (!isTaken) return [];
    return [{ property: `${propertyOf(index)}.name`, value: name, allowed: "a name that no other role here has" }];
  });
}
