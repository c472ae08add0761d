import { createColors } from "picocolors";
import { formatDuration, plural } from "../format.js";
import { renderFinding } from "../render-findings.js";
import { renderTable } from "../render-table.js";
import type { Terminal } from "../terminal.js";
import type { CiReport, CheckOutcome } from "./ci-report.js";
import { planLines } from "./describe-plan.js";

/** For a person: findings with their safe form, what would run, the checks, the verdict. */
export function renderCiText(report: CiReport, terminal: Terminal): string {
  const { red, green, yellow } = createColors(terminal.hasColours.output);
  const marks: Readonly<Record<CheckOutcome["outcome"], string>> = {
    ...{ passed: green("passed"), failed: red("failed"), skipped: yellow("skipped") },
  };
  const { findings, known, checks, plan, ok, durationMs } = report;
  const count = (severity: string): number => findings.filter((one) => one.severity === severity).length;
  const before = known.length === 0 ? "" : `, ${plural(known.length, "finding")} from before this change`;
  const took = ` (${formatDuration(durationMs)})`;
  const warnings = count("warning") === 0 ? "" : `, ${plural(count("warning"), "warning")}`;
  return [
    ...findings.flatMap((finding) => [renderFinding(finding, terminal), ""]),
    ...(plan === null ? [] : [...planLines(plan), ""]),
    renderTable(
      ["check", "outcome", "about"],
      checks.map(({ name, outcome, about }) => [name, marks[outcome], about]),
      terminal,
    ),
    "",
    ok
      ? green(`Nothing speaks against this change${warnings}${before}.`) + took
      : red(`${plural(count("error"), "error")}${warnings}${before}. [ci_failed]`) + took,
  ].join("\n");
}
