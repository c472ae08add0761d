const OPENING =
  "SELECT CASE WHEN answer.is_true THEN 'true' ELSE 'the @verify query gave ' || coalesce(answer.is_true::text, 'NULL or no row') END::boolean FROM (SELECT (\n";
const CLOSING = "\n)) AS answer (is_true)";

/** Characters in front of the query, to be taken off a position the server names. */
export const VERIFY_PREFIX_LENGTH = OPENING.length;

/**
 * A query that fails on the server unless the given one gives exactly one true: false, NULL and no row end in a failed cast
 * whose message says so, two rows or a type that is not boolean in the server's own error.
 */
export function mustBeTrue(query: string): string {
  return `${OPENING}${query}${CLOSING}`;
}

/** What the query gave, read from the error of `mustBeTrue`; undefined where the query itself failed. */
export function answerOf(message: string): string | undefined {
  return /the @verify query gave (false|NULL or no row)/.exec(message)?.[1];
}
