import { Client } from "pg";
import type { ConnectionSettings } from "../core/connection-settings.js";
import { HoldfastError } from "../core/errors.js";
import {
  ConnectionLost,
  ServerError,
  type PipelineOutcome,
  type PipelineStep,
  type Row,
  type Session,
  type SessionFactory,
  type SqlValue,
} from "../core/ports.js";
import { LEAVINGS, LOGIN, startingStep } from "../core/session-settings.js";
import { BatchQuery, type BatchOutcome } from "./batch-query.js";
import { connectDeadline } from "./connect-deadline.js";
import { connectionError } from "./connection-errors.js";
import { serverVersion } from "./server-version.js";
import { translateError } from "./server-errors.js";

type Purpose = Parameters<SessionFactory["open"]>[0];

/** The oldest server whose catalog and commands the engine knows. */
const OLDEST_SERVER = 140000;
const UNREPORTED = 0;
const CONNECT_TIMEOUT_MS = 10_000;
/** Kept between two calls of takeNotices: a loop may raise millions. */
const MOST_NOTICES = 1000;

/** Sessions over node-postgres. */
export function pgSessions(settings: ConnectionSettings): SessionFactory {
  return { open: (purpose, signal) => openSession(settings, purpose, signal) };
}

async function openSession(settings: ConnectionSettings, purpose: Purpose, signal?: AbortSignal): Promise<Session> {
  const { password } = settings;
  const deadline = connectDeadline(settings.connectTimeoutMs ?? CONNECT_TIMEOUT_MS, () => {
    giveUp(new Error("timeout expired"));
  });
  const client = new Client({
    host: settings.host,
    port: settings.port,
    user: settings.user,
    database: settings.database,
    ...(password !== undefined && {
      password: typeof password === "function" ? () => deadline.without(password) : password,
    }),
    ...(settings.ssl !== undefined && { ssl: settings.ssl }),
    application_name: `holdfast ${purpose}`,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  // Whatever is under way hears of it by its own error.
  client.on("error", () => undefined);
  const version = serverVersion(client);
  const giveUp = (why?: Error): void => streamOf(client).destroy(why);
  const abandon = (): void => {
    giveUp();
  };
  signal?.addEventListener("abort", abandon);
  try {
    await client.connect();
    const session = new PgSession(client, { settings, purpose, serverVersionNum: version() });
    session.refuseOldServer();
    return session;
  } catch (error) {
    await client.end().catch(() => undefined);
    if (error instanceof HoldfastError) throw error;
    throw connectionError(error as Error, settings);
  } finally {
    deadline.end();
    signal?.removeEventListener("abort", abandon);
  }
}

interface Opened {
  readonly settings: ConnectionSettings;
  readonly purpose: Purpose;
  readonly serverVersionNum: number;
}

/** One statement at a time, each call one round trip. The first one carries the session's settings along. */
class PgSession implements Session {
  pid: number;
  readonly serverVersionNum: number;
  private isAtStart = false;
  private notices: string[] = [];
  /** How many came since they were taken. */
  private noticed = 0;

  constructor(
    private readonly client: Client,
    private readonly opened: Opened,
  ) {
    this.serverVersionNum = opened.serverVersionNum;
    this.pid = keyPid(client);
    client.on("notice", ({ severity, message }) => {
      this.noticed++;
      if (this.noticed <= MOST_NOTICES) this.notices.push(`${severity ?? "NOTICE"}: ${message ?? ""}`);
    });
  }

  refuseOldServer(): void {
    if (this.serverVersionNum === UNREPORTED || this.serverVersionNum >= OLDEST_SERVER) return;
    const { host, port } = this.opened.settings;
    const major = Math.floor(this.serverVersionNum / 10000);
    throw new HoldfastError("server_too_old", `The server at ${host}:${port} is PostgreSQL ${major}.`, {
      next: "Holdfast needs PostgreSQL 14 or later: upgrade the server first.",
    });
  }

  async query(sql: string, values?: readonly SqlValue[]): Promise<Row[]> {
    const step = withValues(sql, values);
    if (this.isAtStart) return rowsOf(await this.send([step], true), 0);
    // Nothing of a first query can have an effect of its own if the settings in front of it fail: they share one transaction.
    const outcome = await this.send([this.start(), step], true);
    this.confirmStart(outcome);
    return rowsOf(outcome, 1);
  }

  async execute(sql: string, values?: readonly SqlValue[]): Promise<number> {
    await this.ensureStart();
    const { results, error } = await this.send([withValues(sql, values)], false);
    if (error !== undefined) throw translateError(error);
    return results[0]?.count ?? 0;
  }

  async pipeline(steps: readonly PipelineStep[]): Promise<PipelineOutcome> {
    await this.ensureStart();
    const { results, error } = await this.send(steps, false);
    if (error === undefined) return { completed: results.length };
    const translated = translateError(error);
    if (translated instanceof ConnectionLost) throw translated;
    return { completed: results.length, error: translated };
  }

  get restoring(): readonly PipelineStep[] {
    return [...LOGIN, this.start()];
  }

  async reset(): Promise<void> {
    const outcome = await this.send([...LEAVINGS, this.start()], false);
    if (outcome.error !== undefined) throw translateError(outcome.error);
    this.isAtStart = true;
  }

  takeNotices(): string[] {
    const more = this.noticed - this.notices.length;
    this.noticed = 0;
    return [...this.notices.splice(0), ...(more > 0 ? [`… and ${more} more notices of the server`] : [])];
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }

  private start(): PipelineStep {
    const { settings, purpose, serverVersionNum } = this.opened;
    return startingStep({
      schema: settings.schema ?? "public",
      ...(settings.ownerRole !== undefined && { ownerRole: settings.ownerRole }),
      isReadOnly: purpose !== "migrate",
      serverVersionNum,
      expectedPid: settings.isSessionProxy === true ? null : String(keyPid(this.client)),
    });
  }

  private async ensureStart(): Promise<void> {
    if (!this.isAtStart) this.confirmStart(await this.send([this.start()], true));
  }

  private confirmStart({ results, error }: BatchOutcome): void {
    const pid = results[0]?.rows[0]?.["pid"];
    if (pid == null) throw startFailed(error, this.opened.settings);
    // A pooler gives its clients a key of its own (manual, BackendKeyData).
    if (Number(pid) !== keyPid(this.client) && this.opened.settings.isSessionProxy !== true) {
      throw pooledConnection(this.opened.settings);
    }
    this.pid = Number(pid);
    // An error behind the settings rolled them back with it: they go out again with the next call.
    this.isAtStart = error === undefined;
  }

  private send(steps: readonly PipelineStep[], wantsRows: boolean): Promise<BatchOutcome> {
    return this.client.query(new BatchQuery(steps, wantsRows)).outcome;
  }
}

function streamOf(client: Client): { destroy(why?: Error): void } {
  return (client as unknown as { connection: { stream: { destroy(why?: Error): void } } }).connection.stream;
}

/** The process id of BackendKeyData. pg keeps it, its type declarations leave it out. */
function keyPid(client: Client): number {
  return (client as unknown as { processID: number }).processID;
}

function withValues(sql: string, values: readonly SqlValue[] | undefined): PipelineStep {
  return values === undefined ? { sql } : { sql, values };
}

function rowsOf({ results, error }: BatchOutcome, index: number): Row[] {
  if (error !== undefined) throw translateError(error);
  return [...(results[index]?.rows ?? [])];
}

function startFailed(error: Error | undefined, { user, ownerRole = "" }: ConnectionSettings): Error {
  const translated = translateError(error ?? new Error("the server did not answer"));
  if (!(translated instanceof ServerError) || ownerRole === "") return translated;
  return new HoldfastError(
    "permission_denied",
    `${user} cannot take the role ${ownerRole}: ${translated.message}.`,
    {
      sqlState: translated.sqlState,
      next: `Make the role, or let ${user} take it: GRANT ${ownerRole} TO ${user};`,
    },
    { cause: error },
  );
}

function pooledConnection({ host, port }: ConnectionSettings): HoldfastError {
  return new HoldfastError(
    "pooled_connection",
    `A connection pooler stands between Holdfast and the server at ${host}:${port}.`,
    {
      hint: "In transaction mode the lock of a deploy and its work would land in different sessions.",
      next: "Connect to the server itself, past the pooler.\nOr, where it pools whole sessions (pool_mode = session), say so: --session-proxy.",
    },
  );
}
