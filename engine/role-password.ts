import { randomBytes } from "node:crypto";
import type { AccessContext } from "./access.js";
import { HoldfastError } from "./core/errors.js";
import { ServerError, type Session } from "./core/ports.js";
import { quoteIdentifier, quoteLiteral } from "./core/quote-identifier.js";
import type { RoleCredential } from "./core/role-credential.js";
import { scramVerifier } from "./core/scram-verifier.js";
import { withDeployLock } from "./steps/hold-deploy-lock.js";

/** Where the password of one role is kept. */
export interface RoleSecret {
  /** Undefined before the first one was made. @throws HoldfastError secret_unusable */
  current(): Promise<RoleCredential | undefined>;
  /** That of a rotation under way. @throws HoldfastError secret_unusable */
  pending(): Promise<RoleCredential | undefined>;
  put(credential: RoleCredential): Promise<void>;
}

export interface RolePasswordContext extends AccessContext {
  readonly secret: RoleSecret;
  /** Whether the server lets it in. */
  logsIn(credential: RoleCredential): Promise<boolean>;
}

/** `made`: there was none. `set`: the one that is kept was put on the server again. `kept`: it logs in. `rotating`: a rotation is under way, and its new one does. */
export type RolePasswordOutcome = "made" | "set" | "kept" | "rotating";

/**
 * Makes the password of a role where there is none, and sees to it that the one that is kept logs in. It is kept before the
 * server has it: whatever happens in between, the next run finds it. The server is sent a verifier only.
 *
 * @throws HoldfastError role_refused, secret_unusable, permission_denied, lock_not_acquired
 */
export async function ensureRolePassword(context: RolePasswordContext, role: string): Promise<RolePasswordOutcome> {
  await refuseUnfit(context.session, role);
  return withDeployLock(context, async () => {
    const present = await context.secret.current();
    if (present !== undefined && (await context.logsIn(present))) return "kept";
    const pending = present === undefined ? undefined : await context.secret.pending();
    if (pending !== undefined && (await context.logsIn(pending))) return "rotating";
    // Base64 for URLs: no character that a connection string, a shell or SASLprep (RFC 4013) would change.
    const credential = present ?? { username: role, password: randomBytes(32).toString("base64url") };
    if (present === undefined) await context.secret.put(credential);
    await setPassword(context.session, credential);
    if (!(await context.logsIn(credential))) throw notLetIn(role);
    return present === undefined ? "made" : "set";
  });
}

const LOOK = `
  SELECT r.rolcanlogin AS can_login, r.rolsuper AS is_superuser, r.rolname = session_user AS is_self,
    EXISTS (SELECT FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
            WHERE m.member = r.oid AND g.rolname = 'rds_iam') AS has_token
  FROM pg_catalog.pg_roles r WHERE r.rolname = $1`;

/** @throws HoldfastError role_refused for a role that cannot or must not log in by such a password */
export async function refuseUnfit(session: Session, role: string): Promise<void> {
  const [found] = await session.query(LOOK, [role]);
  if (found === undefined) {
    throw refused(
      `There is no role ${role}`,
      "Make it first: as a role of DatabaseAccess, or by holdfast access apply.",
    );
  }
  if (found["is_superuser"] === "t" || found["is_self"] === "t" || /^(rds|pg_)/.test(role)) {
    throw refused(
      `${role} administers the database`,
      "Its password is the server's own matter: RDS keeps and rotates the master user's. Choose a role of an application.",
    );
  }
  if (found["can_login"] !== "t") {
    throw refused(
      `${role} cannot log in`,
      "Let it: login: true in DatabaseAccess. A retired role stays without a password.",
    );
  }
  if (found["has_token"] === "t") {
    throw refused(
      `${role} logs in by IAM tokens`,
      "RDS takes no password of a member of rds_iam, and needs none. For a password revoke rds_iam from it.",
    );
  }
}

/** Neither the statement nor the server's words go into the error: both could hold the verifier. */
async function setPassword(session: Session, { username, password }: RoleCredential): Promise<void> {
  const verifier = scramVerifier({ password, salt: randomBytes(16) });
  try {
    await session.execute(`ALTER ROLE ${quoteIdentifier(username)} PASSWORD ${quoteLiteral(verifier)}`);
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    throw new HoldfastError("permission_denied", `The server did not take a new password of ${username}.`, {
      sqlState: error.sqlState,
      next: "Run it as the role that made this one (on RDS the master user): its password is kept, and is then put on the server.",
    });
  }
}

function refused(sentence: string, next: string): HoldfastError {
  return new HoldfastError("role_refused", `${sentence}.`, { next });
}

function notLetIn(role: string): HoldfastError {
  return refused(
    `${role} was given its password, and the server still does not let it in`,
    "Look at its CONNECT privilege, its expiry (VALID UNTIL) and pg_hba.conf. The password is kept; then run it again.",
  );
}
