import { openSecret } from "./adapters/aws/secret-store.js";
import type { LocalInstance } from "./adapters/local/instance-file.js";
import { ensureRolePasswords, rolePasswordFile } from "./adapters/local/role-passwords.js";
import { readNext, rotatePassword } from "./adapters/local/rotate-password.js";
import { pgSessions } from "./adapters/pg-session.js";
import { systemClock } from "./adapters/system-clock.js";
import type { AccessWatch } from "./bind-access.js";
import type { ConnectionSettings } from "./core/connection-settings.js";
import { HoldfastError } from "./core/errors.js";
import { defaultPolicy } from "./core/migration.js";
import type { Session } from "./core/ports.js";
import type { RoleCredential } from "./core/role-credential.js";
import { ensureRolePassword, refuseUnfit, type RolePasswordOutcome } from "./role-password.js";
import { progressOf, signalOf } from "./run-context.js";

export interface RolePasswordRequest {
  readonly role: string;
  /** Of who may change the role. It takes no other role. */
  readonly connection: ConnectionSettings;
}

/** As ensureRolePassword, in a secret of AWS Secrets Manager. @throws HoldfastError */
export async function ensureSecretPassword(
  { role, connection }: RolePasswordRequest,
  secretArn: string,
  watch: AccessWatch = {},
): Promise<RolePasswordOutcome> {
  const secret = await openSecret({ arn: secretArn, role });
  try {
    return await withAdmin(connection, (session) =>
      ensureRolePassword(
        {
          ...{ session, secret, clock: systemClock, policy: defaultPolicy("") },
          progress: progressOf(watch),
          signal: signalOf(watch),
          killPoint: () => undefined,
          logsIn: (credential) => logsIn(connection, credential),
        },
        role,
      ),
    );
  } finally {
    secret.close();
  }
}

/** In a file of this machine's data root, for an embedded database. @returns the file beside what was done */
export async function ensureLocalPassword(
  { role, connection }: RolePasswordRequest,
  local: LocalInstance,
): Promise<{ readonly file: string; readonly outcome: RolePasswordOutcome }> {
  const set = await withAdmin(connection, async (session) => {
    await refuseUnfit(session, role);
    return ensureRolePasswords(local, session, [role]);
  });
  return { file: rolePasswordFile(local, role), outcome: set.length > 0 ? "set" : "kept" };
}

/**
 * Another password for a role of an embedded database, the superuser too, in its file of the data root.
 *
 * @returns the file
 * @throws HoldfastError role_refused for a role that cannot log in
 */
export async function rotateLocalPassword(
  { role, connection }: RolePasswordRequest,
  local: LocalInstance,
): Promise<string> {
  return withAdmin(await adminOf(connection, local), async (session) => {
    if (role !== local.user) await refuseUnfit(session, role);
    return rotatePassword(local, session, role);
  });
}

/** Where a rotation of the superuser's own was cut off, the server may have the new password already. */
async function adminOf(connection: ConnectionSettings, local: LocalInstance): Promise<ConnectionSettings> {
  const next = await readNext(local, local.user);
  if (next === undefined) return connection;
  const isTaken = await logsIn(connection, { username: local.user, password: next });
  return isTaken ? { ...connection, password: next } : connection;
}

async function withAdmin<T>(connection: ConnectionSettings, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await pgSessions({ ...connection, ownerRole: "none" }).open("migrate");
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/** @throws HoldfastError connection_failed, which says nothing about the password */
async function logsIn(connection: ConnectionSettings, { username, password }: RoleCredential): Promise<boolean> {
  try {
    const session = await pgSessions({ ...connection, ownerRole: "none", user: username, password }).open("read-only");
    await session.close();
    return true;
  } catch (error) {
    if (error instanceof HoldfastError && error.code === "authentication_failed") return false;
    throw error;
  }
}
