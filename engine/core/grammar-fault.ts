import { HoldfastError } from "./errors.js";
import type { MigrationFile } from "./migration.js";
import { pointAt } from "./source-location.js";

/** A breach of the file grammar: one sentence (without full stop) about the place, and the way out. */
export function grammarFault(
  file: Pick<MigrationFile, "path" | "text">,
  offset: number,
  sentence: string,
  next: string,
): HoldfastError {
  const place = pointAt(file, offset);
  const { line, column } = place.location;
  return new HoldfastError("invalid_migration", `${file.path}:${line}:${column}: ${sentence}.`, { ...place, next });
}
