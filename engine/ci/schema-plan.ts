import type { AnalysedMigration } from "../core/analysed-migration.js";
import {
  judgeOldRelease,
  type Comparison,
  type FileToRun,
  type HeldFile,
  type SchemaPlan,
} from "../core/ci/schema-plan.js";
import type { LintFinding } from "../core/lint/lint-finding.js";
import type { Approval, MigrationFile } from "../core/migration.js";
import type { PendingMember } from "../core/pending-set.js";
import type { PlannedStep, PlanResult } from "../core/run.js";
import type { FilesPreview } from "../preview-files.js";

interface Circumstances {
  readonly comparedWith: Comparison;
  readonly release: string;
  readonly approvals: readonly Approval[];
  /** What fails in the release that runs now. */
  readonly breaking: readonly LintFinding[];
}

/** A preview from files, for reviewers. */
export function planOfPreview(preview: FilesPreview, around: Circumstances): SchemaPlan {
  const { comparedWith, release, approvals, breaking } = around;
  const pending = preview.pending.map((file) => fileToRun(file, preview.pendingSet));
  const held = preview.held.map(({ file, reason, dueAt }) => heldFile(file, reason, dueAt, approvals));
  return {
    ...{ comparedWith, release, pending, held },
    ...{ isAhead: preview.isAhead, pendingSet: preview.pendingSet, digest: preview.digest },
    oldRelease: judgeOldRelease(comparedWith, pending, breaking),
  };
}

/** What a plan made on the database itself says, for reviewers. Steps that verify or purge follow from earlier deploys. */
export function planOfSteps(
  { steps, pendingSet, digest, isAhead, release }: PlanResult,
  files: readonly MigrationFile[],
  around: Omit<Circumstances, "release">,
): SchemaPlan {
  const { comparedWith, approvals, breaking } = around;
  const known = steps.flatMap((step) => {
    const file = files.find(({ version }) => version === step.version);
    return file === undefined ? [] : [{ step, file }];
  });
  const pending = known.flatMap(({ step, file }) => stepToRun(step, file, pendingSet));
  return {
    ...{ comparedWith, release, pending, isAhead, pendingSet, digest },
    held: known
      .filter(({ step }) => step.action === "hold")
      .map(({ step, file }) => heldFile(file, step.reason ?? "", step.dueAt, approvals)),
    oldRelease: judgeOldRelease(comparedWith, pending, breaking),
  };
}

function fileToRun(
  { migration, statements, execution }: AnalysedMigration,
  members: readonly PendingMember[],
): FileToRun {
  const { version, name, path, phase, checksum } = migration;
  return {
    ...{ version, name, path, phase, checksum, execution, action: actionOf(version, members) },
    line: statements[0]?.line ?? 1,
    locks: [...new Set(statements.flatMap(({ locks }) => locks))],
    isOpaque: statements.some(({ isOpaque }) => isOpaque),
  };
}

function stepToRun(step: PlannedStep, file: MigrationFile, members: readonly PendingMember[]): FileToRun[] {
  const { action, version, phase, execution, statements, locks, isOpaque } = step;
  if (execution === null || action === "hold" || action === "verify") return [];
  const { name, path, checksum } = file;
  return [
    {
      ...{ version, name, path, phase, checksum, execution, locks, isOpaque, action: actionOf(version, members) },
      line: statements[0]?.line ?? 1,
    },
  ];
}

function actionOf(version: string, members: readonly PendingMember[]): FileToRun["action"] {
  return members.find((member) => member.version === version)?.action === "retire" ? "retire" : "run";
}

function heldFile(
  { version, name, path, checksum }: MigrationFile,
  reason: string,
  dueAt: Date | null,
  approvals: readonly Approval[],
): HeldFile {
  const approval = approvals.find((one) => one.version === version && one.checksum.toLowerCase() === checksum);
  return {
    ...{ version, name, path, checksum, reason },
    dueAt: dueAt?.toISOString() ?? null,
    approver: approval?.by ?? null,
  };
}
