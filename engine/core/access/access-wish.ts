/** What a role may do, beside what every role of its kind may. */
export interface DatabaseRole {
  /** Its name in the database: at most 63 letters, digits, `_`, `$` and `-`. Changing it later is refused. */
  readonly name?: string | undefined;
  /** Whether it may log in. In place. @default true */
  readonly login?: boolean | undefined;
  /** It can no longer log in and has no grant left; what it owns stays. In place, both ways. @default false */
  readonly retired?: boolean | undefined;
  /** In which schemas it has its privileges. In place. @default all of the component */
  readonly schemas?: string[] | undefined;
  /** On every table and view: SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER, MAINTAIN (PostgreSQL 17 on). In place. */
  readonly tables?: string[] | undefined;
  /** On every sequence: USAGE, SELECT, UPDATE. In place. */
  readonly sequences?: string[] | undefined;
  /** On every function and procedure: EXECUTE. In place. */
  readonly functions?: string[] | undefined;
  /** Whether it may make temporary tables. In place. */
  readonly temporaryTables?: boolean | undefined;
  /** Roles of the server it is a member of, for example `pg_signal_backend`. Exactly these. In place. */
  readonly memberOf?: string[] | undefined;
}

/** A role beside the four that every database has. It has no privilege that is not named. */
export interface NamedDatabaseRole extends DatabaseRole {
  /** Its name in the database, as above. Changing it later is refused. */
  readonly name: string;
}

/** Roles and grants of a database, as teams write them. */
export interface AccessWish {
  /** Begins the names of the four standard roles. @default "app" */
  readonly prefix?: string | undefined;
  /** Owns the objects and cannot log in. @default "<prefix>_owner" */
  readonly ownerRole?: string | undefined;
  /** Schemas of the application; those but `public` are made where they are missing. @default ["public"] */
  readonly schemas?: string[] | undefined;
  /** Whether PUBLIC, that is any role of the server, loses CONNECT and TEMPORARY on the database. @default true */
  readonly isolated?: boolean | undefined;
  /** Runs migrations. @default "<prefix>_migrator" */
  readonly migrator?: DatabaseRole | undefined;
  /** The application. @default "<prefix>_service" */
  readonly app?: DatabaseRole | undefined;
  /** People and reports. @default "<prefix>_read_only" */
  readonly readOnly?: DatabaseRole | undefined;
  /** Further roles. @default none */
  readonly roles?: NamedDatabaseRole[] | undefined;
}

/** How a role that may log in proves itself: a password in the data root, or a token of AWS, for which it needs `rds_iam`. */
export type LoginKind = "file" | "iam" | "none";

/** One role, with every default filled in. */
export interface AccessRole {
  readonly name: string;
  readonly canLogin: boolean;
  readonly isRetired: boolean;
  /** Takes the owner's role by SET ROLE, and inherits nothing. */
  readonly isMigrator: boolean;
  readonly schemas: readonly string[];
  readonly tables: readonly string[];
  readonly sequences: readonly string[];
  readonly functions: readonly string[];
  readonly hasTemporaryTables: boolean;
  readonly memberOf: readonly string[];
}

/** Roles and grants of a database, with every default filled in; what both executors work from. */
export interface AccessRequest {
  readonly ownerRole: string;
  readonly schemas: readonly string[];
  readonly isIsolated: boolean;
  readonly login: LoginKind;
  /** Migrator, app, readOnly, then the further ones. */
  readonly roles: readonly AccessRole[];
}

/** The names of the standard roles. */
export interface StandardRoles {
  readonly ownerRole: string;
  readonly migrator: string;
  readonly app: string;
  readonly readOnly: string;
}

const NOTHING = { tables: [], sequences: [], functions: [] } as const;

/** Beyond the owner's role the migrator sees who holds which lock, so that a deploy never stalls others. */
const MONITOR = "pg_monitor";

const APP = {
  tables: ["SELECT", "INSERT", "UPDATE", "DELETE"],
  sequences: ["SELECT", "USAGE"],
  functions: ["EXECUTE"],
} as const;

const READ_ONLY = { tables: ["SELECT"], sequences: ["SELECT"], functions: [] } as const;

export function standardRoles(wish: AccessWish): StandardRoles {
  const { prefix = "app" } = wish;
  return {
    ownerRole: wish.ownerRole ?? `${prefix}_owner`,
    migrator: wish.migrator?.name ?? `${prefix}_migrator`,
    app: wish.app?.name ?? `${prefix}_service`,
    readOnly: wish.readOnly?.name ?? `${prefix}_read_only`,
  };
}

/** Fills every default in. Faults are found by `accessFaults`. */
export function accessRequestOf(wish: AccessWish, login: LoginKind): AccessRequest {
  const { schemas = ["public"], migrator = {}, app = {}, readOnly = {}, roles = [] } = wish;
  const names = standardRoles(wish);
  const defaults = { ...NOTHING, schemas, login: true, temporaryTables: false, memberOf: [], isMigrator: false };
  return {
    ownerRole: names.ownerRole,
    schemas,
    isIsolated: wish.isolated ?? true,
    login,
    roles: [
      roleOf({ ...migrator, name: names.migrator }, { ...defaults, isMigrator: true, memberOf: [MONITOR] }),
      roleOf({ ...app, name: names.app }, { ...defaults, ...APP, temporaryTables: true }),
      roleOf({ ...readOnly, name: names.readOnly }, { ...defaults, ...READ_ONLY }),
      ...roles.map((role) => roleOf(role, defaults)),
    ],
  };
}

interface RoleDefaults extends Pick<AccessRole, "schemas" | "tables" | "sequences" | "functions" | "memberOf"> {
  readonly login: boolean;
  readonly temporaryTables: boolean;
  readonly isMigrator: boolean;
}

function roleOf(wish: NamedDatabaseRole, defaults: RoleDefaults): AccessRole {
  const pick = (key: "schemas" | "tables" | "sequences" | "functions" | "memberOf"): readonly string[] =>
    wish[key] ?? defaults[key];
  const isRetired = wish.retired ?? false;
  return {
    name: wish.name,
    canLogin: !isRetired && (wish.login ?? defaults.login),
    isRetired,
    isMigrator: defaults.isMigrator,
    schemas: pick("schemas"),
    tables: sorted(pick("tables")),
    sequences: sorted(pick("sequences")),
    functions: sorted(pick("functions")),
    hasTemporaryTables: wish.temporaryTables ?? defaults.temporaryTables,
    memberOf: sorted(pick("memberOf")),
  };
}

function sorted(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
