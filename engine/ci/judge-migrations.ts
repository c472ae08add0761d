import { planOfPreview } from "./schema-plan.js";
import type { Comparison, SchemaPlan } from "../core/ci/schema-plan.js";
import type { ReportedMigration } from "../core/deploy-summary.js";
import { HoldfastError } from "../core/errors.js";
import { faultFindings } from "../core/lint/fault-finding.js";
import type { LintFinding } from "../core/lint/lint-finding.js";
import { RULES } from "../core/lint/rules.js";
import type { MigrationFile } from "../core/migration.js";
import { versionOrder } from "../core/migration-name.js";
import { lintFolder } from "../lint.js";
import { previewFiles, type PreviewInput } from "../preview-files.js";

export interface MigrationsInput extends PreviewInput {
  readonly comparedWith: Comparison;
}

/** What a change does to the schema, judged without a database. */
export interface JudgedMigrations {
  /** Of the safety rules. */
  readonly rules: readonly LintFinding[];
  /** Of the grammar, the sets, the phases and the approvals. */
  readonly phases: readonly LintFinding[];
  /** Null while a fault hides what would run. */
  readonly plan: SchemaPlan | null;
}

/** Judges the files that are not applied yet; earlier ones are the history they are judged by. */
export async function judgeMigrations(input: MigrationsInput): Promise<JudgedMigrations> {
  const { files, reported } = input;
  const open = files.filter((file) => !hasRun(file, reported)).map(({ name }) => name);
  const { findings, breaking } = await lintFiles(input, open);
  try {
    const preview = await previewFiles(input);
    return { rules: findings, phases: [], plan: planOfPreview(preview, { ...input, breaking }) };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    const phases = faultFindings(error, files[0]?.path ?? "").filter((fault) => !isTold(fault, findings));
    return { rules: findings, phases, plan: null };
  }
}

/** What the safety rules say of some files of a folder. */
export interface LintedFiles {
  readonly findings: readonly LintFinding[];
  /** What fails in the release that runs now; also where a comment allows it. */
  readonly breaking: readonly LintFinding[];
}

/** @param names of the files that are judged; the others are their history */
export async function lintFiles(
  { files, now, loadParser }: Pick<PreviewInput, "files" | "now" | "loadParser">,
  names: readonly string[],
): Promise<LintedFiles> {
  if (names.length === 0) return { findings: [], breaking: [] };
  const { findings, allowed } = lintFolder({ files, parser: await loadParser(), now, only: new Set(names) });
  return { findings, breaking: [...findings, ...allowed].filter(({ rule }) => BREAKS.has(rule)) };
}

const BREAKS: ReadonlySet<string> = new Set(RULES.filter(({ harm }) => harm === "break").map(({ id }) => id));

function hasRun({ version }: MigrationFile, reported: readonly ReportedMigration[] | null): boolean {
  const order = versionOrder(version);
  const row = reported?.find((one) => versionOrder(one.version) === order);
  return row !== undefined && ["applied", "unverified", "retired"].includes(row.state);
}

/** A rule says better what the judge of a deploy says of the same statement. */
function isTold({ file, line }: LintFinding, findings: readonly LintFinding[]): boolean {
  return findings.some((one) => one.severity === "error" && one.file === file && one.line === line);
}
