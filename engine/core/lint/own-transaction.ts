import type { JudgedStatement } from "./rule.js";

/** A fix: the statement alone, where its text is its own. */
export function ownTransaction({ text, inside, around }: JudgedStatement): string {
  if (inside !== undefined || around.length > 0) return "Move it to a file, and so to a transaction, of its own.";
  return `-- in a file, and so in a transaction, of its own:\n${text};`;
}
