import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import { pgHistoryStore } from "../../engine/adapters/pg-history-store.js";
import { pgSessions } from "../../engine/adapters/pg-session.js";
import { systemClock } from "../../engine/adapters/system-clock.js";
import type { AnalysedMigration } from "../../engine/core/analysed-migration.js";
import type { KillPoint } from "../../engine/core/kill-points.js";
import { defaultPolicy, type Policy } from "../../engine/core/migration.js";
import { ConnectionLost, type ProgressEvent, type RunContext, type Session } from "../../engine/core/ports.js";
import { analysed } from "./migration-file.js";
import type { TestDatabase } from "./postgres.js";
import { until } from "./until.js";

export interface TestRun {
  readonly ctx: RunContext;
  readonly events: ProgressEvent[];
  /** Kill points passed, in order. */
  readonly reached: KillPoint[];
  analyse(text: string, name?: string): AnalysedMigration;
  /** As Ctrl-C. */
  stop(): void;
  close(): Promise<void>;
}

export interface TestRunOptions {
  readonly policy?: Partial<Policy>;
  readonly ownerRole?: string;
  /** From this point on nothing reaches the server any more, as after SIGKILL. */
  readonly dieAt?: KillPoint;
  /** How many times `dieAt` is passed before it kills. Default 0. */
  readonly spare?: number;
  /** Runs at each kill point that is passed alive. */
  readonly onPoint?: (point: KillPoint) => void;
}

/** What a step of a run works with, over the real adapters; the engine's tables are there. */
export async function startTestRun(database: TestDatabase, options: TestRunOptions = {}): Promise<TestRun> {
  const { host, port, user, password, name } = database;
  const { ownerRole, policy, dieAt, onPoint } = options;
  const sessions = pgSessions({ host, port, user, password, database: name, ...(ownerRole && { ownerRole }) });
  const history = pgHistoryStore();
  const parser = await loadSqlParser();
  const session = await sessions.open("migrate");
  await history.ensure(session);
  const events: ProgressEvent[] = [];
  const reached: KillPoint[] = [];
  const stopper = new AbortController();
  let isDead = false;
  let spare = options.spare ?? 0;
  const ctx: RunContext = {
    session: mortal(session, () => isDead),
    ...{ sessions, history, parser, release: "1.0.0", signal: stopper.signal },
    policy: { ...defaultPolicy("dev"), ...policy },
    progress: (event) => events.push(event),
    clock: systemClock,
    killPoint: (point) => {
      reached.push(point);
      if (point === dieAt && spare-- === 0) {
        isDead = true;
        throw new ConnectionLost(`killed at ${point}`);
      }
      onPoint?.(point);
    },
  };
  return {
    ctx,
    events,
    reached,
    analyse: (text, file) => analysed(parser, text, file),
    stop: () => stopper.abort(),
    close: () => endSession(database, session),
  };
}

/** Closes it and waits until the server has noticed, as the lock of a deploy makes the next run wait for it. */
async function endSession(database: Pick<TestDatabase, "client">, session: Session): Promise<void> {
  const { pid } = session;
  await session.close();
  const client = await database.client();
  await until(
    `backend ${pid} is gone`,
    async () => (await client.query("SELECT FROM pg_stat_activity WHERE pid = $1", [pid])).rowCount === 0,
  );
  await client.end();
}

function mortal(session: Session, isDead: () => boolean): Session {
  const alive = async <T>(action: () => Promise<T>): Promise<T> => {
    if (isDead()) throw new ConnectionLost("the process was killed");
    return action();
  };
  return {
    pid: session.pid,
    serverVersionNum: session.serverVersionNum,
    restoring: session.restoring,
    query: (sql, values) => alive(() => session.query(sql, values)),
    execute: (sql, values) => alive(() => session.execute(sql, values)),
    pipeline: (steps) => alive(() => session.pipeline(steps)),
    reset: () => alive(() => session.reset()),
    takeNotices: () => session.takeNotices(),
    close: () => session.close(),
  };
}
