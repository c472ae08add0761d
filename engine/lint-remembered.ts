import { DEFAULT_SERVER } from "./core/lint/lint-file.js";
import type { LintMemory, RememberedLint } from "./core/lint/lint-memory.js";
import { Schema } from "./core/lint/schema/schema.js";
import { checksumOf } from "./core/normalise-text.js";
import type { SqlParser } from "./core/ports.js";
import { lintFrom, lintReport, type LintReport, type LintRequest } from "./lint.js";

export interface RememberedRequest extends Omit<LintRequest, "parser"> {
  /** Asked for only where a file was not judged before. */
  readonly loadParser: () => Promise<SqlParser>;
  readonly memory: LintMemory;
  /** Whatever tells this build of the rules from another one. */
  readonly rules: string;
}

/**
 * Judges a folder as `lintFolder` does; files that were judged before, behind the same earlier files and by the same rules, are
 * not even parsed.
 */
export async function lintRemembered(request: RememberedRequest): Promise<LintReport> {
  const { memory, loadParser, now } = request;
  const keys = keysOf(request);
  const known = memory.load();
  const same = known === undefined ? 0 : countKnown(known, keys, request);
  if (known !== undefined && same === keys.length) return lintReport(known.verdicts.slice(0, same));
  // The schema is known only as all remembered files leave it.
  const isContinued = known !== undefined && same === known.keys.length;
  const [from, schema] = isContinued ? [same, new Schema(known.schema)] : [0, new Schema()];
  const verdicts = [
    ...(isContinued ? known.verdicts : []),
    ...lintFrom(from, schema, { ...request, now, parser: await loadParser() }),
  ];
  memory.save({ keys, verdicts, schema });
  return lintReport(verdicts);
}

/** Each file's verdict depends on all files before it. */
function keysOf({ files, rules, server = DEFAULT_SERVER }: RememberedRequest): string[] {
  let key = `${rules} ${server}`;
  return files.map((file) => {
    const manner =
      "up" in file ? `plain ${file.up.offset} ${file.up.text.length} ${String(file.isOneTransaction)}` : "own";
    key = checksumOf([key, manner, file.path, file.text].join("\0"));
    return key;
  });
}

/** How many files, from the first on, have a verdict that still holds. */
function countKnown(known: RememberedLint, keys: readonly string[], { files, only, now }: RememberedRequest): number {
  const at = keys.findIndex((key, index) => {
    const verdict = known.verdicts[index];
    if (key !== known.keys[index] || verdict === undefined) return true;
    const isWanted = only === undefined || only.has(files[index]?.name ?? "");
    if (verdict === null) return isWanted;
    return !isWanted || verdict.allowed.some(({ until }) => until <= now);
  });
  return at < 0 ? keys.length : at;
}
