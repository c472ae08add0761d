import type { HoldfastError } from "./errors.js";
import { grammarFault } from "./grammar-fault.js";
import type { Migration, MigrationFile, Rollback, Section } from "./migration.js";
import type { Tag } from "./read-tags.js";
import { codeOnly, scanText } from "./scan-text.js";

type Sections = Pick<Migration, "body" | "verify" | "rollback">;

/** Cuts a file into body, `@verify` and `@rollback`; breaches are added to `faults`. */
export function readSections(file: MigrationFile, tags: readonly Tag[], faults: HoldfastError[]): Sections {
  const marks = sectionMarks(file, tags, faults);
  const firstMark = marks[0]?.lineOffset ?? file.text.length;
  const body = sectionOf(file, 0, firstMark);
  if (!holdsSql(body)) faults.push(emptyFile(file));
  const verify = readVerify(file, marks, faults);
  const rollback = readRollback(file, marks, faults);
  return { body, ...(verify && { verify }), ...(rollback && { rollback }) };
}

/** The section tags that count, in order; those repeated or in the wrong order become faults. */
function sectionMarks(file: MigrationFile, tags: readonly Tag[], faults: HoldfastError[]): Tag[] {
  const marks: Tag[] = [];
  for (const tag of tags.filter(({ name, isAlone }) => isAlone && (name === "verify" || name === "rollback"))) {
    if (marks.some(({ name }) => name === tag.name)) {
      faults.push(grammarFault(file, tag.offset, `@${tag.name} stands twice`, `Put all of it under one @${tag.name}.`));
    } else if (tag.name === "verify" && marks.length > 0) {
      faults.push(grammarFault(file, tag.offset, "@verify comes after @rollback", "Move @verify before @rollback."));
    } else {
      marks.push(tag);
    }
  }
  return marks;
}

function readVerify(file: MigrationFile, marks: readonly Tag[], faults: HoldfastError[]): Section | undefined {
  const tag = marks.find(({ name }) => name === "verify");
  if (tag === undefined) return undefined;
  const section = sectionAfter(file, tag, marks);
  if (tag.value !== "") {
    faults.push(
      grammarFault(file, tag.valueOffset, "@verify takes nothing on its own line", "Put the query below it."),
    );
  }
  if (!holdsSql(section)) {
    faults.push(
      grammarFault(file, tag.offset, "@verify has no query", "Write a query that returns true, or drop the tag."),
    );
  }
  return section;
}

function readRollback(file: MigrationFile, marks: readonly Tag[], faults: HoldfastError[]): Rollback | undefined {
  const tag = marks.find(({ name }) => name === "rollback");
  if (tag === undefined) return undefined;
  const section = sectionAfter(file, tag, marks);
  const reason = /^restore(?:\s+(.*))?$/.exec(tag.value);
  const fault = rollbackFault(tag, section, reason);
  if (fault !== undefined) faults.push(grammarFault(file, tag.valueOffset, fault, ROLLBACK_NEXT));
  return reason === null ? { kind: "sql", section } : { kind: "restore", reason: reason[1] ?? "" };
}

const ROLLBACK_NEXT =
  "Write SQL below `-- @rollback`, or `-- @rollback restore <reason>` where only the backup leads back.";

function rollbackFault(tag: Tag, section: Section, reason: RegExpExecArray | null): string | undefined {
  if (reason !== null) {
    if (reason[1] === undefined) return "@rollback restore gives no reason";
    return holdsSql(section) ? "@rollback restore has SQL below it" : undefined;
  }
  if (tag.value !== "") return `@rollback is followed by ${tag.value}`;
  return holdsSql(section) ? undefined : "@rollback has no SQL";
}

function sectionAfter(file: MigrationFile, tag: Tag, marks: readonly Tag[]): Section {
  const next = marks[marks.indexOf(tag) + 1];
  return sectionOf(file, tag.lineEnd, next?.lineOffset ?? file.text.length);
}

function sectionOf(file: MigrationFile, offset: number, end: number): Section {
  return { text: file.text.slice(offset, end), offset, line: file.text.slice(0, offset).split("\n").length };
}

function holdsSql({ text }: Section): boolean {
  // A string or quoted name alone is no SQL, but the parser says that better.
  return scanText(text).some(({ kind }) => kind === "string" || kind === "quoted") || /[^\s;]/.test(codeOnly(text));
}

function emptyFile(file: MigrationFile): HoldfastError {
  const what = file.text.trim() === "" ? "the file is empty" : "the file has no statement to run";
  return grammarFault(file, 0, what, "Write the SQL, or delete the file if it was never applied anywhere.");
}
