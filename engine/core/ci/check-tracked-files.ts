import type { LintFinding } from "../lint/lint-finding.js";
import { destructiveSeedingFindings } from "./destructive-seeding.js";
import { secretFindings } from "./secrets.js";
import { sqliteFindings } from "./sqlite.js";
import type { TextFile } from "./text-file.js";
import { trackedEnvFindings } from "./tracked-env-files.js";

/** What each check of a repository's files finds, by the check's name. */
export type RepositoryFindings = Readonly<
  Record<"secrets" | "sqlite" | "seeding" | "env-files", readonly LintFinding[]>
>;

/**
 * @param paths all files under version control
 * @param files those of them that are text
 */
export function checkTrackedFiles(paths: readonly string[], files: readonly TextFile[]): RepositoryFindings {
  return {
    secrets: files.flatMap(secretFindings),
    sqlite: files.flatMap(sqliteFindings),
    seeding: destructiveSeedingFindings(files),
    "env-files": trackedEnvFindings(paths),
  };
}
