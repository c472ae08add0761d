import { HoldfastError } from "../../engine/index.js";
import type { ReadPreview } from "./planned-step.js";
import { asList, asRecord, textAt, type JsonRecord } from "./read-json-value.js";
import { readStep, type StepNames } from "./read-step.js";

// pkg/display/json.go, PreviewDigest (Pulumi 3.245).
const NAMES: StepNames = {
  before: "oldState",
  after: "newState",
  diffs: "diffReasons",
  replaceKeys: "replaceReasons",
  diffKind: "kind",
};

export function isDigest(document: JsonRecord): boolean {
  return asList(document["steps"]) !== undefined || asRecord(document["changeSummary"]) !== undefined;
}

/**
 * Reads the one document that `pulumi preview --json` prints.
 *
 * @throws HoldfastError invalid_preview where it did not come to its end, or steps are missing that it counted itself
 */
export function readDigest(document: JsonRecord, source: string): ReadPreview {
  const listed = asList(document["steps"]) ?? [];
  const steps = listed.flatMap((step) => readStep(step, NAMES) ?? []);
  const severities = (asList(document["diagnostics"]) ?? []).map((item) => textAt(asRecord(item), "severity"));
  const errors = severities.filter((severity) => severity === "error").length;
  const summary = asRecord(document["changeSummary"]);
  if (summary === undefined && errors === 0) throw unfinished(source);
  if (steps.length < listed.length) throw unreadable(source, "a step has no operation or no URN");
  const short = Object.entries(summary ?? {}).find(
    ([op, count]) => isCounted(op) && countOf(steps, op) < Number(count),
  );
  if (short !== undefined) throw unreadable(source, `it counts ${Number(short[1])} × ${short[0]} and lists fewer`);
  return { steps, errors };
}

/** The engine's own way of hiding steps never hides these. */
function isCounted(op: string): boolean {
  return op === "delete" || op === "replace" || op === "discard";
}

function countOf(steps: ReadPreview["steps"], op: string): number {
  return steps.filter((step) => step.op === op).length;
}

export function unfinished(source: string): HoldfastError {
  return new HoldfastError("invalid_preview", `${source} is of a preview that did not come to its end.`, {
    next: "Let the preview finish, and give its whole output.",
  });
}

function unreadable(source: string, what: string): HoldfastError {
  return new HoldfastError("invalid_preview", `${source} is no whole preview: ${what}.`, {
    next: "Give the output of `pulumi preview --json` as it is, without a filter.",
  });
}
