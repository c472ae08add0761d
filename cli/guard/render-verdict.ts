import { createColors } from "picocolors";
import { plural } from "../format.js";
import { renderTable } from "../render-table.js";
import type { Terminal } from "../terminal.js";
import type { Finding, Verdict } from "./judge-preview.js";

/** What the verdict is about, beside the findings. */
export interface Circumstances {
  readonly steps: number;
  readonly errors: number;
  readonly because: string | undefined;
}

/** As a person reads it: a table, then each resource with what to do. */
export function renderVerdict(
  { refused, allowed, idle }: Verdict,
  { steps, errors, because = "" }: Circumstances,
  terminal: Terminal,
): string {
  const { green, red } = createColors(terminal.hasColours.output);
  const found = [...refused, ...allowed];
  const verdict =
    refused.length === 0
      ? green(`${plural(steps, "step")} read: no database, secret, key or backup is lost`)
      : red(`${plural(refused.length, "resource")} would be lost [guard_refused]`);
  return [
    ...(found.length === 0 ? [] : [table(refused, allowed, terminal), ""]),
    ...refused.flatMap((finding) => [finding.urn, `  next    ${finding.next}`, ""]),
    ...allowed.map(({ urn }) => `allowed ${urn}: ${because}`),
    ...idle.map((urn) => `--allow ${urn}: nothing is planned for it; take the flag out`),
    ...(errors === 0 ? [] : [`The preview itself failed (${plural(errors, "error")}), so there may be more.`]),
    verdict,
  ].join("\n");
}

function table(refused: readonly Finding[], allowed: readonly Finding[], terminal: Terminal): string {
  const row =
    (mark: string) =>
    ({ name, kind, type, fate, cause }: Finding): string[] => [name, kind, type, `${fate}${mark}`, cause];
  return renderTable(
    ["resource", "kind", "type", "would be", "because"],
    [...refused.map(row("")), ...allowed.map(row(", allowed"))],
    terminal,
  );
}

/** GitHub's workflow commands, one line a finding: it shows them at the run and on the pull request. */
export function renderAnnotations({ refused, allowed }: Verdict): string[] {
  return [
    ...refused.map((finding) => annotation("error", finding)),
    ...allowed.map((finding) => annotation("notice", finding)),
  ];
}

function annotation(level: string, { name, kind, fate, cause, next, urn }: Finding): string {
  const title = `${kind} ${name} would be ${fate}`.replace(/[%\r\n:,]/g, escape);
  return `::${level} title=${title}::${`${urn}: ${cause}. ${next}`.replace(/[%\r\n]/g, escape)}`;
}

function escape(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
