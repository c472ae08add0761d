import type { ResourceType } from "./resource-type.js";
import { database } from "./resources/database.js";
import { defaultPrivileges } from "./resources/default-privileges.js";
import { extension } from "./resources/extension.js";
import { grantRole } from "./resources/grant-role.js";
import { grant } from "./resources/grant.js";
import { role } from "./resources/role.js";
import { schema } from "./resources/schema.js";

/** What the stand-in has of the official plugin. */
const TYPES: Readonly<Record<string, ResourceType>> = {
  "postgresql:index/database:Database": database,
  "postgresql:index/defaultPrivileges:DefaultPrivileges": defaultPrivileges,
  "postgresql:index/extension:Extension": extension,
  "postgresql:index/grant:Grant": grant,
  "postgresql:index/grantRole:GrantRole": grantRole,
  "postgresql:index/role:Role": role,
  "postgresql:index/schema:Schema": schema,
};

/** @throws Error for a type that needs the official plugin */
export function resourceTypeOf(urn: string): ResourceType {
  const token = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const type = TYPES[token];
  if (type !== undefined) return type;
  throw new Error(`the stand-in for the postgresql plugin has no resource ${token}; it needs the official plugin`);
}

/** The resource's own name. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
