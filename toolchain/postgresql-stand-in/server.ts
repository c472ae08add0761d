import { readFileSync } from "node:fs";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { Client, DatabaseError, type ClientConfig } from "pg";
import type { ProviderSettings } from "./provider-settings.js";

export type Row = Readonly<Record<string, unknown>>;

/** One session on one database. */
export interface Sql {
  /** @throws Error as the official plugin's driver words it */
  run(text: string, parameters?: readonly unknown[]): Promise<readonly Row[]>;
}

/** The PostgreSQL the provider works on. */
export interface PostgresServer {
  /** Where a resource names none. */
  readonly database: string;
  /** Who works on it. */
  readonly username: string;
  /** Whether the provider was told that this is a superuser. */
  readonly isSuperuser: boolean;
  /** All or nothing. */
  transaction<T>(database: string, work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Each statement on its own, for those that no transaction can hold. */
  session<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
}

let sessions = 0;

/** Whether statements are under way. */
export function isWorking(): boolean {
  return sessions > 0;
}

export function connectTo(settings: ProviderSettings): PostgresServer {
  return {
    database: settings.database,
    username: settings.databaseUsername,
    isSuperuser: settings.isSuperuser,
    session: (work) => withSession(settings, settings.database, work),
    transaction: (database, work) =>
      withSession(settings, database, async (sql) => {
        await sql.run("BEGIN");
        // An error ends the session, and with it the transaction.
        const result = await work(sql);
        await sql.run("COMMIT");
        return result;
      }),
  };
}

async function withSession<T>(
  settings: ProviderSettings,
  database: string,
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  sessions += 1;
  try {
    const client = await connect(settings, database);
    try {
      return await work({ run: (text, parameters) => run(client, text, parameters) });
    } finally {
      await client.end();
    }
  } finally {
    sessions -= 1;
  }
}

async function connect(settings: ProviderSettings, database: string): Promise<Client> {
  const client = new Client(clientConfig(settings, database));
  client.on("error", () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    const { host, scheme } = settings;
    throw new Error(`error connecting to PostgreSQL server ${host} (scheme: ${scheme}): ${wordsOf(error)}`, {
      cause: error,
    });
  }
}

/** @throws Error for ways to log in that need the official plugin */
function clientConfig(settings: ProviderSettings, database: string): ClientConfig {
  const { scheme, host, port, username: user, password, connectTimeoutSeconds } = settings;
  if (scheme !== "postgres" || settings.usesRdsToken) {
    throw new Error(
      "the stand-in for the postgresql plugin logs in with a certificate or a password; a cloud's token needs the official plugin",
    );
  }
  return {
    ...{ host, port, user, database, ssl: tlsOptions(settings) },
    // Undefined, not empty: else the driver does not look into a password file.
    ...(password === "" ? {} : { password }),
    connectionTimeoutMillis: connectTimeoutSeconds * 1000,
    fallback_application_name: "Terraform provider",
  };
}

/** The modes as lib/pq has them: `require` (also where none is given) trusts any server, unless a root certificate is named. */
function tlsOptions(settings: ProviderSettings): ClientConfig["ssl"] {
  const { sslmode, host, sslRootCertificateFile: root, clientCertificate: certificate } = settings;
  if (sslmode === "disable" || sslmode === "allow") return false;
  const isFull = sslmode === "verify-full";
  const own = certificate?.isInline === true ? (text: string) => text : (path: string) => readFileSync(path, "utf8");
  return {
    rejectUnauthorized: isFull || sslmode === "verify-ca" || root !== undefined,
    checkServerIdentity: (_: string, seen: PeerCertificate) => (isFull ? checkServerIdentity(host, seen) : undefined),
    ...(root === undefined ? {} : { ca: own(root) }),
    ...(certificate === undefined ? {} : { cert: own(certificate.cert), key: own(certificate.key) }),
  };
}

async function run(client: Client, text: string, parameters: readonly unknown[] = []): Promise<readonly Row[]> {
  try {
    return (await client.query<Record<string, unknown>>(text, [...parameters])).rows;
  } catch (error) {
    throw new Error(wordsOf(error, text), { cause: error });
  }
}

/** As lib/pq 1.12 words it: message, place in the statement, code. */
function wordsOf(error: unknown, statement?: string): string {
  if (!(error instanceof DatabaseError)) return error instanceof Error ? error.message : String(error);
  const place =
    statement === undefined || error.position === undefined ? "" : placeIn(statement, Number(error.position));
  return `pq: ${error.message}${place} (${error.code ?? ""})`;
}

function placeIn(statement: string, position: number): string {
  const before = Array.from(statement)
    .slice(0, position - 1)
    .join("")
    .split("\n");
  const column = Array.from(before.at(-1) ?? "").length + 1;
  return statement.includes("\n") ? ` at position ${before.length}:${column}` : ` at column ${column}`;
}
