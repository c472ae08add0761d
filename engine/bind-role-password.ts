import { openSecret } from "./adapters/aws/secret-store.js";
import type { LocalInstance } from "./adapters/local/instance-file.js";
import { ensureRolePasswords, rolePasswordFile } from "./adapters/local/role-passwords.js";
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
