import { findWayBackMarker } from "./adopt/way-back-marker.js";
import { HoldfastError, joinFaults } from "./errors.js";
import { findForeignLines } from "./foreign-lines.js";
import { readHeader } from "./read-header.js";
import { readSections } from "./read-sections.js";
import { readTags } from "./read-tags.js";
import type { Migration, MigrationFile } from "./migration.js";

/**
 * Reads a file's header and sections by the grammar of docs/migration-format.md.
 * @throws HoldfastError invalid_migration, with all faults of the file joined
 */
export function readMigration(file: MigrationFile): Migration {
  // Rows of COPY data look like anything, tags included: nothing after them can be judged.
  refuse(findForeignLines(file));
  refuse(findWayBackMarker(file));
  const tags = readTags(file.text);
  const faults: HoldfastError[] = [];
  const sections = readSections(file, tags, faults);
  const header = readHeader(file, tags, faults);
  refuse(faults);
  return { ...file, ...header, ...sections };
}

function refuse(faults: readonly HoldfastError[]): void {
  const inOrder = [...faults].sort((a, b) => (a.details.location?.line ?? 0) - (b.details.location?.line ?? 0));
  const fault = joinFaults(inOrder);
  if (fault !== undefined) throw fault;
}
