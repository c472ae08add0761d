import { HoldfastError, type ErrorCode } from "../../core/errors.js";
import { ConnectionLost, ServerError } from "../../core/ports.js";
import { backupFault } from "../backup/backup-fault.js";
import { ClientFailed } from "./run-client.js";

/**
 * Any fault of a dump, or of what is made out of one, as one clear sentence.
 *
 * @param what the start of the sentence: `The dump of "staging"`
 */
export function dumpFault(code: ErrorCode, what: string, error: unknown): HoldfastError {
  if (error instanceof ClientFailed) return clientFault(code, what, error);
  if (error instanceof ConnectionLost || error instanceof ServerError) {
    const state = error instanceof ServerError ? { sqlState: error.sqlState } : {};
    const advice = adviceOn(error.message);
    return new HoldfastError(
      code,
      `${what} failed: ${error.message}.`,
      { ...state, next: `${advice}Mend what the message names, then run again. Nothing was changed.` },
      { cause: error },
    );
  }
  return backupFault(code, what, error);
}

function clientFault(code: ErrorCode, what: string, error: ClientFailed): HoldfastError {
  const [first = "", ...rest] = error.said.split("\n");
  return new HoldfastError(
    code,
    `${what} failed: ${first.replace(/\.$/, "")}.`,
    {
      ...(rest.length > 0 && { hint: rest.join("\n") }),
      next: `${adviceOn(error.said)}Mend what ${error.program} says, then run again. Nothing was changed, and nothing half-made was left.`,
    },
    { cause: error },
  );
}

function adviceOn(said: string): string {
  if (!/permission denied|row-level security/.test(said)) return "";
  return "Let the role read everything: GRANT pg_read_all_data TO …; with policies on its tables it also needs BYPASSRLS.\n";
}
