import { asHoldfastError } from "../../core/as-holdfast-error.js";
import { HoldfastError } from "../../core/errors.js";
import { ServerError, type Progress, type Row, type Session, type SqlValue } from "../../core/ports.js";

/** What looks deeper than the catalog works with: it reads data, object by object. */
export interface DeepLook {
  /** Logged in as who may read most; its transactions are read-only by default. */
  readonly session: Session;
  /** For one object, in milliseconds; 0: none. */
  readonly limitMs: number;
  readonly progress: Progress;
  /** Aborted by Ctrl-C: it ends after the object under way. */
  readonly signal: AbortSignal;
}

/** insufficient_privilege */
export const NOT_ALLOWED = "42501";
/** query_canceled, lock_not_available */
const NOT_NOW = ["57014", "55P03"];
/** undefined_table, invalid_schema_name, undefined_object: it was dropped meanwhile. */
const GONE = ["42P01", "3F000", "42704"];

export function isNotNow({ sqlState }: ServerError): boolean {
  return NOT_NOW.includes(sqlState);
}

export function isGone({ sqlState }: ServerError): boolean {
  return GONE.includes(sqlState);
}

export interface Question {
  readonly sql: string;
  readonly values?: readonly SqlValue[];
  /** Run first, in the same transaction. */
  readonly before?: readonly string[];
  /** What runs first makes something, which the end of the transaction takes away. */
  readonly makes?: boolean;
}

/**
 * Asks in a transaction of its own that is rolled back, so that no lock lasts and nothing stays.
 *
 * @returns the server's error in place of rows; a lost connection is thrown
 */
export async function lookOnce(
  { session, limitMs, signal }: DeepLook,
  { sql, values = [], before = [], makes = false }: Question,
): Promise<readonly Row[] | ServerError> {
  if (signal.aborted) throw interrupted();
  await session.execute(makes ? "BEGIN READ WRITE" : "BEGIN READ ONLY");
  try {
    await session.execute(`SET LOCAL statement_timeout = ${limitMs}`);
    await session.execute("SET LOCAL lock_timeout = 1000");
    // Rows that a policy hides would be missing without a word: an error in their place.
    await session.execute("SET LOCAL row_security = off");
    for (const statement of before) await session.execute(statement);
    return await session.query(sql, values);
  } catch (error) {
    if (error instanceof ServerError) return error;
    throw asHoldfastError(error) ?? error;
  } finally {
    await session.execute("ROLLBACK").catch(() => undefined);
  }
}

/** For each object in turn, with a word on how far it has come. */
export async function eachObject<T extends { readonly name: string }>(
  { progress }: DeepLook,
  objects: readonly T[],
  look: (object: T) => Promise<void>,
): Promise<void> {
  for (const [done, object] of objects.entries()) {
    progress({ kind: "check", subject: object.name, done, total: objects.length });
    await look(object);
  }
}

function interrupted(): HoldfastError {
  return new HoldfastError("interrupted", "The check was interrupted; nothing was changed.", { next: "Run again." });
}
