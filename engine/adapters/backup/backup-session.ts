import { readFile } from "node:fs/promises";
import { Client } from "pg";

/** Where a cluster can be reached, and the file with the password for it. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly passwordFile: string;
}

/** A connection of the backup. It stays open and idle while files are copied; its loss ends the backup. */
export interface BackupSession {
  query<T extends object>(sql: string, values?: readonly unknown[]): Promise<T[]>;
  /** Several statements in one message; the rows of each. */
  script(sql: string): Promise<Record<string, unknown>[][]>;
  /** Aborted, with the reason, when the server goes away. */
  readonly lost: AbortSignal;
  close(): Promise<void>;
}

/** A database's own limits (ALTER DATABASE … SET statement_timeout) must not end a long copy. */
const NO_LIMITS =
  "-c statement_timeout=0 -c lock_timeout=0 -c idle_session_timeout=0 -c idle_in_transaction_session_timeout=0 -c transaction_timeout=0";

/** @throws the driver's error */
export async function openBackupSession({ passwordFile, ...address }: ServerAddress): Promise<BackupSession> {
  const client = new Client({
    ...address,
    password: (await readFile(passwordFile, "utf8")).trim(),
    application_name: "holdfast backup",
    connectionTimeoutMillis: 10_000,
    options: NO_LIMITS,
  });
  const lost = new AbortController();
  client.on("error", (error) => lost.abort(error));
  client.on("end", () => lost.abort(new Error("the connection ended")));
  await client.connect();
  return {
    query: async <T extends object>(sql: string, values: readonly unknown[] = []) =>
      (await client.query<T>(sql, [...values])).rows,
    script: async (sql) => {
      const results: unknown = await client.query(sql);
      return (results as readonly { rows: Record<string, unknown>[] }[]).map(({ rows }) => rows);
    },
    lost: lost.signal,
    close: () => client.end().catch(() => undefined),
  };
}

/** Brackets `work` with a session. */
export async function withBackupSession<T>(
  address: ServerAddress,
  work: (session: BackupSession) => Promise<T>,
): Promise<T> {
  const session = await openBackupSession(address);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
