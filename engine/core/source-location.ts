import type { ErrorDetails, SourceLocation } from "./errors.js";
import type { MigrationFile } from "./migration.js";
import { redactLiterals } from "./redact-literals.js";

const LONGEST_LINE = 160;
const LINES_BEFORE = 2;

/** Line and column, both from 1; the column in characters. */
export type Position = Pick<SourceLocation, "line" | "column">;

/** A reader of positions in one text by UTF-16 offset; its work is shared between rising offsets. */
export function positionsIn(text: string): (offset: number) => Position {
  let lineStart = 0;
  let line = 1;
  return (offset) => {
    if (offset < lineStart) [lineStart, line] = [0, 1];
    for (let end = text.indexOf("\n", lineStart); end >= 0 && end < offset; end = text.indexOf("\n", lineStart)) {
      lineStart = end + 1;
      line += 1;
    }
    return { line, column: Array.from(text.slice(lineStart, offset)).length + 1 };
  };
}

export function positionAt(text: string, offset: number): Position {
  return positionsIn(text)(offset);
}

/** Where in its file an offset of a migration's text is. */
export function locate(file: Pick<MigrationFile, "path" | "text">, offset: number): SourceLocation {
  return { file: file.path, ...positionAt(file.text, offset) };
}

/** The offset of the first character that is no blank on a line (from 1); for errors known by their line only. */
export function lineOffset(text: string, line: number): number {
  let offset = 0;
  for (let at = 1; at < line; at++) {
    const next = text.indexOf("\n", offset);
    if (next < 0) break;
    offset = next + 1;
  }
  return offset + (/^[ \t]*/.exec(text.slice(offset))?.[0].length ?? 0);
}

/** The offset of a place; columns count characters. */
export function lineColumnOffset(text: string, { line, column }: Position): number {
  let start = 0;
  for (let at = 1; at < line; at++) start = text.indexOf("\n", start) + 1;
  const before = Array.from(text.slice(start)).slice(0, column - 1);
  return start + before.join("").length;
}

/** Location, excerpt and redacted excerpt of one place, ready to be spread into an error's details. */
export function pointAt(
  file: Pick<MigrationFile, "path" | "text">,
  offset: number,
): Required<Pick<ErrorDetails, "location" | "excerpt" | "redactedExcerpt">> {
  const location = locate(file, offset);
  return {
    location,
    excerpt: excerptOf(file.text, location),
    redactedExcerpt: excerptOf(redactLiterals(file.text), location),
  };
}

/** The line with a caret under the column, and up to two lines before it. */
function excerptOf(text: string, { line, column }: SourceLocation): string {
  const lines = text.split("\n");
  const first = Math.max(1, line - LINES_BEFORE);
  const width = String(line).length;
  const shown = lines.slice(first - 1, line).map((content, index) => {
    const cut = content.length > LONGEST_LINE ? `${content.slice(0, LONGEST_LINE)}…` : content;
    return `${String(first + index).padStart(width)} | ${cut}`.trimEnd();
  });
  if (column > LONGEST_LINE) return shown.join("\n");
  // A tab stays a tab, so that the caret stands under the place whatever the width of a tab is.
  const pad = Array.from(lines[line - 1] ?? "")
    .slice(0, column - 1)
    .map((character) => (character === "\t" ? "\t" : " "));
  return [...shown, `${" ".repeat(width)} | ${pad.join("").padEnd(column - 1)}^`].join("\n");
}
