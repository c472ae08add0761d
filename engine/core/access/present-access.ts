import type { ObjectKind } from "./access-facts.js";
import type { EngineTable } from "./engine-privileges.js";

/** Who has what on one object: role (`public` for everybody) to sorted privileges. */
export type Acl = Readonly<Record<string, readonly string[]>>;

export interface PresentRole {
  readonly name: string;
  readonly canLogin: boolean;
  readonly inherits: boolean;
  /** SUPERUSER, CREATEDB, CREATEROLE, REPLICATION or BYPASSRLS. */
  readonly isPowerful: boolean;
  readonly memberOf: readonly string[];
}

export interface PresentObject {
  readonly schema: string;
  /** As GRANT names it within its schema: quoted, a function with the types of its arguments. */
  readonly name: string;
  readonly kind: ObjectKind;
  readonly engineTable: EngineTable;
  readonly owner: string;
  /** Whether this login may grant on it once it has the owner's role. */
  readonly isReachable: boolean;
  readonly acl: Acl;
}

/** What a database has, as far as facts can be compared with it. */
export interface PresentAccess {
  readonly database: string;
  /** Who looked. */
  readonly user: string;
  readonly isSuperuser: boolean;
  /** Whether the login has the rights of the owner's role without taking it first. */
  readonly hasOwnerRights: boolean;
  readonly serverVersionNum: number;
  readonly roles: readonly PresentRole[];
  readonly databaseAcl: Acl;
  readonly schemas: readonly { readonly name: string; readonly owner: string; readonly acl: Acl }[];
  /** Of the owner's role; PostgreSQL's own defaults where nothing was altered. */
  readonly defaultPrivileges: readonly {
    readonly schema: string | null;
    readonly kind: ObjectKind;
    readonly acl: Acl;
  }[];
  readonly objects: readonly PresentObject[];
}
