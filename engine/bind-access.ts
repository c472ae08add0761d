import { applyAccess, lookAtAccess, type AccessReport } from "./access.js";
import { ensureRolePasswords } from "./adapters/local/role-passwords.js";
import type { LocalInstance } from "./adapters/local/instance-file.js";
import { pgSessions } from "./adapters/pg-session.js";
import { systemClock } from "./adapters/system-clock.js";
import type { AccessRequest } from "./core/access/access-wish.js";
import type { ConnectionSettings } from "./core/connection-settings.js";
import { defaultPolicy } from "./core/migration.js";
import type { Progress, Session } from "./core/ports.js";
import { progressOf, signalOf } from "./run-context.js";

/** A database whose roles and grants are looked at or changed. */
export interface AccessTarget {
  /** Of a role that may make roles: the superuser, or on RDS the master user. It takes no other role. */
  readonly connection: ConnectionSettings;
  /** Set for an embedded database of this machine, whose passwords are made here. */
  readonly local?: LocalInstance;
}

export interface AccessWatch {
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export interface AppliedAccess extends AccessReport {
  /** Roles that were given the password of their file. */
  readonly passwordsSet: readonly string[];
}

/** What the database lacks of what is asked for. @throws HoldfastError connection_failed, authentication_failed */
export function lookAtDatabaseAccess(request: AccessRequest, target: AccessTarget): Promise<AccessReport> {
  return withSession(target, "read-only", (session) => lookAtAccess(session, request));
}

/** Brings the database to what is asked for; see access.ts. @throws HoldfastError */
export function applyDatabaseAccess(
  request: AccessRequest,
  target: AccessTarget,
  watch: AccessWatch = {},
): Promise<AppliedAccess> {
  return withSession(target, "migrate", async (session) => {
    const report = await applyAccess(
      {
        session,
        clock: systemClock,
        progress: progressOf(watch),
        signal: signalOf(watch),
        policy: defaultPolicy(""),
        killPoint: () => undefined,
      },
      request,
    );
    const logins = request.roles.filter(({ canLogin }) => canLogin && request.login === "file");
    const names = logins.map(({ name }) => name);
    const { local } = target;
    const passwordsSet = local === undefined ? [] : await ensureRolePasswords(local, session, names);
    return { ...report, passwordsSet };
  });
}

async function withSession<T>(
  { connection }: AccessTarget,
  purpose: "migrate" | "read-only",
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await pgSessions(connection).open(purpose);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
