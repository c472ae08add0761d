import type { PlacedStatement } from "../analysed-migration.js";
import type { MigrationFile } from "../migration.js";
import { positionAt } from "../source-location.js";
import { readAllowances, type Allowance } from "./allowances.js";
import type { LintFinding } from "./lint-finding.js";
import type { RawFinding } from "./lint-statements.js";
import type { LintedFile } from "./rule.js";
import { RULE_IDS } from "./rules.js";

/** A finding that a comment allows, with what the comment says. */
export interface AllowedFinding extends LintFinding {
  readonly because: string;
  /** The first instant at which it counts again. */
  readonly until: Date;
}

export interface FileVerdict {
  readonly findings: readonly LintFinding[];
  readonly allowed: readonly AllowedFinding[];
}

interface JudgedFile {
  readonly source: Pick<MigrationFile, "path" | "text">;
  readonly file: LintedFile;
  readonly statements: readonly PlacedStatement[];
  readonly now: Date;
}

/** Makes findings for people of what the rules said, less what comments allow; comments that allow nothing are findings too. */
export function judgeFindings(raw: readonly RawFinding[], judged: JudgedFile): FileVerdict {
  const allowances = readAllowances(judged.source.text, judged.statements);
  const used = new Set<Allowance>();
  const verdict = { findings: [] as LintFinding[], allowed: [] as AllowedFinding[] };
  for (const one of raw) {
    const finding = findingOf(one, judged);
    const allowance = allowances.find(({ rule, statement }) => rule === one.rule.id && statement === one.index);
    if (allowance !== undefined) used.add(allowance);
    const { until } = allowance ?? {};
    if (allowance === undefined || until === undefined || fault(allowance, judged, one) !== undefined) {
      verdict.findings.push(finding);
    } else verdict.allowed.push({ ...finding, because: allowance.reason, until });
  }
  for (const allowance of allowances) {
    const one = raw.find(({ rule, index }) => rule.id === allowance.rule && index === allowance.statement);
    const why = fault(allowance, judged, one) ?? (used.has(allowance) ? undefined : NOTHING_TO_ALLOW);
    if (why !== undefined) verdict.findings.push(brokenAllowance(allowance, why, judged));
  }
  return { ...verdict, findings: inOrder(verdict.findings) };
}

const NOTHING_TO_ALLOW: Fault = {
  severity: "warning",
  sentence: "allows what no rule objects to",
  next: "Remove the comment.",
};

interface Fault {
  readonly severity: "error" | "warning";
  /** Goes on from «the comment …». */
  readonly sentence: string;
  readonly next: string;
}

const FORM = "-- holdfast:allow <rule> until <YYYY-MM-DD> because <reason>";

function fault(allowance: Allowance, { file, now }: JudgedFile, one: RawFinding | undefined): Fault | undefined {
  const { rule, until, reason } = allowance;
  if (rule === "" || reason === "" || until === undefined) {
    return { severity: "error", sentence: "is not in the form of an allowance", next: `Write ${FORM}` };
  }
  if (!RULE_IDS.has(rule)) {
    return { severity: "error", sentence: `names no rule: ${rule}`, next: "Write the rule as the finding names it." };
  }
  if (one?.rule.isContractsWork === true && file.manner === "holdfast") {
    return { severity: "error", sentence: `cannot allow ${rule}`, next: CONTRACT };
  }
  if (until <= now) {
    const next = "Mend the statement, or have the exception reviewed again and write a later date.";
    return { severity: "error", sentence: `has expired`, next };
  }
  return undefined;
}

const CONTRACT =
  "Move the statement to a file of its own in a later release: `-- @phase contract` and `-- @closes <version of its expand>`.";

function findingOf({ rule, violation, offset, inside }: RawFinding, { source, file }: JudgedFile): LintFinding {
  const isAContracts = rule.isContractsWork === true && file.manner === "holdfast";
  const fix = violation.fix ?? (isAContracts ? CONTRACT : undefined);
  const where = inside === undefined ? "" : `, in ${inside}`;
  return {
    ...{ rule: rule.id, severity: violation.severity ?? rule.severity, file: source.path },
    ...positionAt(source.text, offset),
    message: `The statement ${violation.message}${where}${isAContracts ? "; only a contract may" : ""}.`,
    ...(fix !== undefined && { fix }),
  };
}

function brokenAllowance(
  { offset }: Allowance,
  { severity, sentence, next }: Fault,
  { source }: JudgedFile,
): LintFinding {
  return {
    ...{ rule: "invalid-allowance", severity, file: source.path, ...positionAt(source.text, offset) },
    ...{ message: `The comment ${sentence}.`, fix: next },
  };
}

function inOrder(findings: readonly LintFinding[]): LintFinding[] {
  return [...findings].sort((a, b) => a.line - b.line || a.column - b.column || (a.rule < b.rule ? -1 : 1));
}
