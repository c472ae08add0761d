import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HoldfastError, type KnownFinding, type LintFinding } from "../../engine/index.js";

/** Findings of the day a project began with `holdfast ci`: under version control, so that people see it grow or shrink. */
export const BASELINE_FILE = "holdfast.ci-baseline.json";

/** @throws HoldfastError invalid_config */
export function readBaseline(root: string): KnownFinding[] {
  const path = join(root, BASELINE_FILE);
  if (!existsSync(path)) return [];
  const list = parse(readFileSync(path, "utf8"));
  if (Array.isArray(list) && list.every(isFinding)) return list;
  throw new HoldfastError("invalid_config", `${BASELINE_FILE} cannot be read.`, {
    next: "Write it again: holdfast ci --record-baseline.",
  });
}

/** Errors alone: nothing else fails a change. A readable line each, and no value of any secret. */
export function writeBaseline(root: string, findings: readonly LintFinding[]): KnownFinding[] {
  const known = findings
    .filter(({ severity }) => severity === "error")
    .map(({ rule, file, message }) => ({ rule, file, message }));
  const lines = known.map((one) => `  ${JSON.stringify(one)}`).sort();
  const text = lines.length === 0 ? "[]\n" : `[\n${lines.join(",\n")}\n]\n`;
  writeFileSync(join(root, BASELINE_FILE), text);
  return known;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isFinding(value: unknown): value is KnownFinding {
  if (typeof value !== "object" || value === null) return false;
  const { rule, file, message } = value as Record<string, unknown>;
  return [rule, file, message].every((one) => typeof one === "string");
}
