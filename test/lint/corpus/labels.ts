import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rowKey, type CorpusRow, type Label } from "../probe/probed-row.js";

/** By row, as `rule: name`. */
export type Labels = Readonly<Record<string, Label>>;

const FILE = join(__dirname, "labels.json");

/** What a server did with each row when it was last asked. */
export function recordedLabels(): Labels {
  return JSON.parse(readFileSync(FILE, "utf8")) as Labels;
}

export function recordLabels(labels: Labels): void {
  writeFileSync(FILE, `${JSON.stringify(labels, null, 2)}\n`);
}

/** Rows with which a server did something else than is on record, as sentences. */
export function differences(seen: Labels, rows: readonly CorpusRow[]): string[] {
  const recorded = recordedLabels();
  return rows
    .map(rowKey)
    .filter((key) => JSON.stringify(seen[key]?.harm) !== JSON.stringify(recorded[key]?.harm))
    .map((key) => `${key}: recorded ${String(recorded[key]?.harm)}, seen ${String(seen[key]?.harm)}`);
}
