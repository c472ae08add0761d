import { HoldfastError } from "./errors.js";
import { ConnectionLost, ServerError } from "./ports.js";

/** insufficient_privilege (manual, appendix A) */
const NO_PERMISSION = "42501";
/** read_only_sql_transaction */
const READ_ONLY = "25006";
/** query_canceled: by statement_timeout, or by someone else. */
const CANCELED = "57014";

/**
 * What a user can cause, in the one class that is told to users; undefined for a fault of the program. For errors that no
 * step gave a file and a line.
 */
export function asHoldfastError(error: unknown): HoldfastError | undefined {
  if (error instanceof HoldfastError) return error;
  if (error instanceof ConnectionLost) return connectionLost(error);
  if (error instanceof ServerError) return refusedByServer(error);
  return undefined;
}

function connectionLost(cause: ConnectionLost): HoldfastError {
  const next = "Run it again: it looks up first what was done, and does nothing twice.";
  return new HoldfastError("connection_failed", `The connection was lost: ${cause.message}.`, { next }, { cause });
}

function refusedByServer(cause: ServerError): HoldfastError {
  const { sqlState, fields } = cause;
  const details = {
    sqlState,
    ...(fields.detail !== undefined && { detail: fields.detail }),
    ...(fields.hint !== undefined && { hint: fields.hint }),
  };
  const sentence = `The server refused: ${cause.message}.`;
  if (sqlState === NO_PERMISSION) {
    const next = "Give the role that logs in this right, or connect as one that has it.";
    return new HoldfastError("permission_denied", sentence, { ...details, next }, { cause });
  }
  if (sqlState === READ_ONLY) {
    const next = "If it is meant to change data, say so: holdfast sql … --write. On a replica nothing can be changed.";
    return new HoldfastError("read_only", sentence, { ...details, next }, { cause });
  }
  const next = sqlState === CANCELED ? "Run it again." : "Correct what the server names, and run it again.";
  return new HoldfastError("statement_failed", sentence, { ...details, next }, { cause });
}
