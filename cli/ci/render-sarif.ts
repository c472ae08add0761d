import { createHash } from "node:crypto";
import type { LintFinding, Severity } from "../../engine/index.js";

const LEVELS: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "note" };

export interface SarifInput {
  readonly findings: readonly LintFinding[];
  /** Those that were there before: told as unchanged. */
  readonly known: readonly LintFinding[];
  /** Holdfast's own version. */
  readonly version: string;
  /** Where the project is in the repository, with a slash at its end; empty at its root. */
  readonly prefix: string;
}

/** SARIF 2.1.0 (OASIS standard), as code scanning reads it. */
export function renderSarif({ findings, known, version, prefix }: SarifInput): string {
  const rules = [...new Set([...findings, ...known].map(({ rule }) => rule))].sort();
  const result = (baselineState: string) => (finding: LintFinding) => ({
    ruleId: finding.rule,
    ruleIndex: rules.indexOf(finding.rule),
    level: LEVELS[finding.severity],
    message: { text: finding.fix === undefined ? finding.message : `${finding.message}\n${finding.fix}` },
    locations: [{ physicalLocation: placeOf(finding, prefix) }],
    partialFingerprints: { "holdfastFinding/v1": fingerprintOf(finding) },
    baselineState,
  });
  const driver = { name: "Holdfast", semanticVersion: version, rules: rules.map((id) => ({ id })) };
  const log = {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver },
        columnKind: "unicodeCodePoints",
        results: [...findings.map(result("new")), ...known.map(result("unchanged"))],
      },
    ],
  };
  return JSON.stringify(log, null, 2);
}

function placeOf({ file, line, column }: LintFinding, prefix: string) {
  const uri = `${prefix}${file}`.split("/").map(encodeURIComponent).join("/");
  return { artifactLocation: { uri, uriBaseId: "%SRCROOT%" }, region: { startLine: line, startColumn: column } };
}

/** Not by line, which moves. */
function fingerprintOf({ rule, file, message }: LintFinding): string {
  return createHash("sha256")
    .update(JSON.stringify([rule, file, message]))
    .digest("hex");
}
