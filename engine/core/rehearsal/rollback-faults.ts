import type { AnalysedMigration } from "../analysed-migration.js";
import { HoldfastError } from "../errors.js";
import { pointAt } from "../source-location.js";

/** The @rollback ran, and the catalog is not as before. */
export function rollbackDiffers(analysed: AnalysedMigration, differences: readonly string[]): HoldfastError {
  return fault(
    analysed,
    `the @rollback does not lead back: ${differences.join(", ")}`,
    "Correct the @rollback until nothing differs from before the file. What no SQL brings back has: -- @rollback restore <reason>.",
  );
}

/** The server refused the @rollback, or the file after it. */
export function rollbackFailed(
  analysed: AnalysedMigration,
  part: "the @rollback" | "the file, run again after its @rollback,",
  { message, details, cause }: HoldfastError,
): HoldfastError {
  const { path } = analysed.migration;
  const { location } = details;
  const at = location === undefined ? path : `${path}:${location.line}:${location.column}`;
  const said = message.replace(`${at}: `, "").replace(/\.$/, "");
  return new HoldfastError(
    "rehearsal_failed",
    `${at}: ${part} failed: ${said}.`,
    { ...details, next: "Correct the @rollback: it must undo all the file did, so that the file can run again." },
    { cause },
  );
}

/** A @verify query that is not true in the rehearsal. */
export function verifyNotTrue({ code, message, details, cause }: HoldfastError): HoldfastError {
  return new HoldfastError(
    code,
    message,
    {
      ...details,
      next: "Correct the query or the statements before it. The rehearsal's tables hold what the files insert, and a few rows of its own.",
    },
    { cause },
  );
}

function fault({ migration, rollback }: AnalysedMigration, what: string, next: string): HoldfastError {
  const place = pointAt(migration, rollback[0]?.offset ?? 0);
  const { line, column } = place.location;
  return new HoldfastError("rehearsal_failed", `${migration.path}:${line}:${column}: ${what}.`, { ...place, next });
}
