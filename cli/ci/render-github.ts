import type { LintFinding, Severity } from "../../engine/index.js";

const LEVELS: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "notice" };

/**
 * GitHub's workflow commands, one line a finding, and nothing else: it shows them at the lines of the pull request. Escaped as
 * @actions/core does (packages/core/src/command.ts), so that no text of a change can become a command of its own.
 *
 * @param prefix where the project is in the repository, with a slash at its end; empty at its root
 */
export function renderAnnotations(findings: readonly LintFinding[], prefix: string): string {
  return findings.map((finding) => annotation(finding, prefix)).join("\n");
}

function annotation({ severity, rule, file, line, column, message, fix }: LintFinding, prefix: string): string {
  const properties = { file: `${prefix}${file}`, line: String(line), col: String(column), title: rule };
  const told = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(value)}`);
  return `::${LEVELS[severity]} ${told.join(",")}::${escapeData(fix === undefined ? message : `${message}\n${fix}`)}`;
}

export function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
