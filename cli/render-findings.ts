import { createColors } from "picocolors";
import type { LintFinding, LintReport, Severity } from "../engine/index.js";
import { plural } from "./format.js";
import type { Terminal } from "./terminal.js";

/** What the linter found, for a person: each with its place, the rule and the safe form; then the count. */
export function renderFindings({ findings, allowed, judged }: LintReport, terminal: Terminal): string {
  const { dim } = createColors(terminal.hasColours.output);
  return [
    ...findings.flatMap((finding) => [renderFinding(finding, terminal), ""]),
    ...allowed.map((one) => dim(`${placeOf(one)}: ${one.rule} is allowed until ${lastDay(one.until)}: ${one.because}`)),
    headline(findings, judged, terminal),
  ].join("\n");
}

export function renderFinding(finding: LintFinding, terminal: Terminal): string {
  const { red, yellow, cyan, dim } = createColors(terminal.hasColours.output);
  const colours: Readonly<Record<Severity, (text: string) => string>> = { error: red, warning: yellow, info: cyan };
  const { severity, rule, message, fix } = finding;
  const fixed =
    fix === undefined ? [] : fix.split("\n").map((line, at) => `  ${at === 0 ? "fix " : "    "}    ${line}`);
  return [
    `${colours[severity](severity.padEnd(7))} ${placeOf(finding)}: ${message} ${dim(`[${rule}]`)}`,
    ...fixed,
  ].join("\n");
}

function headline(findings: readonly LintFinding[], judged: number, terminal: Terminal): string {
  const { red, green } = createColors(terminal.hasColours.output);
  const count = (severity: Severity): number => findings.filter((one) => one.severity === severity).length;
  const [errors, warnings] = [count("error"), count("warning")];
  const files = plural(judged, "file");
  const rest = warnings === 0 ? "" : `, ${plural(warnings, "warning")}`;
  return errors === 0
    ? green(`${files} judged: nothing that must not run${rest}.`)
    : red(`${files} judged: ${plural(errors, "error")}${rest}. [unsafe_statement]`);
}

function placeOf({ file, line, column }: LintFinding): string {
  return `${file}:${line}:${column}`;
}

/** The day before the instant at which it counts again. */
function lastDay(until: Date): string {
  return new Date(until.getTime() - 1).toISOString().slice(0, 10);
}
