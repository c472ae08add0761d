/**
 * Cuts SQL text into code, literals and comments by PostgreSQL's lexical rules (manual, section 4.1), with
 * standard_conforming_strings on. It needs no parser, so a file's tags can be read without loading one.
 */
export type StretchKind = "code" | "string" | "quoted" | "line-comment" | "block-comment";

export interface Stretch {
  readonly kind: StretchKind;
  readonly offset: number;
  readonly end: number;
  /** False for a literal or block comment that the text ends in. */
  readonly isClosed: boolean;
}

const OPENING = /--|\/\*|'|"|\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/g;
/** Numbers and parameters, which no dollar sign continues. */
const NUMBER =
  /^(?:0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|\d(?:_?\d)*(?:[eE]\d(?:_?\d)*)?)?(?:\$\d+)*$/;
const WORD_CHARACTER = /[\w$\u0080-\uffff]/;

/** All stretches in order, without gaps. */
export function scanText(text: string): Stretch[] {
  const stretches: Stretch[] = [];
  let position = 0;
  const opening = new RegExp(OPENING);
  for (;;) {
    const found = opening.exec(text);
    if (found === null) break;
    if (found[0].startsWith("$") && isInsideIdentifier(text, found.index, position)) {
      // `a$b$c` is one identifier; the second dollar sign may still open something of its own.
      opening.lastIndex = found.index + 1;
      continue;
    }
    const literal = closingOf(text, found.index, found[0], position);
    if (found.index > position) stretches.push({ kind: "code", offset: position, end: found.index, isClosed: true });
    stretches.push(literal);
    position = literal.end;
    opening.lastIndex = position;
  }
  if (position < text.length) stretches.push({ kind: "code", offset: position, end: text.length, isClosed: true });
  return stretches;
}

/** The text with everything but code blanked out, line ends kept: offsets and lines stay the same. */
export function codeOnly(text: string, stretches: readonly Stretch[] = scanText(text)): string {
  return stretches
    .map(({ kind, offset, end }) => {
      const part = text.slice(offset, end);
      return kind === "code" ? part : part.replace(/[^\n]/g, " ");
    })
    .join("");
}

/** Whether the word that ends at `offset` is an identifier, which a dollar sign continues; behind a number it does not. */
function isInsideIdentifier(text: string, offset: number, floor: number): boolean {
  let start = offset;
  while (start > floor && WORD_CHARACTER.test(text.charAt(start - 1))) start--;
  return start < offset && !NUMBER.test(text.slice(start, offset));
}

/** @param floor where the stretch before it ended */
function closingOf(text: string, offset: number, opening: string, floor: number): Stretch {
  if (opening === "--") {
    const lineEnd = text.indexOf("\n", offset);
    return { kind: "line-comment", offset, end: lineEnd < 0 ? text.length : lineEnd, isClosed: true };
  }
  const [kind, end] = literalEnd(text, offset, opening, floor);
  return { kind, offset, end: end < 0 ? text.length : end, isClosed: end >= 0 };
}

function literalEnd(text: string, offset: number, opening: string, floor: number): [StretchKind, number] {
  if (opening === "/*") return ["block-comment", blockCommentEnd(text, offset)];
  if (opening === '"') return ["quoted", quoteEnd(text, offset, /""|"/g)];
  if (opening === "'") return ["string", stringEnd(text, offset, floor)];
  const close = text.indexOf(opening, offset + opening.length);
  return ["string", close < 0 ? -1 : close + opening.length];
}

/** Blanks with a line end among them, then a quote: the string goes on, by the rules it began with. */
const CONTINUATION = /[ \t\f\v]*[\n\r]\s*'/y;

function stringEnd(text: string, offset: number, floor: number): number {
  const marks = isEscapeString(text, offset, floor) ? /\\[^]|''|'/g : /''|'/g;
  let end = quoteEnd(text, offset, marks);
  for (;;) {
    CONTINUATION.lastIndex = end;
    if (end < 0 || !CONTINUATION.test(text)) return end;
    end = quoteEnd(text, CONTINUATION.lastIndex - 1, marks);
  }
}

/** Where the first lone quote ends; a doubled or escaped one is skipped. */
function quoteEnd(text: string, offset: number, marks: RegExp): number {
  marks.lastIndex = offset + 1;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    if (mark[0].length === 1) return marks.lastIndex;
  }
  return -1;
}

/** `E'…'`, where the E is not the end of an identifier; behind a number or parameter it is a word of its own. */
function isEscapeString(text: string, offset: number, floor: number): boolean {
  const isE = offset - 1 >= floor && /[eE]/.test(text.charAt(offset - 1));
  if (!isE || isInsideIdentifier(text, offset - 1, floor)) return false;
  // `0x1E` is a number to its end.
  return offset - 2 < floor || !WORD_CHARACTER.test(text.charAt(offset - 2)) || isInsideIdentifier(text, offset, floor);
}

/** Where the block comment that opens at `offset` ends, nested ones included; -1 where it does not. */
export function blockCommentEnd(text: string, offset: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = offset;
  let depth = 0;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    depth += mark[0] === "/*" ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return -1;
}
