import { HoldfastError } from "../errors.js";
import { ServerError } from "../ports.js";

/** What the rehearsal's server lacks, so that it says nothing about the file. The message is a sentence. */
export class CannotRehearse extends Error {
  override readonly name = "CannotRehearse";
}

/** The role that a statement names and nobody has made: roles come from outside the migrations. */
export function missingRole(error: unknown): string | undefined {
  const cause = error instanceof HoldfastError ? error.cause : error;
  if (!(cause instanceof ServerError) || cause.sqlState !== "42704") return undefined;
  return /^role "(.*)" does not exist$/.exec(cause.message)?.[1];
}

/** Rows stand in the way: integrity violations (class 23) and values that do not convert (class 22). Manual, appendix A. */
export function isRefusedByRows(error: unknown): boolean {
  return error instanceof HoldfastError && /^2[23]/.test(error.details.sqlState ?? "");
}

/** The statement needs something that another one was to make. Class 42, "undefined …"; 3F000: a schema. Manual, appendix A. */
export function needsWhatIsMissing(error: unknown): boolean {
  return error instanceof HoldfastError && MISSING.has(error.details.sqlState ?? "");
}

const MISSING: ReadonlySet<string> = new Set(["42P01", "42703", "42704", "42883", "3F000"]);
