import { HoldfastError } from "../errors.js";
import type { MigrationName, Section } from "../migration.js";

/** The tools whose folders can be read as they are (docs/adopt.md). */
export const TOOLS = ["dbmate", "flyway", "golang-migrate", "node-pg-migrate", "prisma"] as const;
export type Tool = (typeof TOOLS)[number];

/** How the files of a folder are named and cut: `holdfast` is docs/migration-format.md. */
export const FOLDER_FORMATS = ["holdfast", ...TOOLS] as const;
export type FolderFormat = (typeof FOLDER_FORMATS)[number];

export function isTool(text: string | undefined): text is Tool {
  return (TOOLS as readonly (string | undefined)[]).includes(text);
}

/** A file below a folder, its text read when somebody asks for it. */
export interface FolderFile {
  /** Below the folder, with `/`: `20240101_init/migration.sql`. */
  readonly name: string;
  /** As a person would name it: the folder as given + name. */
  readonly path: string;
  /** As it stands in the file: a byte-order mark and CR included. @throws HoldfastError */
  readonly read: () => string;
}

/** A migration of another tool, cut as that tool cuts it. */
export interface ToolFile extends MigrationName {
  readonly name: string;
  readonly path: string;
  /** As it stands in the file: what the tool's own checksum is made of. */
  readonly original: string;
  /** Line ends normalised, no byte-order mark: what `up` and `down` are stretches of. */
  readonly text: string;
  /** What the tool runs to go forward. */
  readonly up: Section;
  /** What it runs to go back, its marker included. */
  readonly down?: Section;
  /** Set where `down` is a file of its own, and no stretch of `text`. */
  readonly downPath?: string;
  /**
   * Whether the tool sends all of `up` in one transaction, be it only PostgreSQL's implicit one around statements sent at once. A
   * BEGIN in the file counts as written either way.
   */
  readonly isOneTransaction: boolean;
}

/** Reads one tool's folder; what cannot be kept is told through `fault`, all of it. */
export type ToolReader = (files: readonly FolderFile[], fault: (error: HoldfastError) => void) => ToolFile[];

/** What the name of a file says. @param words what follows the version */
export function toolName(version: string, order: bigint, words: string): MigrationName {
  const description = words.replaceAll(/[_-]+/g, " ").trim();
  return { version, order, scheme: /^\d{14}$/.test(version) ? "timestamp" : "number", description };
}

export function sectionOf(text: string, from: number, to: number): Section {
  return { text: text.slice(from, to), offset: from, line: text.slice(0, from).split("\n").length };
}

/** What the folder holds and Holdfast does not keep: the file is named, and the way out. */
export function notKept(path: string, what: string, next: string): HoldfastError {
  return new HoldfastError("adopt_refused", `${path} is ${what}.`, {
    location: { file: path, line: 1, column: 1 },
    next,
  });
}

/** A file that its own tool would refuse, too. */
export function unreadable(path: string, what: string, next: string, line = 1): HoldfastError {
  return new HoldfastError("invalid_migration", `${path}:${line}:1: ${what}.`, {
    location: { file: path, line, column: 1 },
    next,
  });
}

/** The parts of a ToolFile that are the same for every tool. */
export function placed(file: FolderFile, text: string): Pick<ToolFile, "name" | "path" | "original" | "text"> {
  return { name: file.name, path: file.path, original: file.read(), text };
}
