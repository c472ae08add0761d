import {
  faultFindings,
  fileMigrationSource,
  HoldfastError,
  rehearseMigrations,
  versionOrder,
  type LintFinding,
  type RehearsalReport,
  type SchemaPlan,
} from "../../engine/index.js";
import type { CollectedMigrations } from "./collect-migrations.js";

/** What came of a rehearsal, or why there was none. */
export interface Rehearsed {
  /** Null where nothing was rehearsed. */
  readonly report: RehearsalReport | null;
  /** Why not, as a clause; null where it was. */
  readonly reason: string | null;
  /** What was rehearsed, as a clause. */
  readonly about: string;
  readonly findings: readonly LintFinding[];
}

/** Runs what is pending, and what is held, on a throw-away server. That there is none here is told, and fails nothing. */
export async function rehearseChange(
  { folder: { directory, root, format } }: CollectedMigrations,
  plan: SchemaPlan | null,
): Promise<Rehearsed> {
  if (plan === null) return notRehearsed("the files cannot run as they are");
  const versions = new Set([...plan.pending, ...plan.held].map(({ version }) => version));
  if (versions.size === 0) return notRehearsed("nothing is pending");
  try {
    const source = fileMigrationSource(directory, root, format);
    const pending = new Set([...versions].map(versionOrder));
    const report = await rehearseMigrations({ pending }, { source });
    const about = `${report.files.length} files on ${report.server}, after ${report.history} earlier ones`;
    return { report, reason: null, about, findings: report.files.flatMap(findingsOf) };
  } catch (error) {
    if (error instanceof HoldfastError) return notRehearsed(error.message.replace(/\.$/, ""));
    throw error;
  }
}

function notRehearsed(reason: string): Rehearsed {
  return { report: null, reason: `not rehearsed: ${reason}`, about: "", findings: [] };
}

function findingsOf({ path, error, contradictions, rollback }: RehearsalReport["files"][number]): LintFinding[] {
  const warn = (rule: string, message: string): LintFinding => ({
    ...{ rule, severity: "warning", file: path, line: 1, column: 1, message },
  });
  return [
    ...(error === null ? [] : faultFindings(error, path)),
    ...contradictions.map((sentence) => warn("rehearsal-contradiction", sentence)),
    ...rollback.lost.map(({ what }) => warn("rollback-loses-data", `@rollback loses data: ${what}.`)),
  ];
}
