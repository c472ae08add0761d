import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { asMigration } from "../engine/core/adopt/as-migration.js";
import { readToolFolder } from "../engine/core/adopt/read-tool-folder.js";
import { isTool, type Tool } from "../engine/core/adopt/tool-folder.js";
import { HoldfastError } from "../engine/core/errors.js";
import { parseMigrationName } from "../engine/core/migration-name.js";
import type { Migration } from "../engine/core/migration.js";
import { checksumOf, decodeText, normaliseText } from "../engine/core/normalise-text.js";
import { readMigration } from "../engine/core/read-migration.js";

/** What the program must know of a folder before anything runs. Faults are not told here: the check before the command does. */
export interface MigrationsFolder {
  /** Changes when a file is added, removed, renamed or edited; not with line endings or a byte-order mark. */
  readonly digest: string;
  /** The highest version that is no contract: what a service of this release needs. Undefined where no file can be read. */
  readonly requiredSchemaVersion: string | undefined;
  /** The files that can be read. */
  readonly migrations: readonly Migration[];
}

/**
 * @param directory relative to the project's root, which is where programs run
 * @param format whose files it holds
 */
export function readMigrationsFolder(directory: string, format = "holdfast"): MigrationsFolder {
  const files = listFiles(directory)?.map((path) => readText(directory, path));
  if (files === undefined) return { digest: "missing", requiredSchemaVersion: undefined, migrations: [] };
  const digest = createHash("sha256");
  for (const { path, bytes, text } of files) {
    digest.update(`${path}\0${text === undefined ? bytes.toString("hex") : checksumOf(normaliseText(text))}\n`);
  }
  const migrations = isTool(format) ? toolMigrations(format, files) : ownMigrations(files);
  let required: Migration | undefined;
  for (const migration of migrations) {
    if (migration.phase === "contract") continue;
    if (required === undefined || migration.order > required.order) required = migration;
  }
  return { digest: digest.digest("hex"), requiredSchemaVersion: required?.version, migrations };
}

interface ReadFile {
  readonly path: string;
  readonly bytes: Buffer;
  /** Undefined where it is no text. */
  readonly text: string | undefined;
}

function readText(directory: string, path: string): ReadFile {
  const bytes = readFileSync(join(directory, path));
  return { path, bytes, text: orUndefined(() => decodeText(bytes, path)) };
}

function ownMigrations(files: readonly ReadFile[]): Migration[] {
  return files.flatMap(({ path, text }) => {
    const migration = text === undefined ? undefined : orUndefined(() => readFile(path, normaliseText(text)));
    return migration === undefined ? [] : [migration];
  });
}

function toolMigrations(tool: Tool, files: readonly ReadFile[]): Migration[] {
  const texts = files.flatMap(({ path, text }) => {
    return text === undefined ? [] : [{ name: path.replaceAll("\\", "/"), path, read: () => text }];
  });
  return readToolFolder(tool, texts).files.flatMap((file) => orUndefined(() => readMigration(asMigration(file))) ?? []);
}

/** Files in subfolders count, too: they are a fault, and its mending is a change. */
function listFiles(directory: string): string[] | undefined {
  try {
    const entries = readdirSync(directory, { recursive: true, encoding: "utf8" });
    return entries.filter((path) => path.toLowerCase().endsWith(".sql")).sort();
  } catch {
    return undefined;
  }
}

function readFile(path: string, text: string): Migration {
  const name = basename(path);
  return readMigration({ ...parseMigrationName(name), name, path, text, checksum: checksumOf(text) });
}

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof HoldfastError) return undefined;
    throw error;
  }
}
