import {
  fileMigrationSource,
  HoldfastError,
  lintFiles,
  loadSqlParser,
  plainText,
  planOfPreview,
  previewFiles,
  type ReportedMigration,
} from "../engine/index.js";
import { planLines } from "./ci/describe-plan.js";
import { answerRequest } from "./entry-point.js";
import { approvalsOf, policyOf, type MigrationsRequest } from "./migrations-request.js";
import { REVIEWED_PLAN_VARIABLE, reviewedPlanOf } from "./reviewed-plan.js";

/** What SchemaMigrations asks before its command would run: the folder, judged without a database. */
interface PreviewRequest extends MigrationsRequest {
  /** What the last deploy reported; null before the first. */
  readonly applied: readonly ReportedMigration[] | null;
}

void answerRequest(async (given) => {
  try {
    return { faults: null, plan: await planFor(given as PreviewRequest) };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return { faults: plainText(error), plan: [] };
  }
});

/** The same summary as a pull request's comment has. */
async function planFor(request: PreviewRequest): Promise<string[]> {
  const { applied: reported, release, promotion } = request;
  const files = await fileMigrationSource(request.directory, "", request.format).load();
  const [approvals, policy, now] = [approvalsOf(request), policyOf(request), new Date()];
  const asked = { files, reported, release, approvals, policy, now, loadParser: loadSqlParser };
  const preview = await previewFiles({
    ...asked,
    ...(promotion === undefined ? {} : { promotion }),
    ...reviewedPlanOf(process.env[REVIEWED_PLAN_VARIABLE]),
  });
  // Before the first deploy no release runs that could break.
  const names = reported === null ? [] : preview.pending.map(({ migration }) => migration.name);
  const { breaking } = await lintFiles(asked, names);
  const comparedWith =
    reported === null ? ({ kind: "first-deploy" } as const) : ({ kind: "deploy", at: null } as const);
  return planLines(planOfPreview(preview, { comparedWith, release, approvals, breaking }));
}
