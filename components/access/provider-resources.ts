import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
import type { AccessFacts, RoleFact } from "../../engine/core/access/access-facts.js";
import type { AccessFound } from "./look.js";

export interface ProviderResourcesArgs {
  /** The component's name, with which every child's begins. */
  readonly name: string;
  readonly parent: pulumi.Resource;
  readonly provider: pulumi.ProviderResource;
  readonly database: pulumi.Input<string>;
  /** Undefined where nobody could look. */
  readonly found: AccessFound | undefined;
  /** Names of the roles that this stack made or took over before. */
  readonly known: ReadonlySet<string>;
}

/**
 * The facts as resources of Pulumi's postgresql provider, less what it has no resource for: objects that are there already,
 * of which it would take the engine's own along.
 *
 * Each waits for the one before: the server refuses two changes of one ACL at once ("tuple concurrently updated"). None is ever
 * dropped with the stack or with its line in the program: what was granted stays until it is revoked as data.
 *
 * @returns the last one
 */
export function registerFacts(facts: AccessFacts, args: ProviderResourcesArgs): pulumi.Resource[] {
  const { name, parent, provider, database } = args;
  const made: pulumi.Resource[] = [];
  const options = (): pulumi.CustomResourceOptions => ({
    parent,
    provider,
    retainOnDelete: true,
    dependsOn: made.slice(-1),
  });
  for (const role of facts.roles) {
    made.push(
      new postgresql.Role(`${name}-role-${role.name}`, roleArgs(role), { ...options(), ...adoption(role, args) }),
    );
  }
  for (const schema of facts.schemas) {
    const wanted = { name: schema, database, owner: facts.ownerRole, ifNotExists: true, dropCascade: false };
    made.push(new postgresql.Schema(`${name}-schema-${schema}`, wanted, options()));
  }
  for (const { role, privileges } of facts.databaseGrants) {
    const grant = { database, role, objectType: "database", privileges: [...privileges], withGrantOption: false };
    made.push(new postgresql.Grant(`${name}-database-${role}`, grant, options()));
  }
  for (const { schema, role, privileges } of facts.schemaGrants) {
    const grant = { database, schema, role, objectType: "schema", privileges: [...privileges], withGrantOption: false };
    made.push(new postgresql.Grant(`${name}-schema-${schema}-${role}`, grant, options()));
  }
  for (const { schema, kind, role, privileges } of facts.defaultPrivileges) {
    const wanted = { database, role, owner: facts.ownerRole, objectType: kind, privileges: [...privileges] };
    made.push(
      new postgresql.DefaultPrivileges(
        `${name}-default-${schema ?? "all"}-${kind}-${role}`,
        { ...wanted, ...(schema !== null && { schema }), withGrantOption: false },
        options(),
      ),
    );
  }
  return made.slice(-1);
}

/** Memberships stand on the role: beside resources of their own the provider would take them away again at each refresh. */
function roleArgs({ name, canLogin, inherits, memberOf }: RoleFact): postgresql.RoleArgs {
  return {
    name,
    login: canLogin,
    inherit: inherits,
    roles: [...memberOf],
    superuser: false,
    createDatabase: false,
    createRole: false,
    replication: false,
    bypassRowLevelSecurity: false,
  };
}

/**
 * The provider makes a role and fails where one is there: one of an earlier stack, or the owner's, which comes with the
 * database. It is taken over as it is; what differs is mended by the command of this deploy, and the next one records it.
 */
function adoption(role: RoleFact, { found, known }: ProviderResourcesArgs): pulumi.CustomResourceOptions {
  const present = found?.roles.find(({ name }) => name === role.name);
  if (present === undefined || known.has(role.name)) return {};
  const differing = [
    ...(present.canLogin === role.canLogin ? [] : ["login"]),
    ...(present.inherits === role.inherits ? [] : ["inherit"]),
    ...([...present.memberOf].sort().join() === role.memberOf.join() ? [] : ["roles"]),
  ];
  return { import: role.name, ...(differing.length > 0 && { ignoreChanges: differing }) };
}
