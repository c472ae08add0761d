import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Label } from "../probe/probed-row.js";

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
