import type { SqlParser } from "./ports.js";

/**
 * Gives each command of `ALTER TABLE t a, b, c` a statement of its own, so that a DROP among them can be done another way.
 * @returns undefined where the text does not fall into as many statements as the parser counted commands
 */
export function splitAlterTable(text: string, parser: SqlParser, commands: number): string[] | undefined {
  if (commands === 1) return [text];
  const tokens = parser.scan(text).filter(({ kind }) => kind !== "comment");
  const commas: number[] = [];
  let depth = 0;
  for (const token of tokens) {
    if (token.text === "(" || token.text === "[") depth++;
    if (token.text === ")" || token.text === "]") depth--;
    if (token.text === "," && depth === 0) commas.push(token.offset);
  }
  const first = firstCommand(tokens.map((token) => token.text.toUpperCase()));
  const start = tokens[first]?.offset;
  if (start === undefined || commas.length !== commands - 1) return undefined;
  const prefix = text.slice(0, start);
  const starts = [start, ...commas.map((comma) => comma + 1)];
  const parts = starts.map((from, index) => prefix + text.slice(from, commas[index]).trim());
  return parts.every((part) => countsOne(part, parser)) ? parts : undefined;
}

/** Behind `ALTER TABLE [IF EXISTS] [ONLY] [schema .] name [*]`. */
function firstCommand(words: readonly string[]): number {
  let index = 2;
  if (words[index] === "IF") index += 2;
  if (words[index] === "ONLY") index++;
  index++;
  while (words[index] === ".") index += 2;
  return words[index] === "*" ? index + 1 : index;
}

function countsOne(sql: string, parser: SqlParser): boolean {
  try {
    const [statement, ...others] = parser.parse(sql);
    const alter = statement?.node["AlterTableStmt"] as { readonly cmds?: readonly unknown[] } | undefined;
    return others.length === 0 && alter?.cmds?.length === 1;
  } catch {
    return false;
  }
}
