import { HoldfastError } from "../core/errors.js";
import type { LockTarget } from "../core/lock-targets.js";
import { ServerError, type RunContext } from "../core/ports.js";
import {
  findHolders,
  findLockedRelations,
  findOpenTransactions,
  type LockedRelation,
  type LockHolder,
} from "./find-holders.js";
import { deadlineExceeded, describeHolder, lockWaitInterrupted } from "./lock-errors.js";

/** What is about to be locked. */
export interface LockedWork {
  /** The file's name, for reports. */
  readonly file: string;
  /** Names alone count as ACCESS EXCLUSIVE, foreign keys included; `lockTargets` knows it better. */
  readonly tables: readonly (string | LockTarget)[];
}

/** A transaction older than this many lock timeouts will hardly end within the next one. */
const OLD_IN_TIMEOUTS = 5;
/** How often old holders are looked for again. */
const LOOK_AGAIN_MS = 75;
/**
 * After that long behind old holders it is tried all the same, at the price of one lock timeout for the clients: what is
 * looked at may be more than what the statement locks.
 */
const TRY_ANYWAY_MS = 15_000;
/** Pause between tries: doubles from the lock timeout up to this. */
const LONGEST_PAUSE_MS = 400;
const REPORT_EVERY_MS = 1000;

/**
 * Runs `attempt` when nobody has held the tables for long, with a short lock_timeout, and repeats it whole when it meets a
 * lock (55P03) or a deadlock (40P01), until the deadline of the policy: no client ever waits behind it longer than one lock
 * timeout. The statements of `prelude` must run first inside the transaction of the attempt, which must be rolled back
 * before the attempt throws.
 * @throws HoldfastError deadline_exceeded, naming who holds the locks; interrupted; whatever else the attempt throws
 */
export async function withLockDiscipline<T>(
  ctx: RunContext,
  work: LockedWork,
  attempt: (prelude: readonly string[]) => Promise<T>,
): Promise<T> {
  const now = ctx.clock.now().getTime();
  const relations = await findLockedRelations(ctx.session, work.tables);
  const wait: LockWait = { ctx, file: work.file, relations, startedAt: now, triedAt: now, reportedAt: 0, tries: 0 };
  for (;;) {
    const prelude = await waitForOldHolders(wait);
    wait.tries++;
    try {
      return await attempt(prelude);
    } catch (error) {
      if (!isLockConflict(error)) throw error;
      await pauseAfterConflict(wait, error);
    }
  }
}

/** lock_not_available or deadlock_detected, also inside an error that already names the statement. */
export function isLockConflict(error: unknown): boolean {
  const sqlState =
    error instanceof ServerError ? error.sqlState : error instanceof HoldfastError ? error.details.sqlState : undefined;
  return sqlState === "55P03" || sqlState === "40P01";
}

interface LockWait {
  readonly ctx: RunContext;
  readonly file: string;
  readonly relations: readonly LockedRelation[];
  readonly startedAt: number;
  triedAt: number;
  reportedAt: number;
  tries: number;
}

/** Gives the prelude of the next try. */
async function waitForOldHolders(wait: LockWait): Promise<string[]> {
  const { ctx, relations } = wait;
  for (;;) {
    if (ctx.signal.aborted) throw lockWaitInterrupted(wait.file);
    const holders = await findHolders(ctx.session, relations);
    const old = holders.filter((holder) => isInTheWay(holder, ctx.policy.lockTimeoutMs));
    const now = ctx.clock.now().getTime();
    const isPatient = now - wait.triedAt < TRY_ANYWAY_MS;
    if (old.length === 0 || (!isPatient && !old.some(({ autovacuum }) => autovacuum === "wraparound"))) {
      wait.triedAt = now;
      return preludeFor(holders, ctx.policy.lockTimeoutMs);
    }
    if (isTooLate(wait)) throw deadlineExceeded(wait, old);
    report(wait, old);
    await ctx.clock.sleep(LOOK_AGAIN_MS * (0.5 + ctx.clock.random()), ctx.signal);
  }
}

/** A holder that will not be gone in a moment. An ordinary autovacuum gives way when it is asked to. */
function isInTheWay({ autovacuum, preparedName, ageMs }: LockHolder, lockTimeoutMs: number): boolean {
  if (autovacuum !== "none") return autovacuum === "wraparound";
  return preparedName !== null || (ageMs !== null && ageMs > OLD_IN_TIMEOUTS * lockTimeoutMs);
}

/**
 * Autovacuum gives way to whoever has waited deadlock_timeout for it (manual, "The Autovacuum Daemon"); a short timeout
 * alone never waits that long. SHARE UPDATE EXCLUSIVE lets reads and writes pass meanwhile, and keeps autovacuum away after.
 */
function preludeFor(holders: readonly LockHolder[], lockTimeoutMs: number): string[] {
  const vacuumed = holders.flatMap(({ autovacuum, relation }) =>
    autovacuum === "ordinary" && relation?.isTable === true ? relation.name : [],
  );
  const names = [...new Set(vacuumed)];
  const yielding = names.map((name) => `LOCK TABLE ONLY ${name} IN SHARE UPDATE EXCLUSIVE MODE`);
  return [
    ...(yielding.length > 0 ? [LONGER_THAN_DEADLOCK_TIMEOUT, ...yielding] : []),
    `SET LOCAL lock_timeout = ${lockTimeoutMs}`,
  ];
}

const LONGER_THAN_DEADLOCK_TIMEOUT = `SELECT set_config('lock_timeout',
  (extract(epoch FROM current_setting('deadlock_timeout')::interval) * 1000 + 2000)::int::text, true)`;

async function pauseAfterConflict(wait: LockWait, error: unknown): Promise<void> {
  const { ctx, relations, tries } = wait;
  if (ctx.signal.aborted) throw lockWaitInterrupted(wait.file);
  const holders = await findHolders(ctx.session, relations);
  if (isTooLate(wait)) {
    throw deadlineExceeded(wait, holders.length > 0 ? holders : await findOpenTransactions(ctx.session), error);
  }
  report(wait, holders);
  const pauseMs = Math.min(LONGEST_PAUSE_MS, ctx.policy.lockTimeoutMs * 2 ** tries);
  await ctx.clock.sleep(pauseMs * (0.5 + ctx.clock.random() / 2), ctx.signal);
}

function isTooLate({ ctx, startedAt }: LockWait): boolean {
  return ctx.clock.now().getTime() - startedAt >= ctx.policy.strongLockDeadlineMs;
}

function report(wait: LockWait, holders: readonly LockHolder[]): void {
  const now = wait.ctx.clock.now().getTime();
  if (now - wait.reportedAt < REPORT_EVERY_MS) return;
  wait.reportedAt = now;
  const blockers = holders.map(describeHolder);
  wait.ctx.progress({ kind: "lock-retry", file: wait.file, attempt: wait.tries, blockers });
}
