import {
  fileMigrationSource,
  HoldfastError,
  loadSqlParser,
  plainText,
  previewFiles,
  type AnalysedMigration,
  type FilesPreview,
  type ReportedMigration,
} from "../engine/index.js";
import { answerRequest } from "./entry-point.js";
import { approvalsOf, policyOf, type MigrationsRequest } from "./migrations-request.js";
import { REVIEWED_PLAN_VARIABLE, reviewedPlanOf } from "./reviewed-plan.js";

/** What SchemaMigrations asks before its command would run: the folder, judged without a database. */
interface PreviewRequest extends MigrationsRequest {
  /** What the last deploy reported; null before the first. */
  readonly applied: readonly ReportedMigration[] | null;
}

/** A first deploy may bring hundreds of files; a preview is for reading. */
const LISTED_FILES = 50;

void answerRequest(async (given) => {
  const request = given as PreviewRequest;
  try {
    const preview = await previewFiles({
      files: await fileMigrationSource(request.directory, "", request.format).load(),
      reported: request.applied,
      release: request.release,
      approvals: approvalsOf(request),
      policy: policyOf(request),
      now: new Date(),
      loadParser: loadSqlParser,
      ...(request.promotion === undefined ? {} : { promotion: request.promotion }),
      ...reviewedPlanOf(process.env[REVIEWED_PLAN_VARIABLE]),
    });
    return { faults: null, plan: describe(preview) };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return { faults: plainText(error), plan: [] };
  }
});

function describe({ pending, held, isAhead, isCompared }: FilesPreview): string[] {
  if (isAhead) return ["The database is ahead of this release: nothing will run."];
  const first = isCompared ? "" : " (not compared with a database: this is the first deploy)";
  const heading =
    pending.length === 0 ? "No migration is pending." : `${count(pending.length, "migration")} will run${first}:`;
  return [
    heading,
    ...listed(pending.map((file) => `${file.migration.name}  ${mannerOf(file)}`)),
    ...(held.length === 0 ? [] : [`${count(held.length, "migration")} held:`]),
    ...listed(
      held.map(
        ({ file, reason, dueAt }) => `${file.name}  ${reason}${dueAt === null ? "" : `, due ${dueAt.toISOString()}`}`,
      ),
    ),
  ];
}

function mannerOf({ migration, execution }: AnalysedMigration): string {
  const manners = {
    transaction: "in one transaction",
    outside: "statement by statement",
    backfill: "in batches",
    contract: "",
  };
  return [migration.phase, manners[execution]].filter((text) => text !== "").join(", ");
}

function listed(lines: readonly string[]): string[] {
  const more = lines.length - LISTED_FILES;
  const shown = lines.slice(0, LISTED_FILES).map((line) => `  ${line}`);
  return more > 0 ? [...shown, `  … and ${more} more`] : shown;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
