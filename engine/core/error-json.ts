import type { BackupMention, HoldfastError } from "./errors.js";

/** An error as a document: never DETAIL, never literals, since it outlives the screen. */
export interface ErrorDocument {
  readonly code: string;
  readonly exitCode: number;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly excerpt?: string;
  readonly sqlState?: string;
  readonly hint?: string;
  readonly applied?: readonly string[];
  readonly backup?: BackupMention;
  readonly incident?: string;
  readonly next?: string;
  readonly faults?: readonly ErrorDocument[];
}

export function errorJson({ code, exitCode, message, details }: HoldfastError): ErrorDocument {
  const { location, redactedExcerpt, sqlState, hint, applied, backup, incident, next, faults } = details;
  return {
    code,
    exitCode,
    message,
    ...location,
    ...(redactedExcerpt !== undefined && { excerpt: redactedExcerpt }),
    ...(sqlState !== undefined && { sqlState }),
    ...(hint !== undefined && { hint }),
    ...(applied !== undefined && { applied }),
    ...(backup !== undefined && { backup }),
    ...(incident !== undefined && { incident }),
    ...(next !== undefined && { next }),
    ...(faults !== undefined && { faults: faults.map(errorJson) }),
  };
}
