import type { SqlParser, Token } from "./ports.js";

/** `:from` or `:to` in a backfill's statement: the first and the last key of a batch, both inclusive. */
export interface Placeholder {
  readonly name: "from" | "to";
  /** In the text scanned; `end` is exclusive. */
  readonly offset: number;
  readonly end: number;
}

/**
 * Finds the placeholders of a statement. FROM and TO are reserved words, so after a lone colon they are nothing else in
 * SQL; strings, quoted names, comments, casts (`::`) and slices of other names are never taken for one.
 */
export function findPlaceholders(text: string, parser: Pick<SqlParser, "scan">): Placeholder[] {
  const tokens = parser.scan(text);
  return tokens.flatMap((token, index) => {
    const name = token.text.toLowerCase();
    if (token.kind !== "keyword" || (name !== "from" && name !== "to")) return [];
    const colon = tokens[index - 1];
    if (colon?.text !== ":" || colon.end !== token.offset) return [];
    return { name, offset: colon.offset, end: token.end };
  });
}

/** The text with each placeholder replaced, for example by a typed parameter. */
export function replacePlaceholders(
  text: string,
  placeholders: readonly Placeholder[],
  replacement: (placeholder: Placeholder) => string,
): string {
  let result = "";
  let position = 0;
  for (const placeholder of placeholders) {
    result += text.slice(position, placeholder.offset) + replacement(placeholder);
    position = placeholder.end;
  }
  return result + text.slice(position);
}

/** The text with `$1` for `:from` and `$2` for `:to`, padded in front: it parses, and every offset stays the same. */
export function asParameters(text: string, placeholders: readonly Placeholder[]): string {
  return replacePlaceholders(text, placeholders, ({ name }) => (name === "from" ? "   $1" : " $2"));
}

/** A lone colon with a name behind it: psql's variables look like that. */
export function findStrangerPlaceholder(text: string, parser: Pick<SqlParser, "scan">): Token | undefined {
  const tokens = parser.scan(text);
  return tokens.find((token, index) => {
    const colon = tokens[index - 1];
    return (
      colon?.text === ":" && colon.end === token.offset && (token.kind === "identifier" || token.kind === "keyword")
    );
  });
}
