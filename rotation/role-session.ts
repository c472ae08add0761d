import { Client, DatabaseError } from "pg";
import type { RoleCredential } from "../engine/core/role-credential.js";

/** Where the role logs in. TLS is not asked for but demanded, and the server's certificate checked. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

const CONNECT_TIMEOUT_MS = 10_000;
const STATEMENT_TIMEOUT_MS = 10_000;
/** invalid_password (manual, appendix A). */
const WRONG_PASSWORD = "28P01";

/**
 * Brackets `work` with a session of the credential's role.
 *
 * @returns undefined where the server refuses the password, and `work` was not called
 */
export async function withRoleSession<T>(
  address: DatabaseAddress,
  { username, password }: RoleCredential,
  work: (client: Client) => Promise<T>,
): Promise<T | undefined> {
  const client = new Client({
    ...address,
    user: username,
    password,
    ssl: { rejectUnauthorized: true },
    application_name: "holdfast rotation",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
  });
  // Whatever is under way hears of it by its own error.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    if (error instanceof DatabaseError && error.code === WRONG_PASSWORD) return undefined;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}
