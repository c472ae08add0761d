import { HoldfastError } from "../../engine/index.js";
import type { PlannedStep, ReadPreview } from "./planned-step.js";
import { unfinished } from "./read-digest.js";
import { asRecord, textAt, type JsonRecord } from "./read-json-value.js";
import { readStep, type StepNames } from "./read-step.js";

// sdk/go/common/apitype/events.go, StepEventMetadata (Pulumi 3.245).
const NAMES: StepNames = { before: "old", after: "new", diffs: "diffs", replaceKeys: "keys", diffKind: "diffKind" };

export function isEngineEvent(value: unknown): boolean {
  const event = asRecord(value);
  return typeof event?.["sequence"] === "number" && Object.keys(event).some((name) => name.endsWith("Event"));
}

/**
 * Reads engine events: what the CLI prints with PULUMI_ENABLE_STREAMING_JSON_PREVIEW, and what `--event-log` and the Automation
 * API's onEvent give.
 *
 * @throws HoldfastError invalid_preview where the end is missing, or it tells of an update instead of a preview
 */
export function readEventLog(events: readonly JsonRecord[], source: string): ReadPreview {
  const summaries = events.map((event) => asRecord(event["summaryEvent"])).filter((summary) => summary !== undefined);
  if (summaries.some((summary) => summary["isPreview"] === false)) throw isUpdate(source);
  if (summaries.length === 0) throw unfinished(source);
  const told = events.filter((event) => textAt(asRecord(event["diagnosticEvent"]), "severity") === "error").length;
  const hasFailed = summaries.some((summary) => ["failed", "canceled"].includes(textAt(summary, "result")));
  return { steps: readSteps(events), errors: Math.max(told, hasFailed ? 1 : 0) };
}

/** A refresh says what it found only when it is done: the event before it has no more than `refresh`. */
function readSteps(events: readonly JsonRecord[]): PlannedStep[] {
  const before = events.flatMap((event) => stepIn(event["resourcePreEvent"]));
  const refreshed = new Set(before.filter(({ op }) => op === "refresh").map(({ urn }) => urn));
  const after = events.flatMap((event) => stepIn(event["resOutputsEvent"]));
  return [...before, ...after.filter(({ urn, op }) => refreshed.has(urn) && op === "delete")];
}

function stepIn(event: unknown): PlannedStep[] {
  const step = readStep(asRecord(event)?.["metadata"], NAMES);
  return step === undefined ? [] : [step];
}

function isUpdate(source: string): HoldfastError {
  return new HoldfastError("invalid_preview", `${source} is the log of an update that was already made.`, {
    next: "Give a preview: pulumi preview --json | holdfast guard -",
  });
}
