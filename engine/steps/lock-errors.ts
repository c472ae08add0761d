import { HoldfastError } from "../core/errors.js";
import type { RunContext } from "../core/ports.js";
import type { LockHolder } from "./find-holders.js";

/** One holder in a line: who, what it does, for how long. Never its query, which may hold values. */
export function describeHolder(holder: LockHolder): string {
  const { relation, pid, preparedName, user, application, state, ageMs, autovacuum } = holder;
  const age = ageMs === null ? "" : ` for ${renderAge(ageMs)}`;
  const where = relation === null ? "" : ` on ${relation.name}`;
  if (preparedName !== null) return `prepared transaction '${preparedName}' of ${user ?? "?"}${where}${age}`;
  if (autovacuum !== "none") {
    const reason = autovacuum === "wraparound" ? " to prevent transaction ID wraparound" : "";
    return `autovacuum (pid ${pid ?? "?"})${where}${reason}${age}`;
  }
  const name = application === null || application === "" ? "" : `, ${application}`;
  const doing = state === null ? "" : `, ${state}`;
  return `pid ${pid ?? "?"} (${user ?? "?"}${name}${doing})${where}${age}`;
}

function renderAge(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 1) return "less than a second";
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

interface Waited {
  readonly ctx: RunContext;
  readonly file: string;
}

/** The locks were not to be had in the time of the policy. */
export function deadlineExceeded(
  { ctx, file }: Waited,
  holders: readonly LockHolder[],
  cause?: unknown,
): HoldfastError {
  const place = cause instanceof HoldfastError ? cause.details : {};
  const waited = renderAge(ctx.policy.strongLockDeadlineMs);
  const names = [...new Set(holders.flatMap(({ relation }) => relation?.name ?? []))].join(", ");
  const found = names === "" ? "Open meanwhile" : "Held by";
  const what = names === "" ? "a lock it needs" : `the lock on ${names}`;
  return new HoldfastError(
    "deadline_exceeded",
    `${file} did not get ${what} within ${waited}.`,
    {
      ...(place.location && { location: place.location }),
      ...(place.excerpt !== undefined && { excerpt: place.excerpt }),
      ...(place.redactedExcerpt !== undefined && { redactedExcerpt: place.redactedExcerpt }),
      ...(holders.length > 0 && { hint: `${found}: ${holders.map(describeHolder).join("; ")}.` }),
      next: nextSteps(holders),
    },
    { cause },
  );
}

function nextSteps(holders: readonly LockHolder[]): string {
  if (holders.some(({ autovacuum }) => autovacuum === "wraparound")) {
    return "This autovacuum does not give way, and ending it only delays it: let it finish (see pg_stat_progress_vacuum), then deploy again.";
  }
  const prepared = holders.flatMap(({ preparedName }) =>
    preparedName === null ? [] : [`COMMIT PREPARED or ROLLBACK PREPARED '${preparedName}'.`],
  );
  const pids = [...new Set(holders.flatMap(({ pid }) => pid ?? []))];
  const end = pids.map((pid) => `Wait for it, or end it: SELECT pg_terminate_backend(${pid}).`);
  return [...prepared, ...end, "Then deploy again."].join("\n");
}

export function lockWaitInterrupted(file: string): HoldfastError {
  return new HoldfastError("interrupted", `${file} was waiting for a lock when the run was stopped.`, {
    next: "Deploy again when you are ready.",
  });
}
