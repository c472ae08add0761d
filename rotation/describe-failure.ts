import { DatabaseError } from "pg";
import { RotationFault } from "./rotation-fault.js";

/**
 * A failure in words fit for a log: our own message; of the server its code, since its text may quote a statement; of AWS and
 * Node the kind.
 */
export function describeFailure(error: unknown): string {
  if (error instanceof RotationFault) return error.message;
  if (error instanceof DatabaseError) return `The database refused with SQLSTATE ${error.code ?? "unknown"}.`;
  const { name, code, $metadata } = error as {
    readonly name?: string;
    readonly code?: string;
    readonly $metadata?: { readonly requestId?: string };
  };
  const request = $metadata?.requestId === undefined ? "" : ` (request ${$metadata.requestId})`;
  return `${code ?? name ?? "An unknown failure"}${request} while speaking to ${$metadata === undefined ? "the database" : "Secrets Manager"}.`;
}
