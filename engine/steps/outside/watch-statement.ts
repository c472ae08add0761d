import type { RunContext, Session } from "../../core/ports.js";

const FIRST_LOOK_MS = 3000;
const LOOK_EVERY_MS = 5000;

/**
 * Runs one long statement, and looks at it from a second session meanwhile: reports how far an index build is and whom it
 * waits for, and cancels it when the run is stopped.
 */
export async function watched<T>(ctx: RunContext, file: string, action: () => Promise<T>): Promise<T> {
  const done = new AbortController();
  const watching = watch(ctx, file, done.signal);
  try {
    return await action();
  } finally {
    done.abort();
    await watching;
  }
}

async function watch(ctx: RunContext, file: string, done: AbortSignal): Promise<void> {
  const wake = AbortSignal.any([done, ctx.signal]);
  const opened: Session[] = [];
  try {
    for (let pauseMs = FIRST_LOOK_MS; await hasTime(ctx, pauseMs, { done, wake }); pauseMs = LOOK_EVERY_MS) {
      const session = opened[0] ?? (await ctx.sessions.open("watch"));
      if (opened.length === 0) opened.push(session);
      if (ctx.signal.aborted) {
        await session.query(CANCEL, [String(ctx.session.pid)]);
        return;
      }
      await look(ctx, session, file);
    }
  } catch {
    // Whoever only watches must not stop the work.
  } finally {
    for (const session of opened) await session.close();
  }
}

/** Waits; false once the statement is done. */
async function hasTime(
  ctx: RunContext,
  ms: number,
  { done, wake }: { readonly done: AbortSignal; readonly wake: AbortSignal },
): Promise<boolean> {
  await ctx.clock.sleep(ms, wake);
  return !done.aborted;
}

/** A role may cancel its own sessions only: the owner role is put aside for this statement. */
const CANCEL = `
WITH login AS MATERIALIZED (SELECT set_config('role', 'none', true) AS role)
SELECT pg_cancel_backend(CASE WHEN role IS NOT NULL THEN $1::int END) FROM login`;

const LOOK = `
WITH login AS MATERIALIZED (SELECT set_config('role', 'none', true) AS role)
SELECT b.phase, CASE WHEN b.blocks_total > 0 THEN (100 * b.blocks_done / b.blocks_total)::text END AS percent,
  (SELECT string_agg('pid ' || blocker, ', ') FROM unnest(pg_blocking_pids($1::int)) AS blocker) AS blockers
FROM login LEFT JOIN pg_stat_progress_create_index b ON b.pid = CASE WHEN login.role IS NOT NULL THEN $1::int END`;

async function look(ctx: RunContext, session: Session, file: string): Promise<void> {
  const [row] = await session.query(LOOK, [String(ctx.session.pid)]);
  const blockers = row?.["blockers"] ?? null;
  if (blockers !== null) {
    ctx.progress({ kind: "lock-retry", file, attempt: 1, blockers: blockers.split(", ") });
    return;
  }
  const phase = row?.["phase"] ?? null;
  if (phase === null) return;
  const percent = row?.["percent"] ?? null;
  ctx.progress({ kind: "note", message: `${file}: ${phase}${percent === null ? "" : `, ${percent} %`}` });
}
