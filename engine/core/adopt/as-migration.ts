import type { MigrationFile } from "../migration.js";
import { checksumOf } from "../normalise-text.js";
import { TAG_NAMES, readTags } from "../read-tags.js";
import { codeOnly } from "../scan-text.js";
import type { ToolFile } from "./tool-folder.js";

/**
 * Another tool's migration as Holdfast's own grammar has it, line by line where it was: the way down becomes the @rollback section.
 * Holdfast's tags count in it (they are comments to every tool), so that a new file can be a contract; comments that only look
 * like tags stay comments.
 */
export function asMigration(file: ToolFile): MigrationFile {
  const { version, order, scheme, description, name, path } = file;
  const text = forward(file) + back(file);
  return { version, order, scheme, description, name, path, text, checksum: checksumOf(text) };
}

function forward({ text, up }: ToolFile): string {
  const before = text.slice(0, up.offset);
  if (!holdsSql(up.text)) return endLine(withoutTags(before + up.text)) + EMPTY;
  return withoutStrangeTags(before + withoutBrackets(up.text));
}

/** A file without a statement is no fault to its tool; here it does nothing in as many words. */
const EMPTY = "SELECT;\n";

/** The marker of a section becomes Holdfast's; a file of its own follows behind the last line. */
function back({ down, downPath }: ToolFile): string {
  if (down === undefined || !holdsSql(down.text)) return "";
  const text = withoutTags(withoutBrackets(down.text));
  return downPath === undefined ? text.replace(/^[^\n]*/, "-- @rollback") : `\n-- @rollback\n${text}`;
}

function holdsSql(text: string): boolean {
  return /[^\s;]/.test(codeOnly(text));
}

function endLine(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

const BEGIN = /^\s*(?:BEGIN(?:\s+(?:WORK|TRANSACTION))?|START\s+TRANSACTION)\s*;/i;
const COMMIT = /;\s*((?:COMMIT|END)(?:\s+(?:WORK|TRANSACTION))?\s*;?)\s*$/i;

/** BEGIN and COMMIT around the whole file: it runs in one transaction anyway, which is Holdfast's to end. */
function withoutBrackets(text: string): string {
  const code = codeOnly(text);
  const [begin, commit] = [BEGIN.exec(code), COMMIT.exec(code)];
  const end = commit?.[1];
  if (begin === null || commit === null || end === undefined || commit.index < begin[0].length) return text;
  const at = commit.index + commit[0].indexOf(end);
  const start = begin[0].search(/\S/);
  return blank(blank(text, at, at + end.length), start, begin[0].length);
}

function blank(text: string, from: number, to: number): string {
  return text.slice(0, from) + text.slice(from, to).replace(/[^\n]/g, " ") + text.slice(to);
}

function withoutTags(text: string): string {
  return hideTags(text, () => true);
}

function withoutStrangeTags(text: string): string {
  const known: readonly string[] = TAG_NAMES;
  return hideTags(text, (name) => !known.includes(name));
}

/** `-- @author ann` becomes `--- @author ann`, in which no tag begins. */
function hideTags(text: string, isHidden: (name: string) => boolean): string {
  const hidden = readTags(text).filter(({ name }) => isHidden(name));
  let shown = "";
  let from = 0;
  for (const { offset } of hidden) {
    const at = text.lastIndexOf("--", offset) + 2;
    shown += `${text.slice(from, at)}-`;
    from = at;
  }
  return shown + text.slice(from);
}
