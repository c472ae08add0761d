import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
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
}

/** @param directory relative to the project's root, which is where programs run */
export function readMigrationsFolder(directory: string): MigrationsFolder {
  const files = listFiles(directory);
  if (files === undefined) return { digest: "missing", requiredSchemaVersion: undefined };
  const digest = createHash("sha256");
  let required: Migration | undefined;
  for (const path of files) {
    const bytes = readFileSync(join(directory, path));
    const text = orUndefined(() => normaliseText(decodeText(bytes, path)));
    digest.update(`${path}\0${text === undefined ? bytes.toString("hex") : checksumOf(text)}\n`);
    const migration = text === undefined ? undefined : orUndefined(() => readFile(path, text));
    if (migration === undefined || migration.phase === "contract") continue;
    if (required === undefined || migration.order > required.order) required = migration;
  }
  return { digest: digest.digest("hex"), requiredSchemaVersion: required?.version };
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
