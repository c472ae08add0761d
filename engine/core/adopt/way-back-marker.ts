import type { HoldfastError } from "../errors.js";
import { grammarFault } from "../grammar-fault.js";
import type { MigrationFile } from "../migration.js";
import { scanText } from "../scan-text.js";

const MARKERS = [
  ["dbmate", /^--\s*migrate:down(?:\s.*)?$/],
  ["node-pg-migrate", /^--\s*Down Migration\s*$/],
] as const;

/**
 * A line below which dbmate or node-pg-migrate keeps the way back. Read as Holdfast's own, such a file would run forward and back
 * at once: that is told, with the setting that was forgotten.
 */
export function findWayBackMarker(file: MigrationFile): HoldfastError[] {
  if (!/migrate:down|Down Migration/.test(file.text)) return [];
  for (const { kind, offset, end } of scanText(file.text)) {
    if (kind !== "line-comment" || (offset > 0 && file.text.charAt(offset - 1) !== "\n")) continue;
    const comment = file.text.slice(offset, end);
    const tool = MARKERS.find(([, marker]) => marker.test(comment))?.[0];
    if (tool !== undefined) return [markerFault(file, offset, tool)];
  }
  return [];
}

function markerFault(file: MigrationFile, offset: number, tool: string): HoldfastError {
  const next =
    `If the folder is ${tool}'s, say so: "format": "${tool}" in holdfast.json, or holdfast:format (holdfast adopt --help).\n` +
    "Else write -- @rollback in its place.";
  return grammarFault(file, offset, `here ${tool} begins the way back, which Holdfast would run with the rest`, next);
}
