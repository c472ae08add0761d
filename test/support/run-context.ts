import { setTimeout as delay } from "node:timers/promises";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import { pgHistoryStore } from "../../engine/adapters/pg-history-store.js";
import { pgSessions } from "../../engine/adapters/pg-session.js";
import type { AnalysedMigration } from "../../engine/core/analysed-migration.js";
import type { KillPoint } from "../../engine/core/kill-points.js";
import { defaultPolicy, type Policy } from "../../engine/core/migration.js";
import { ConnectionLost, type ProgressEvent, type RunContext, type Session } from "../../engine/core/ports.js";
import { analysed } from "./migration-file.js";
import type { TestDatabase } from "./postgres.js";
import { until } from "./until.js";

export interface TestRunOptions {
  readonly ownerRole?: string;
  readonly policy?: Partial<Policy>;
  /** The process "dies" here: the session answers nothing any more. */
  readonly dieAt?: KillPoint;
  /** How many times it passes that point before it dies there. Default 0. */
  readonly spare?: number;
  readonly onPoint?: (point: KillPoint) => void;
}

/** One run of the engine's steps over a real database, without the run around them. */
export interface TestRun {
  readonly ctx: RunContext;
  readonly events: readonly ProgressEvent[];
  /** Kill points that were passed, in order. */
  readonly reached: readonly KillPoint[];
  analyse(text: string, file?: string): AnalysedMigration;
  /** As Ctrl-C. */
  stop(): void;
  /** Ends the session and waits until the server has noticed. */
  close(): Promise<void>;
}

type Target = Pick<TestDatabase, "host" | "port" | "user" | "password" | "name" | "client">;

export async function startTestRun(database: Target, options: TestRunOptions = {}): Promise<TestRun> {
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
    clock: { now: () => new Date(), sleep: (ms) => delay(ms), random: Math.random },
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

async function endSession(database: Target, session: Session): Promise<void> {
  const { pid } = session;
  await session.close();
  const client = await database.client();
  await until(
    `backend ${pid} is gone`,
    async () => (await client.query("SELECT FROM pg_stat_activity WHERE pid = $1", [pid])).rowCount === 0,
  );
  await client.end();
}

/** A session of a process that may have been killed: it answers nothing any more, and nothing tidies up. */
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
