import fc from "fast-check";
import type { SqlParser, Token } from "../../../engine/core/ports.js";

/** How one text of SQL is spelled anew: a choice for each token, taken in turn. */
export interface Spelling {
  readonly blanks: readonly string[];
  readonly cases: readonly ("lower" | "upper" | "mixed")[];
  readonly quotes: readonly boolean[];
  readonly schemas: readonly boolean[];
}

const BLANKS = [
  " ",
  "  ",
  "\n",
  "\n\n\t",
  " /* DROP TABLE users; */ ",
  " -- DELETE FROM users\n",
  "\r\n",
  " /* a /* b */ ' */ ",
];

export const SPELLINGS: fc.Arbitrary<Spelling> = fc.record({
  blanks: fc.array(fc.constantFrom(...BLANKS), { minLength: 1, maxLength: 30 }),
  cases: fc.array(fc.constantFrom("lower" as const, "upper" as const, "mixed" as const), {
    minLength: 1,
    maxLength: 15,
  }),
  quotes: fc.array(fc.boolean(), { minLength: 1, maxLength: 15 }),
  schemas: fc.array(fc.boolean(), { minLength: 1, maxLength: 15 }),
});

/** The same statements with other blanks, comments, capitals and quotes. The text inside strings stays. */
export function respell(sql: string, parser: SqlParser, spelling: Spelling): string {
  return join(sql, parser, spelling, (token, at) => spell(token, at, spelling));
}

/** The same statements with the schema written before the tables that are named without one. */
export function qualify(sql: string, parser: SqlParser, spelling: Spelling, tables: ReadonlySet<string>): string {
  const tokens = parser.scan(sql);
  return join(sql, parser, { ...spelling, blanks: [" "] }, (token, at) => {
    const [before, after] = [tokens[at - 1]?.text ?? "", tokens[at + 1]?.text ?? ""];
    const isFree =
      token.kind === "identifier" && tables.has(token.text) && ![".", "TO", "(", ","].includes(before.toUpperCase());
    return isFree && after !== "." && pick(spelling.schemas, at) ? `public.${token.text}` : token.text;
  });
}

function join(
  sql: string,
  parser: SqlParser,
  { blanks }: Spelling,
  write: (token: Token, at: number) => string,
): string {
  let text = "";
  let end = 0;
  parser.scan(sql).forEach((token, at) => {
    const isApart = token.offset > end || token.kind === "comment";
    // Strings that follow each other on two lines are one: their line break is grammar.
    const gap = isApart ? pick(blanks, at) : "";
    text += (at === 0 ? "" : gap) + write(token, at) + (token.kind === "comment" ? "\n" : "");
    end = token.end;
  });
  return text;
}

function spell(token: Token, at: number, { cases, quotes }: Spelling): string {
  const isPlain = /^[a-z_][a-z0-9_]*$/i.test(token.text);
  if (!isPlain || (token.kind !== "keyword" && token.kind !== "identifier")) return token.text;
  if (token.kind === "identifier" && pick(quotes, at)) return `"${token.text.toLowerCase()}"`;
  return inCase(token.text, pick(cases, at));
}

function inCase(word: string, which: "lower" | "upper" | "mixed"): string {
  if (which === "lower") return word.toLowerCase();
  if (which === "upper") return word.toUpperCase();
  return Array.from(word, (letter, at) => (at % 2 === 0 ? letter.toUpperCase() : letter.toLowerCase())).join("");
}

function pick<T>(choices: readonly T[], at: number): T {
  const choice = choices[at % choices.length];
  if (choice === undefined) throw new Error("a spelling without choices");
  return choice;
}
