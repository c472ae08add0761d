import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import type { ConnectionSettings } from "../../core/connection-settings.js";
import type { DatabaseConnection } from "../../core/database-connection.js";
import { HoldfastError } from "../../core/errors.js";
import { dataRoot } from "./data-root.js";
import { findLocalInstance, type LocalInstance } from "./instance-file.js";
import { startLocalInstance } from "./instances.js";
import { readRolePassword } from "./role-passwords.js";

/** An instance as components and stacks name it: no path of this machine, no password. */
export function connectionOf(instance: LocalInstance): DatabaseConnection {
  const { root, project, name, host, port, database, user, ownerRole, resourceId, passwordFile } = instance;
  return {
    kind: "embedded",
    ...{ host, port, database, user, ownerRole, resourceId, project },
    instance: name,
    passwordFile: relative(root, passwordFile),
  };
}

/** How to open a session. The password is read at that moment, and never held longer than logging in takes. */
export function settingsOf(
  instance: LocalInstance,
  schema: string,
  { user = instance.user, ownerRole = instance.ownerRole }: RoleLogin = {},
): ConnectionSettings {
  const { host, port, database, passwordFile } = instance;
  const isSuperuser = user === instance.user;
  const password = async (): Promise<string> =>
    isSuperuser ? (await readFile(passwordFile, "utf8")).trim() : readRolePassword(instance, user);
  return { host, port, database, user, ownerRole, schema, password };
}

/** Who logs in and which role is taken; by default the superuser and the owner of the database. */
export type RoleLogin = Partial<Pick<DatabaseConnection, "user" | "ownerRole">>;

export type ConnectionIdentity = Pick<DatabaseConnection, "project" | "instance" | "resourceId"> & RoleLogin;

/**
 * The instance a connection means, running. Another database under the same name is not taken for it, unless that one took
 * its place by a switch.
 *
 * @throws HoldfastError unknown_instance where this data root has none of that identity; server_not_started
 */
export async function openConnection(
  { project, instance: name, resourceId }: ConnectionIdentity,
  root = dataRoot(),
): Promise<LocalInstance> {
  const instance = await findLocalInstance({ project, name, root });
  if (instance === undefined) throw missing(`${project}/${name}`, root);
  const isMeant = instance.resourceId === resourceId || instance.supersedes.includes(resourceId);
  if (!isMeant) throw exchanged(`${project}/${name}`, instance);
  await startLocalInstance(instance);
  return instance;
}

function missing(name: string, root: string): HoldfastError {
  return new HoldfastError(
    "unknown_instance",
    `The local database ${name}, which this stack made, is not below ${root}.`,
    {
      next:
        "If the stack was deployed on another machine: a local database stays there; use a stack of your own (`pulumi stack init`).\n" +
        "If its folder was removed: put it back, or restore a backup of it (`holdfast backups`).\n" +
        "To begin with an empty one: `pulumi destroy`, then deploy again.",
    },
  );
}

function exchanged(name: string, { directory }: LocalInstance): HoldfastError {
  return new HoldfastError(
    "unknown_instance",
    `The local database ${name} in ${directory} is not the one this stack made.`,
    {
      next: "Put the folder back that was there, or `pulumi destroy` and deploy again to take the present one over.",
    },
  );
}
