import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { HoldfastError } from "../../engine/index.js";
import { defineCommand, type Answer, type FlagValues, type Flags } from "../command.js";
import { plural } from "../format.js";
import { findKindIn } from "../guard/guarded-types.js";
import { judgePreview, type Verdict } from "../guard/judge-preview.js";
import type { ReadPreview } from "../guard/planned-step.js";
import { readPreview } from "../guard/read-preview.js";
import type { Terminal } from "../terminal.js";

const FLAGS = {
  type: { type: "list", value: "TYPE", about: "a further type to watch, * for anything; may be given several times" },
  allow: { type: "list", value: "URN", about: "a resource that may go; may be given several times" },
  because: { type: "string", value: "TEXT", about: "why; required with --allow, and told with the verdict" },
  format: { type: "string", value: "FORMAT", about: "text (default), or github: also annotations of the pull request" },
} as const satisfies Flags;

export const command = defineCommand({
  about:
    "Reads the preview of any stack and refuses it where a database, secret, key, backup or store of files would be replaced, " +
    "deleted or forgotten. Needs no database.",
  words: [{ name: "preview", about: "the output of `pulumi preview --json`: a file, or - for stdin" }],
  flags: FLAGS,
  examples: [
    ["pulumi preview --json | holdfast guard -", "in a pull request, with pipefail"],
    ["holdfast guard preview.json --type acme:index:Ledger", "a type of your own beside the known ones"],
    [
      'holdfast guard preview.json --allow urn:pulumi:dev::shop::aws:rds/instance:Instance::old --because "moved to main"',
      "one that may go",
    ],
  ],
  async run({ words: [file = "-"], flags, terminal }) {
    const { type = [], allow = [], because, format } = checkFlags(flags);
    const source = file === "-" ? "stdin" : file;
    const preview = readPreview(await read(file), source);
    const verdict = judgePreview(preview, findKindIn(type), allow);
    if (verdict.refused.length === 0 && preview.errors > 0) throw previewFailed(source, preview.errors);
    return answer(verdict, preview, { because, format, terminal });
  },
});

type GuardFlags = FlagValues<typeof FLAGS>;

function checkFlags(flags: GuardFlags): GuardFlags {
  const { allow = [], type = [], because, format = "text" } = flags;
  if (allow.length > 0 && because === undefined) {
    throw misused("--allow needs --because", 'Say why: --because "…".');
  }
  const stray = allow.find((urn) => !urn.startsWith("urn:pulumi:"));
  if (stray !== undefined) {
    throw misused(`"${stray}" is no URN`, "Copy it from this command's own answer, in single quotes: it may hold a $.");
  }
  const odd = type.find((one) => !/^[^:]+:[^:]*:[^:]+$/.test(one));
  if (odd !== undefined) throw misused(`"${odd}" is no type`, "A type is package:module:Name; * stands for anything.");
  if (format !== "text" && format !== "github") throw misused(`"${format}" is no format`, "They are text and github.");
  return flags;
}

function misused(what: string, next: string): HoldfastError {
  return new HoldfastError("invalid_usage", `holdfast guard: ${what}.`, { next });
}

async function read(file: string): Promise<Uint8Array> {
  if (file === "-") return buffer(process.stdin);
  try {
    return await readFile(file);
  } catch (error) {
    const { code = "unknown reason" } = error as NodeJS.ErrnoException;
    const next = "Name the file with the output of `pulumi preview --json`, or - for stdin.";
    throw new HoldfastError("invalid_preview", `${file} cannot be read (${code}).`, { next }, { cause: error });
  }
}

/** Its own messages may quote anything of the program, and are not repeated. */
function previewFailed(source: string, errors: number): HoldfastError {
  return new HoldfastError("preview_failed", `${source} is of a preview that failed (${plural(errors, "error")}).`, {
    next: "Correct what its diagnostics say, and preview again: what would be deleted was perhaps not planned yet.",
  });
}

interface AnswerOptions {
  readonly because: string | undefined;
  readonly format: string | undefined;
  readonly terminal: Terminal;
}

function answer(verdict: Verdict, preview: ReadPreview, { because, format, terminal }: AnswerOptions): Answer {
  const isRefused = verdict.refused.length > 0;
  const circumstances = { steps: preview.steps.length, errors: preview.errors, because };
  return {
    json: {
      ok: !isRefused,
      ...(isRefused && { code: "guard_refused" }),
      ...circumstances,
      ...verdict,
    },
    text: async () => {
      const { renderAnnotations, renderVerdict } = await import("../guard/render-verdict.js");
      const lines = format === "github" ? renderAnnotations(verdict) : [];
      return [renderVerdict(verdict, circumstances, terminal), ...lines].join("\n");
    },
    exitCode: isRefused ? 3 : 0,
  };
}
