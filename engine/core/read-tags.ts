import { scanText } from "./scan-text.js";

export const TAG_NAMES = ["phase", "why", "closes", "batch", "copy", "verify", "rollback"] as const;
export type TagName = (typeof TAG_NAMES)[number];

/** A `--` comment whose first character is `@`, as found; whether it is allowed there is judged elsewhere. */
export interface Tag {
  /** As written, perhaps unknown. */
  readonly name: string;
  /** The rest of the line, trimmed. */
  readonly value: string;
  /** Where the `@` stands, in UTF-16 code units. */
  readonly offset: number;
  /** Where the value stands. */
  readonly valueOffset: number;
  /** Start and end of the whole line, its line end included. */
  readonly lineOffset: number;
  readonly lineEnd: number;
  /** Nothing but blanks before it on its line. */
  readonly isAlone: boolean;
}

const TAG = /^--[ \t]*@([^\s]*)([ \t]*)(.*)$/;

/** All tags of a text, in order. Text inside strings, function bodies and block comments is never one. */
export function readTags(text: string): Tag[] {
  return scanText(text)
    .filter(({ kind }) => kind === "line-comment")
    .flatMap(({ offset, end }) => {
      const found = TAG.exec(text.slice(offset, end));
      if (found === null) return [];
      const [whole, name = "", blanks = "", value = ""] = found;
      const lineOffset = text.lastIndexOf("\n", offset) + 1;
      return {
        name,
        value: value.trim(),
        offset: offset + whole.indexOf("@"),
        valueOffset: offset + whole.indexOf("@") + 1 + name.length + blanks.length,
        lineOffset,
        lineEnd: Math.min(text.length, end + 1),
        isAlone: text.slice(lineOffset, offset).trim() === "",
      };
    });
}
