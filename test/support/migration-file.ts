import { analyseMigration } from "../../engine/core/analyse-migration.js";
import type { AnalysedMigration } from "../../engine/core/analysed-migration.js";
import { HoldfastError } from "../../engine/core/errors.js";
import { parseMigrationName } from "../../engine/core/migration-name.js";
import type { MigrationFile } from "../../engine/core/migration.js";
import { checksumOf, normaliseText } from "../../engine/core/normalise-text.js";
import type { SqlParser } from "../../engine/core/ports.js";
import { readMigration } from "../../engine/core/read-migration.js";

/** A file of an imaginary folder `migrations`, as the file source would load it. */
export function migrationFile(name: string, text: string): MigrationFile {
  const normalised = normaliseText(text);
  return {
    ...parseMigrationName(name),
    name,
    path: `migrations/${name}`,
    text: normalised,
    checksum: checksumOf(normalised),
  };
}

/** Reads and analyses one such file. */
export function analysed(parser: SqlParser, text: string, name = "0007_change_things.sql"): AnalysedMigration {
  return analyseMigration(readMigration(migrationFile(name, text)), parser);
}

/** The HoldfastError that an action throws, with the faults joined to it in front of it as one list. */
export function faultsOf(action: () => unknown): HoldfastError[] {
  try {
    action();
  } catch (error) {
    if (error instanceof HoldfastError) return [error, ...(error.details.faults ?? [])];
    throw error;
  }
  return [];
}
