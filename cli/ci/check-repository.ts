import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import {
  approvalFindings,
  checkTrackedFiles,
  missingVariables,
  tellApart,
  type KnownFinding,
  type LintFinding,
  type MigrationFile,
} from "../../engine/index.js";
import type { CheckName } from "./ci-report.js";
import type { CiSettings } from "./ci-settings.js";
import { listAt, listTracked, readAt, readTracked, type Base, type TrackedFile, type WorkTree } from "./git.js";
import { isStackFile, writtenApprovals } from "./written-approvals.js";

export type Findings = Readonly<Partial<Record<CheckName, readonly LintFinding[]>>>;

/** What a project's files say, migrations aside; and what they said on the base branch. */
export interface RepositoryVerdict {
  readonly findings: Findings;
  /** What is told of the base, too. */
  readonly known: readonly LintFinding[];
  /** Files that were read. */
  readonly looked: number;
}

interface Surroundings {
  readonly migrations: readonly MigrationFile[];
  readonly settings: CiSettings;
  readonly now: Date;
  readonly root: string;
}

export function checkRepository(workTree: WorkTree, base: Base | undefined, around: Surroundings): RepositoryVerdict {
  const paths = listTracked(workTree);
  const files = readTracked(workTree, paths);
  const findings = judge(paths, files, around);
  return {
    findings,
    known: base === undefined ? [] : foundBefore(workTree, base, files, around),
    looked: files.length,
  };
}

/** The same checks over the files as they were: those that did not change are the ones that are here. */
function foundBefore(
  workTree: WorkTree,
  base: Base,
  files: readonly TrackedFile[],
  around: Surroundings,
): LintFinding[] {
  const before = listAt(workTree, base.commit);
  const changed = readAt(
    workTree,
    base.commit,
    before.filter((path) => base.changed.has(path)),
  );
  const same = files.filter(({ path }) => !base.changed.has(path));
  return Object.values(judge(before, [...same, ...changed], around)).flat();
}

function judge(paths: readonly string[], files: readonly TrackedFile[], around: Surroundings): Findings {
  const { migrations, settings, now, root } = around;
  const approvals = files.filter(({ path }) => isStackFile(path)).flatMap(writtenApprovals);
  return {
    ...checkTrackedFiles(paths, files),
    approvals: approvalFindings(approvals, migrations, now),
    variables: missingVariables({
      ...settings,
      find: (path) => {
        const text = files.find((file) => file.path === path)?.text ?? untracked(root, path);
        return text === undefined ? undefined : { path, names: new Set(Object.keys(parseEnv(text))) };
      },
    }),
  };
}

/** The real file of an environment is under no version control, and may lie here all the same. */
function untracked(root: string, path: string): string | undefined {
  const file = join(root, path);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** Takes out of each check what was there before. */
export function withoutKnown(findings: Findings, known: readonly KnownFinding[]): Findings {
  return Object.fromEntries(
    Object.entries(findings).map(([name, list]) => [name, tellApart(list, known).fresh] as const),
  );
}
