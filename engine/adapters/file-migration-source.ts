import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { asMigration } from "../core/adopt/as-migration.js";
import type { FolderFormat, Tool } from "../core/adopt/tool-folder.js";
import { checkNames } from "../core/check-names.js";
import { HoldfastError, joinFaults } from "../core/errors.js";
import { parseMigrationName } from "../core/migration-name.js";
import type { MigrationFile } from "../core/migration.js";
import { checksumOf, decodeText, normaliseText } from "../core/normalise-text.js";
import type { MigrationSource } from "../core/ports.js";
import { readFolderAs } from "./formats/read-folder-as.js";

/**
 * A folder of migrations on this machine. All faults of the folder are reported together.
 * @param directory as the user gave it: errors name files below it
 * @param root what a relative `directory` is relative to; the working directory by default
 * @param format whose names and sections the files have: those of another tool where its folder was adopted
 */
export function fileMigrationSource(directory: string, root = "", format: FolderFormat = "holdfast"): MigrationSource {
  if (format !== "holdfast") {
    return { load: () => Promise.resolve().then(() => loadToolFolder(format, directory, root)) };
  }
  return { load: () => loadFolder(directory, join(root, directory)) };
}

function loadToolFolder(tool: Tool, directory: string, root: string): readonly MigrationFile[] {
  const { files, faults } = readFolderAs(tool, directory, root);
  const fault = joinFaults(faults);
  if (fault !== undefined) throw fault;
  return files.map(asMigration);
}

/**
 * Files read without waiting in between: a thousand small ones take less time than as many turns of the event loop. After so
 * many it takes one, since the server's answers to the log-in come in meanwhile.
 */
const FILES_PER_TURN = 64;

async function loadFolder(directory: string, folder: string): Promise<readonly MigrationFile[]> {
  const faults: HoldfastError[] = [];
  const files: MigrationFile[] = [];
  const entries = listFolder(directory, folder);
  const prefix = join(directory, "_").slice(0, -1);
  for (const [index, entry] of entries.entries()) {
    if (index % FILES_PER_TURN === 0) await nextTurn();
    const { name } = entry;
    const path = `${prefix}${name}`;
    if (entry.isDirectory()) faults.push(...strayFiles(path, join(folder, name)));
    else if (isSql(name)) collect(faults, () => files.push(loadFile(path, `${folder}${sep}${name}`, name)));
  }
  if (files.length === 0 && faults.length === 0) throw emptyFolder(directory, entries);
  files.sort((a, b) => (a.order < b.order ? -1 : Number(a.order > b.order)));
  const fault = joinFaults([...faults, ...checkNames(files)]);
  if (fault !== undefined) throw fault;
  return files;
}

/** `.SQL` counts too: it is then refused by its name, instead of being passed over in silence. */
function isSql(name: string): boolean {
  return name.toLowerCase().endsWith(".sql");
}

function collect(faults: HoldfastError[], action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    faults.push(error);
  }
}

function loadFile(path: string, file: string, name: string): MigrationFile {
  const parsed = parseMigrationName(name, path);
  const text = normaliseText(readText(path, file));
  return { ...parsed, name, path, text, checksum: checksumOf(text) };
}

/** Node reads UTF-8 faster than bytes, and puts U+FFFD where it is none: only then do the bytes tell where. */
function readText(path: string, file: string): string {
  try {
    const text = readFileSync(file, "utf8");
    return /[\uFFFD\0]/.test(text) ? decodeText(readFileSync(file), path) : text;
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    throw new HoldfastError(
      "invalid_migration",
      `${path} cannot be read (${codeOf(error)}).`,
      {
        location: { file: path, line: 1, column: 1 },
        next: "Make it a file that this user may read.",
      },
      { cause: error },
    );
  }
}

function listFolder(directory: string, folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    const reason: Record<string, string> = { ENOENT: "does not exist", ENOTDIR: "is not a folder" };
    const code = codeOf(error);
    throw new HoldfastError(
      "folder_missing",
      `The migrations folder ${directory} ${reason[code] ?? `cannot be read (${code})`}.`,
      {
        next: "Create it, or name the right one.",
      },
      { cause: error },
    );
  }
}

/** SQL in a subfolder would never run: that is said, not passed over. */
function strayFiles(path: string, folder: string): HoldfastError[] {
  return listFolder(path, folder).flatMap((entry) => {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) return strayFiles(inner, join(folder, entry.name));
    if (!isSql(entry.name)) return [];
    return new HoldfastError("invalid_file_name", `${inner} lies in a subfolder, where no migration is looked for.`, {
      location: { file: inner, line: 1, column: 1 },
      next: "Move it into the migrations folder itself, or out of it if it is no migration.",
    });
  });
}

function emptyFolder(directory: string, entries: readonly Dirent[]): HoldfastError {
  const ignored = entries.length === 0 ? "is empty" : "holds no .sql file";
  return new HoldfastError("folder_empty", `The migrations folder ${directory} ${ignored}.`, {
    next: "Write the first migration: holdfast new create_users. Or name the right folder.",
  });
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "unknown reason";
}
