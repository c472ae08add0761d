import { HoldfastError } from "../../engine/index.js";
import type { ReadPreview } from "./planned-step.js";
import { isDigest, readDigest, unfinished } from "./read-digest.js";
import { isEngineEvent, readEventLog } from "./read-event-log.js";
import { asList, asRecord, type JsonRecord } from "./read-json-value.js";

/**
 * Reads a preview in any of the forms Pulumi gives: the document of `pulumi preview --json`, engine events a line each, or a JSON list
 * of them.
 *
 * @param source as messages name it
 * @throws HoldfastError invalid_preview; never with a part of the text, which may hold what is nobody's business
 */
export function readPreview(bytes: Uint8Array, source: string): ReadPreview {
  const text = decode(bytes).trim();
  if (text === "") {
    throw fault(source, "is empty", "The preview wrote nothing: look at its exit code and at what it says on stderr.");
  }
  const document = parse(text);
  if (document === undefined) return readLines(text, source);
  const events = asList(document) ?? asList(asRecord(document)?.["events"]) ?? [document];
  if (events.length > 0 && events.every(isEngineEvent)) return readEventLog(events as JsonRecord[], source);
  const record = asRecord(document);
  if (record !== undefined && isDigest(record)) return readDigest(record, source);
  if (record !== undefined && asList(record["diagnostics"]) !== undefined) return readDigest(record, source);
  throw foreign(record, source);
}

/** PowerShell's `>` writes UTF-16 with a byte-order mark. */
function decode(bytes: Uint8Array): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isUtf16 ? "utf-16le" : "utf-8").decode(bytes);
}

function readLines(text: string, source: string): ReadPreview {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const events = lines.map(parse);
  if (events.every(isEngineEvent)) return readEventLog(events as JsonRecord[], source);
  if (isEngineEvent(events[0])) throw unfinished(source);
  const isCut = text.startsWith("{");
  throw fault(
    source,
    isCut ? "is no whole JSON document: it is cut off or damaged" : "is no JSON",
    isCut
      ? "Let the preview finish, and give its whole output."
      : "Write only stdout of `pulumi preview --json` into it, nothing of stderr.",
  );
}

/** JSON.parse quotes the text it fails at; so its error goes nowhere. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What people confuse with a preview, by a key that only it has. */
const OTHERS: Readonly<Record<string, string>> = {
  deployment: "a stack's exported state",
  resourcePlans: "an update plan (--save-plan)",
  resource_changes: "a Terraform plan",
  terraform_version: "of Terraform",
  Resources: "a CloudFormation template",
};

function foreign(document: JsonRecord | undefined, source: string): HoldfastError {
  if (document !== undefined && Object.keys(document).length === 0) {
    return fault(source, "holds nothing", "The preview ended before it planned anything; let it finish.");
  }
  const other = Object.entries(OTHERS).find(([key]) => document !== undefined && key in document)?.[1];
  return fault(
    source,
    other === undefined ? "is JSON, and no preview" : `is ${other}, and no preview`,
    "Give the output of `pulumi preview --json`.",
  );
}

function fault(source: string, what: string, next: string): HoldfastError {
  return new HoldfastError("invalid_preview", `${source} ${what}.`, { next });
}
