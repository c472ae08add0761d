import type { AccessRequest, AccessRole } from "./access-wish.js";

/** Every role of the server, as GRANT spells it. */
export const PUBLIC = "public";

export type ObjectKind = "table" | "sequence" | "function";
export const OBJECT_KINDS: readonly ObjectKind[] = ["table", "sequence", "function"];

export interface RoleFact {
  readonly name: string;
  readonly canLogin: boolean;
  /** Whether it has the rights of roles it is a member of without SET ROLE. */
  readonly inherits: boolean;
  readonly memberOf: readonly string[];
}

export interface GrantFact {
  readonly role: string;
  /** Exactly these; sorted. None: everything is taken away. */
  readonly privileges: readonly string[];
}

export interface SchemaGrantFact extends GrantFact {
  readonly schema: string;
}

/** Holds for every object of that kind in the schema but the engine's own. */
export interface ObjectGrantFact extends SchemaGrantFact {
  readonly kind: ObjectKind;
}

/** What objects that the owner makes later begin with. */
export interface DefaultPrivilegesFact extends GrantFact {
  /** Null: in every schema. */
  readonly schema: string | null;
  readonly kind: ObjectKind;
}

/** What must be true of a database, whoever brings it about. */
export interface AccessFacts {
  readonly ownerRole: string;
  readonly roles: readonly RoleFact[];
  /** To be made, for the owner, where they are missing. */
  readonly schemas: readonly string[];
  readonly databaseGrants: readonly GrantFact[];
  readonly schemaGrants: readonly SchemaGrantFact[];
  readonly defaultPrivileges: readonly DefaultPrivilegesFact[];
  readonly objectGrants: readonly ObjectGrantFact[];
}

/** Membership in it lets a role log in to RDS by an IAM token (AWS documentation, "Creating a database account using IAM"). */
const RDS_IAM = "rds_iam";

/**
 * The facts that a request asks for.
 *
 * Functions are taken from PUBLIC, which PostgreSQL gives every new one (manual, "Privileges"): one that runs with its owner's
 * rights would be everybody's way in.
 */
export function accessFactsOf(request: AccessRequest): AccessFacts {
  const { ownerRole, schemas, roles, isIsolated } = request;
  const granted = schemas.flatMap((schema) => roles.flatMap((role) => grantsIn(schema, role)));
  const publicFunctions = { kind: "function", role: PUBLIC, privileges: [] } as const;
  return {
    ownerRole,
    roles: [
      { name: ownerRole, canLogin: false, inherits: true, memberOf: [] },
      ...roles.map((role) => roleFact(role, request)),
    ],
    schemas: schemas.filter((schema) => schema !== PUBLIC),
    databaseGrants: [
      { role: ownerRole, privileges: ["CONNECT", "CREATE", "TEMPORARY"] },
      ...roles.map((role) => ({ role: role.name, privileges: databasePrivileges(role) })),
      ...(isIsolated ? [{ role: PUBLIC, privileges: [] }] : []),
    ],
    schemaGrants: schemas.flatMap((schema) => [
      { schema, role: ownerRole, privileges: ["CREATE", "USAGE"] },
      ...roles.map((role) => ({ schema, role: role.name, privileges: schemaPrivileges(schema, role) })),
      // Before PostgreSQL 15 everybody may create in it.
      ...(schema === "public" ? [{ schema, role: PUBLIC, privileges: ["USAGE"] }] : []),
    ]),
    defaultPrivileges: [{ ...publicFunctions, schema: null }, ...granted],
    objectGrants: [...schemas.map((schema) => ({ ...publicFunctions, schema })), ...granted],
  };
}

function roleFact(role: AccessRole, { ownerRole, login }: AccessRequest): RoleFact {
  const { name, canLogin, isRetired, isMigrator, memberOf } = role;
  const byToken = canLogin && login === "iam" ? [RDS_IAM] : [];
  const wanted = [...memberOf, ...byToken, ...(isMigrator ? [ownerRole] : [])];
  return { name, canLogin, inherits: !isMigrator, memberOf: isRetired ? [] : [...new Set(wanted)].sort() };
}

function databasePrivileges({ isRetired, canLogin, hasTemporaryTables }: AccessRole): string[] {
  if (isRetired) return [];
  return [...(canLogin ? ["CONNECT"] : []), ...(hasTemporaryTables ? ["TEMPORARY"] : [])];
}

/** A role without a privilege on any object of a schema does not need to look into it. */
function schemaPrivileges(schema: string, role: AccessRole): string[] {
  const isNeeded = privilegesIn(schema, role).some((privileges) => privileges.length > 0);
  return isNeeded ? ["USAGE"] : [];
}

function grantsIn(schema: string, role: AccessRole): (ObjectGrantFact & { readonly schema: string })[] {
  // It acts as the owner.
  if (role.isMigrator) return [];
  const privileges = privilegesIn(schema, role);
  return OBJECT_KINDS.map((kind, index) => ({ schema, kind, role: role.name, privileges: privileges[index] ?? [] }));
}

/** In the order of OBJECT_KINDS. */
function privilegesIn(schema: string, role: AccessRole): (readonly string[])[] {
  if (role.isRetired || !role.schemas.includes(schema)) return [[], [], []];
  return [role.tables, role.sequences, role.functions];
}
