import { DEPLOY_LOCK_KEY } from "../core/deploy-lock.js";
import { HoldfastError } from "../core/errors.js";
import { ConnectionLost, type RunContext, type Session } from "../core/ports.js";

type LockWaiter = Pick<RunContext, "session" | "clock" | "progress" | "signal" | "policy" | "killPoint">;

const SHORTEST_PAUSE_MS = 100;
const REPORT_EVERY_MS = 5000;

/**
 * Keeps other deploys of this database out while `work` runs. The lock belongs to the session, so it ends with it, whatever
 * happens to the runner. It is asked for again and again, never waited for: a waiting statement would hold a snapshot, and
 * CREATE INDEX CONCURRENTLY of the deploy in front waits for those.
 * @throws HoldfastError lock_not_acquired, interrupted; whatever the work throws
 */
export async function withDeployLock<T>(waiter: LockWaiter, work: () => Promise<T>): Promise<T> {
  await acquire(waiter);
  waiter.killPoint("lock-taken");
  try {
    return await work();
  } finally {
    await release(waiter.session);
  }
}

async function acquire({ session, clock, progress, signal, policy: { deployWaitMs } }: LockWaiter): Promise<void> {
  const startedAt = clock.now().getTime();
  let reportedAt = -Infinity;
  for (;;) {
    if (await isTaken(session)) return;
    const waitedMs = clock.now().getTime() - startedAt;
    if (signal.aborted) throw interrupted();
    if (waitedMs >= deployWaitMs) throw notAcquired(await describeHolder(session), deployWaitMs);
    if (waitedMs - reportedAt >= REPORT_EVERY_MS) {
      reportedAt = waitedMs;
      progress({ kind: "waiting-for-deploy", holder: await describeHolder(session), waitedMs });
    }
    await clock.sleep(SHORTEST_PAUSE_MS * (1 + 2 * clock.random()), signal);
  }
}

async function isTaken(session: Session): Promise<boolean> {
  const [row] = await session.query("SELECT pg_try_advisory_lock($1::bigint) AS taken", [DEPLOY_LOCK_KEY]);
  return row?.["taken"] === "t";
}

/** A lost session has no lock left to give back. */
async function release(session: Session): Promise<void> {
  try {
    await session.query("SELECT pg_advisory_unlock($1::bigint)", [DEPLOY_LOCK_KEY]);
  } catch (error) {
    if (!(error instanceof ConnectionLost)) throw error;
  }
}

/** A bigint key stands in pg_locks as two halves, objsubid 1 (manual, pg_locks). */
const HOLDER = `
  SELECT l.pid, a.application_name AS application, date_trunc('second', a.backend_start)::text AS since
  FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
  WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
    AND (l.classid::bigint << 32 | l.objid::bigint) = $1::bigint`;

async function describeHolder(session: Session): Promise<string> {
  const [row] = await session.query(HOLDER, [DEPLOY_LOCK_KEY]);
  if (row === undefined) return "another deploy";
  const { pid, application, since } = row;
  return `the deploy of session ${pid ?? "?"}${application ? ` (${application})` : ""}${since == null ? "" : `, connected since ${since}`}`;
}

function notAcquired(holder: string, deployWaitMs: number): HoldfastError {
  const waited = `${Math.round(deployWaitMs / 1000)} s`;
  return new HoldfastError("lock_not_acquired", `After ${waited} ${holder} still works on this database.`, {
    next: "Wait for it to end, then deploy again: what it has done is not done twice.",
  });
}

function interrupted(): HoldfastError {
  return new HoldfastError("interrupted", "The run was stopped while it waited for another deploy.", {
    next: "Deploy again when you are ready; nothing was changed.",
  });
}
