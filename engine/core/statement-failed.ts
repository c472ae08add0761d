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
  const { position, hint } = error.fields;
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
    `${migration.path}:${line}:${column}: ${withoutValues(error)}.`,
    {
      ...place,
      sqlState: error.sqlState,
      ...detailOf(error),
      ...(hint !== undefined && { hint }),
      next: nextAfter(error),
    },
    { cause: error },
  );
}

/** The tables that the engine makes before the first file runs, where nobody else's stand there. */
const OWN_TABLE = /^relation "(schema_migrations|system_versions|settings)" already exists$/;

function nextAfter({ message }: ServerError): string {
  const own = OWN_TABLE.exec(message)?.[1];
  const correct = "Nothing of this file stayed. Correct it, then deploy again.";
  if (own === undefined) return correct;
  return `${correct}\nHoldfast itself makes ${own} (docs/migration-format.md): leave the CREATE TABLE out and use that table, or give yours another name.`;
}

/** Messages of class 22, data exceptions (manual, appendix A), quote the value itself: `invalid input syntax for type integer: "x"`. */
function withoutValues({ message, sqlState }: ServerError): string {
  return sqlState.startsWith("22") ? message.replace(/"[^]*"/, '"…"') : message;
}

/** DETAIL is shown on a terminal only; so is the whole message where it quotes a value. */
function detailOf(error: ServerError): { detail?: string } {
  const { detail } = error.fields;
  const parts = [
    ...(withoutValues(error) === error.message ? [] : [error.message]),
    ...(detail === undefined ? [] : [detail]),
  ];
  return parts.length === 0 ? {} : { detail: parts.join("\n") };
}
