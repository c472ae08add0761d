import type { AccessReport } from "../engine/index.js";

/** One row of `holdfast access show`: what a role has in the catalog, whatever it should have. */
export interface RoleDescription {
  readonly role: string;
  readonly login: boolean;
  readonly memberOf: readonly string[];
  /** `CONNECT, TEMPORARY` */
  readonly database: string;
  /** `public: USAGE` */
  readonly schemas: string;
  /** `DELETE, INSERT on 12; SELECT on 3 of 15` */
  readonly tables: string;
  readonly sequences: string;
  readonly functions: string;
}

const EVERYBODY = "public";

/** Each role that is asked for, the owner first, and everybody (PUBLIC) last. */
export function describeAccess({ facts, present }: AccessReport): RoleDescription[] {
  const names = [...facts.roles.map(({ name }) => name), EVERYBODY];
  return names.map((role) => {
    const found = present.roles.find(({ name }) => name === role);
    return {
      role: role === EVERYBODY ? "PUBLIC" : found === undefined ? `${role} (missing)` : role,
      login: found?.canLogin ?? false,
      memberOf: found?.memberOf ?? [],
      database: (present.databaseAcl[role] ?? []).join(", "),
      schemas: present.schemas
        .filter(({ acl }) => acl[role] !== undefined)
        .map(({ name, acl }) => `${name}: ${(acl[role] ?? []).join(", ")}`)
        .join("; "),
      tables: onObjects(role, "table", present),
      sequences: onObjects(role, "sequence", present),
      functions: onObjects(role, "function", present),
    };
  });
}

/** The same set of privileges is told once, with the number of objects that have it. */
function onObjects(role: string, kind: string, { objects }: AccessReport["present"]): string {
  const all = objects.filter((object) => object.kind === kind);
  const counts = new Map<string, number>();
  for (const { acl } of all) {
    const privileges = (acl[role] ?? []).join(", ");
    if (privileges !== "") counts.set(privileges, (counts.get(privileges) ?? 0) + 1);
  }
  return [...counts]
    .map(([privileges, count]) => `${privileges} on ${count === all.length ? count : `${count} of ${all.length}`}`)
    .join("; ");
}
