import { blockCommentEnd } from "./scan-text.js";

/** The offset of the first character at or after `offset` that is neither blank nor in a comment. */
export function skipBlanks(text: string, offset: number): number {
  const blanks = /\s*/y;
  let position = offset;
  for (;;) {
    blanks.lastIndex = position;
    position += blanks.exec(text)?.[0].length ?? 0;
    const end = commentEnd(text, position);
    if (end === undefined) return position;
    position = end;
  }
}

function commentEnd(text: string, offset: number): number | undefined {
  if (text.startsWith("--", offset)) return orTextEnd(text, text.indexOf("\n", offset));
  if (text.startsWith("/*", offset)) return orTextEnd(text, blockCommentEnd(text, offset));
  return undefined;
}

function orTextEnd(text: string, end: number): number {
  return end < 0 ? text.length : end;
}
