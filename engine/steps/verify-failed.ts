import type { PlacedStatement } from "../core/analysed-migration.js";
import { HoldfastError } from "../core/errors.js";
import type { Migration } from "../core/migration.js";
import type { ServerError } from "../core/ports.js";
import { pointAt } from "../core/source-location.js";
import { answerOf } from "../core/verify-sql.js";

/** A @verify query that was not true. The file stays applied; everything behind it waits. */
export function verifyFailed(migration: Migration, query: PlacedStatement, error: ServerError): HoldfastError {
  const place = pointAt(migration, query.offset);
  const { line, column } = place.location;
  const answer = answerOf(error.message);
  const what = answer === undefined ? `failed: ${error.message}` : `gave ${answer}`;
  return new HoldfastError(
    "verify_failed",
    `${migration.path}:${line}:${column}: the @verify query ${what}.`,
    {
      ...place,
      ...(answer === undefined && { sqlState: error.sqlState }),
      ...(answer === undefined && error.fields.detail !== undefined && { detail: error.fields.detail }),
      next:
        `${migration.name} is applied and recorded as unverified; later files wait until its queries are true.\n` +
        "Mend the data and deploy again: the next run asks first.\n" +
        `Or mend the query, and say so: holdfast accept <instance> ${migration.version} --reason "…".`,
    },
    { cause: error },
  );
}
