import { writeFileSync } from "node:fs";
import { ownVersion } from "../own-version.js";
import type { Terminal } from "../terminal.js";
import type { CiReport } from "./ci-report.js";
import type { Links } from "./markdown.js";
import { misused } from "./misused.js";

/** Each stands alone: a document of one holds nothing of another. */
export const FORMATS = ["text", "json", "markdown", "github", "sarif"] as const;
export type Format = (typeof FORMATS)[number];

export const FORMAT_FLAG = {
  format: { type: "string", value: "FORMAT", about: "text (default), json, markdown, github (annotations) or sarif" },
} as const;

/** @throws HoldfastError invalid_usage */
export function formatOf(command: string, given: string | undefined, isJson: boolean): Format {
  const format = FORMATS.find((one) => one === (given ?? (isJson ? "json" : "text")));
  if (format === undefined) throw misused(command, `"${given ?? ""}" is no format`, `They are ${FORMATS.join(", ")}.`);
  if (isJson && format !== "json")
    throw misused(command, `--json and --format ${format} exclude each other`, "Give one.");
  return format;
}

export interface Rendering {
  readonly report: CiReport;
  readonly links: Links;
  readonly terminal: Terminal;
}

/** A renderer is loaded when it is asked for. */
export async function render(format: Format, { report, links, terminal }: Rendering): Promise<string> {
  switch (format) {
    case "text":
      return (await import("./render-text.js")).renderCiText(report, terminal);
    case "json":
      return JSON.stringify(jsonOf(report), null, 2);
    case "markdown":
      return (await import("./render-markdown.js")).renderMarkdown(report, links);
    case "github":
      return (await import("./render-github.js")).renderAnnotations(report.findings, links.prefix);
    case "sarif": {
      const { findings, known } = report;
      const { renderSarif } = await import("./render-sarif.js");
      return renderSarif({ findings, known, version: ownVersion(), prefix: links.prefix });
    }
  }
}

export function jsonOf(report: CiReport): object {
  const { ok, ...rest } = report;
  return { ok, ...(!ok && { code: "ci_failed" }), ...rest };
}

/** `markdown=summary.md`: @throws HoldfastError invalid_usage */
export function readWrites(given: readonly string[]): readonly (readonly [Format, string])[] {
  return given.map((one) => {
    const [, format, path] = /^(\w+)=(.+)$/.exec(one) ?? [];
    const known = FORMATS.find((name) => name === format);
    if (known !== undefined && path !== undefined) return [known, path];
    throw misused("ci", `"${one}" does not say what to write where`, "Write --write sarif=holdfast.sarif.");
  });
}

export async function writeAll(writes: readonly (readonly [Format, string])[], rendering: Rendering): Promise<void> {
  const plain = { ...rendering.terminal, hasColours: { output: false, error: false } };
  for (const [format, path] of writes) {
    const text = await render(format, { ...rendering, terminal: plain });
    try {
      writeFileSync(path, `${text}\n`);
    } catch (error) {
      const { code = "unknown reason" } = error as NodeJS.ErrnoException;
      throw misused("ci", `${path} cannot be written (${code})`, "Name a file in a folder that is there.");
    }
  }
}
