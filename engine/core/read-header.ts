import type { HoldfastError } from "./errors.js";
import { grammarFault } from "./grammar-fault.js";
import { isVersion } from "./migration-name.js";
import type { Migration, MigrationFile, Phase } from "./migration.js";
import { readBatch } from "./read-batch.js";
import { TAG_NAMES, type Tag, type TagName } from "./read-tags.js";

type Header = Pick<Migration, "phase" | "why" | "closes" | "batch" | "copyNone">;
type Fault = (tag: Tag, sentence: string, next: string, at?: number) => void;

const PHASES: readonly Phase[] = ["expand", "backfill", "switch", "contract"];
/** Tags that only one phase has. */
const PHASE_OF: ReadonlyMap<string, Phase> = new Map([
  ["closes", "contract"],
  ["copy", "contract"],
  ["batch", "backfill"],
]);

/** Reads the tags above the first statement; breaches of the grammar, anywhere in the file, are added to `faults`. */
export function readHeader(file: MigrationFile, tags: readonly Tag[], faults: HoldfastError[]): Header {
  const fault: Fault = (tag, sentence, next, at = tag.offset) => {
    faults.push(grammarFault(file, at, sentence, next));
  };
  const header = headerTags(file, tags, fault);
  const named = readPhase(header.get("phase"), fault);
  if (named !== undefined) checkPhaseTags(file, named, header, faults);
  const phase = named ?? "expand";
  const why = readText(header.get("why"), "@why gives no reason", fault);
  const closes = readCloses(header.get("closes"), fault);
  const batch = readBatchTag(header.get("batch"), fault);
  const copyNone = readCopy(header.get("copy"), fault);
  return {
    phase,
    ...(why && { why }),
    ...(closes && { closes }),
    ...(batch && { batch }),
    ...(copyNone && { copyNone }),
  };
}

/** The header's tags by name. Unknown, repeated, late and trailing tags become faults. */
function headerTags(file: MigrationFile, tags: readonly Tag[], fault: Fault): Map<TagName, Tag> {
  const found = new Map<TagName, Tag>();
  const end = headerEnd(file.text);
  for (const tag of tags) {
    const { name } = tag;
    if (!isTagName(name)) {
      const next = `Known are ${TAG_NAMES.map((known) => `@${known}`).join(", ")}; in a comment, write something before the @.`;
      fault(tag, name === "" ? "a tag has no name" : `@${name} is no tag`, next);
    } else if (!tag.isAlone) {
      fault(tag, `@${name} follows SQL on its line`, "Give the tag a line of its own.");
    } else if (name === "verify" || name === "rollback") {
      continue;
    } else if (found.has(name)) {
      fault(tag, ...repeated(name));
    } else if (tag.lineOffset >= end) {
      fault(tag, `@${name} comes too late`, "Move it above the first line that is neither blank nor a -- comment.");
    } else {
      found.set(name, tag);
    }
  }
  return found;
}

function isTagName(name: string): name is TagName {
  return (TAG_NAMES as readonly string[]).includes(name);
}

function repeated(name: TagName): [string, string] {
  if (name === "phase") {
    return ["the file has two phases", "Split it: one phase a file, so that each can be deployed in its own release."];
  }
  return [`@${name} stands twice`, "Keep one."];
}

/** The header ends where the first line begins that is neither blank nor a `--` comment, or a section tag. */
function headerEnd(text: string): number {
  const header = /^(?:[ \t]*(?:--(?![ \t]*@(?:verify|rollback)(?:\s|$)).*)?(?:\n|$))*/.exec(text);
  return header === null || header[0].length === 0 ? 0 : header[0].length;
}

function readPhase(tag: Tag | undefined, fault: Fault): Phase | undefined {
  if (tag === undefined) return "expand";
  const phase = PHASES.find((known) => known === tag.value);
  if (phase === undefined) {
    const sentence = tag.value === "" ? "@phase names no phase" : `@phase ${tag.value} is no phase`;
    fault(tag, sentence, `Write one of ${PHASES.join(", ")}.`, tag.valueOffset);
  }
  return phase;
}

function checkPhaseTags(
  file: MigrationFile,
  phase: Phase,
  header: ReadonlyMap<TagName, Tag>,
  faults: HoldfastError[],
): void {
  for (const [name, tag] of header) {
    const wanted = PHASE_OF.get(name);
    if (wanted === undefined || wanted === phase) continue;
    faults.push(
      grammarFault(
        file,
        tag.offset,
        `@${name} belongs to ${wanted} files; this one is ${phase}`,
        `Drop it, or change @phase.`,
      ),
    );
  }
  if (phase === "contract" && !header.has("closes")) {
    faults.push(
      missing(file, header, "a contract has no @closes", "Add `-- @closes <version>`: the expand that it completes."),
    );
  }
  if (phase === "backfill" && !header.has("batch")) {
    faults.push(
      missing(
        file,
        header,
        "a backfill has no @batch",
        "Add `-- @batch table=<table> key=<column>`: what it walks along.",
      ),
    );
  }
}

function missing(
  file: MigrationFile,
  header: ReadonlyMap<TagName, Tag>,
  sentence: string,
  next: string,
): HoldfastError {
  return grammarFault(file, header.get("phase")?.offset ?? 0, sentence, next);
}

function readText(tag: Tag | undefined, empty: string, fault: Fault): string | undefined {
  if (tag?.value === "") fault(tag, empty, "Write one sentence, or drop the tag.");
  return tag?.value;
}

function readCloses(tag: Tag | undefined, fault: Fault): string | undefined {
  if (tag !== undefined && !isVersion(tag.value)) {
    fault(
      tag,
      "@closes does not name one version",
      "Write the version of the expand it completes, as in its file name.",
      tag.valueOffset,
    );
  }
  return tag?.value;
}

function readBatchTag(tag: Tag | undefined, fault: Fault): Migration["batch"] {
  if (tag === undefined) return undefined;
  const batch = readBatch(tag.value);
  if ("table" in batch) return batch;
  for (const { message, at } of batch) {
    fault(
      tag,
      message,
      "Write `-- @batch table=orders key=id`, with size=1 to 1000000 if 5000 rows do not fit.",
      tag.valueOffset + at,
    );
  }
  return undefined;
}

function readCopy(tag: Tag | undefined, fault: Fault): string | undefined {
  if (tag === undefined) return undefined;
  const reason = /^none\s+(.+)$/.exec(tag.value)?.[1];
  if (reason === undefined)
    fault(tag, "@copy is not `none` and a reason", "Write `-- @copy none <reason>`, or drop it.", tag.valueOffset);
  return reason;
}
