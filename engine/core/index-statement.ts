import type { SqlParser, Token } from "./ports.js";

/**
 * What stands behind the table's name in a CREATE INDEX: method, columns, INCLUDE, WITH, WHERE. With it the same index can
 * be described for another table of the same columns. The statement must have been parsed before.
 */
export function indexDefinition(text: string, parser: Pick<SqlParser, "scan">): string {
  const tokens = parser.scan(text);
  // ON and USING are reserved words: where they stand unquoted, they are no name.
  const on = tokens.findIndex(isWord("on"));
  const start = tokens.slice(on).find((token) => token.text === "(" || isWord("using")(token));
  return text.slice(start?.offset);
}

function isWord(word: string): (token: Token) => boolean {
  return ({ kind, text }) => kind === "keyword" && text.toLowerCase() === word;
}
