import type { PlacedStatement } from "./analysed-migration.js";
import { HoldfastError } from "./errors.js";
import type { Migration } from "./migration.js";
import type { ServerError } from "./ports.js";
import { pointAt } from "./source-location.js";

/**
 * What the server said about a statement of a file, with the place in that file.
 * @param isVerbatim the statement's own text was sent, so that the server's position counts in it
 */
export function statementFailed(
  migration: Migration,
  statement: PlacedStatement,
  error: ServerError,
  isVerbatim: boolean,
): HoldfastError {
  const { position, detail, hint } = error.fields;
  const within =
    isVerbatim && position !== undefined
      ? Array.from(statement.text)
          .slice(0, position - 1)
          .join("").length
      : 0;
  const place = pointAt(migration, statement.offset + within);
  const { line, column } = place.location;
  return new HoldfastError(
    "statement_failed",
    `${migration.path}:${line}:${column}: ${error.message}.`,
    {
      ...place,
      sqlState: error.sqlState,
      ...(detail !== undefined && { detail }),
      ...(hint !== undefined && { hint }),
      next: "Nothing of this file stayed. Correct it, then deploy again.",
    },
    { cause: error },
  );
}
