import type { LintFinding, Severity } from "../lint/lint-finding.js";
import type { MigrationFile } from "../migration.js";
import { isVersion, versionOrder } from "../migration-name.js";

/** An approval as it stands in a file of settings; anything may be in it. */
export interface WrittenApproval {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly version: unknown;
  readonly checksum: unknown;
  readonly by: unknown;
  readonly expires: unknown;
}

/** Approvals that no deploy can use: of no file, of another text, expired, or unreadable. */
export function approvalFindings(
  approvals: readonly WrittenApproval[],
  files: readonly MigrationFile[],
  now: Date,
): LintFinding[] {
  return approvals.flatMap((approval) => {
    const complaint = complain(approval, files, now);
    const { file, line, column } = approval;
    return complaint === undefined ? [] : [{ ...complaint, file, line, column }];
  });
}

type Complaint = Pick<LintFinding, "rule" | "severity" | "message" | "fix">;

function complain(
  { version, checksum, by, expires }: WrittenApproval,
  files: readonly MigrationFile[],
  now: Date,
): Complaint | undefined {
  if (typeof version !== "string") {
    return about("unknown", "An approval has no version, or one without quotes: YAML would make 0022 a number.", QUOTE);
  }
  const file = files.find(({ order }) => order === orderOf(version));
  if (file === undefined) {
    const way = "Take it out, or write the version as the file's name spells it.";
    return about("unknown", `${version} is approved, and no migration has that version.`, way);
  }
  if (typeof checksum !== "string" || checksum.toLowerCase() !== file.checksum) {
    const what = `${version} is approved with a checksum that is not the one of ${file.name}: the approval is void.`;
    const way = `Review the file as it is now; then approve its checksum: ${file.checksum}`;
    return about("void", what, way);
  }
  if (typeof by !== "string" || by === "") return about("void", `The approval of ${version} does not say by whom.`, BY);
  if (expires === undefined || expires === null) return undefined;
  const instant = expires instanceof Date ? expires : new Date(typeof expires === "string" ? expires : NaN);
  if (Number.isNaN(instant.getTime()))
    return about("void", `The approval of ${version} expires at no instant that can be read.`, INSTANT);
  if (instant > now) return undefined;
  // Once its contract has run, an approval is of no use and no harm; a deploy that needs it refuses.
  const what = `The approval of ${version} expired at ${instant.toISOString()}.`;
  return about("expired", what, "Take it out where the contract has run; else approve it again.", "warning");
}

function about(what: string, message: string, fix: string, severity: Severity = "error"): Complaint {
  return { rule: `approval-${what}`, severity, message, fix };
}

const QUOTE = 'Write it in quotes, as the file\'s name spells it: version: "0022".';
const BY = "Say who approved it: by: ann.";
const INSTANT = "Write an ISO 8601 instant: expires: 2027-01-31T12:00:00Z.";

function orderOf(version: string): bigint | undefined {
  return isVersion(version) ? versionOrder(version) : undefined;
}
