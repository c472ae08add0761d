import { accessFactsOf, type AccessFacts } from "./core/access/access-facts.js";
import type { AccessRequest } from "./core/access/access-wish.js";
import { compareAccess, type AccessDifference } from "./core/access/compare-access.js";
import type { PresentAccess } from "./core/access/present-access.js";
import { HoldfastError } from "./core/errors.js";
import type { PipelineStep, RunContext, Session } from "./core/ports.js";
import { quoteIdentifier } from "./core/quote-identifier.js";
import { readAccess } from "./steps/access/read-access.js";
import { withDeployLock } from "./steps/hold-deploy-lock.js";

export type AccessContext = Pick<RunContext, "session" | "clock" | "progress" | "signal" | "policy" | "killPoint">;

/** What was found, and what was done about it. */
export interface AccessReport {
  readonly present: PresentAccess;
  readonly facts: AccessFacts;
  /** Statements that were missing. */
  readonly differences: readonly AccessDifference[];
}

/** What a database lacks of what is asked for; changes nothing. */
export async function lookAtAccess(session: Session, request: AccessRequest): Promise<AccessReport> {
  const facts = accessFactsOf(request);
  const present = await readAccess(session, facts);
  return { facts, present, differences: compareAccess(facts, present) };
}

/**
 * Brings roles and grants to what is asked for: only the statements that are missing, all in one transaction, while no deploy
 * is under way. Nothing to do: no lock, no transaction.
 *
 * @throws HoldfastError permission_denied, statement_failed, lock_not_acquired, interrupted
 */
export async function applyAccess(context: AccessContext, request: AccessRequest): Promise<AccessReport> {
  const { session } = context;
  const first = await lookAtAccess(session, request);
  if (first.differences.length === 0) return first;
  return withDeployLock(context, async () => {
    const report = await lookAtAccess(session, request);
    if (report.differences.length > 0) await run(session, report);
    return report;
  });
}

async function run(session: Session, report: AccessReport): Promise<void> {
  const steps = [{ sql: "BEGIN" }, ...stepsOf(report), { sql: "COMMIT" }];
  const { error, completed } = await session.pipeline(steps);
  if (error === undefined) return;
  await session.execute("ROLLBACK");
  const statement = steps[completed]?.sql ?? "";
  const { user } = report.present;
  if (error.sqlState !== "42501") {
    throw new HoldfastError("statement_failed", `${statement}: ${error.message}.`, {
      sqlState: error.sqlState,
      next: "Mend what the server names, then run again: nothing of it was kept.",
    });
  }
  throw new HoldfastError("permission_denied", `${user} may not run ${statement}: ${error.message}.`, {
    sqlState: error.sqlState,
    next:
      `Let a role do it that made these roles and owns the database (on RDS the master user), or allow it to ${user}.\n` +
      "Nothing was changed.",
  });
}

/**
 * Who is no superuser takes the owner's role for as long as that is needed: whoever made a role may grant it, and from
 * PostgreSQL 16 on has no further right by that (manual, CREATE ROLE, "createrole_self_grant").
 */
function stepsOf({ differences, facts: { ownerRole }, present }: AccessReport): PipelineStep[] {
  const byAdmin = differences.filter(({ needsOwner }) => !needsOwner).map(({ sql }) => ({ sql }));
  const byOwner = differences.filter(({ needsOwner }) => needsOwner).map(({ sql }) => ({ sql }));
  const isTaken = byOwner.length > 0 && !present.isSuperuser && !present.hasOwnerRights;
  if (!isTaken) return [...byAdmin, ...byOwner];
  const [owner, user] = [ownerRole, present.user].map(quoteIdentifier);
  const options = present.serverVersionNum >= 160000 ? " WITH INHERIT TRUE, SET TRUE" : "";
  return [
    ...byAdmin,
    { sql: `GRANT ${owner} TO ${user}${options}` },
    ...byOwner,
    { sql: `REVOKE ${owner} FROM ${user}` },
  ];
}
