import { fileMigrationSource, HoldfastError, migrateDatabase, openDatabase, summariseRun } from "../engine/index.js";
import { backupSettingsFor } from "./backed-up.js";
import { answerRequest } from "./entry-point.js";
import { findCommit } from "./find-commit.js";
import { approvalsOf, policyOf, type DeployRequest } from "./migrations-request.js";
import { REVIEWED_PLAN_VARIABLE, reviewedPlanOf } from "./reviewed-plan.js";
import { stoppable } from "./stoppable.js";
import { openTerminal } from "./terminal.js";

/** What SchemaMigrations' command runs: the deploy, told in one line of JSON. */
void answerRequest(async (given) => {
  const request = given as DeployRequest;
  if (request.execution === "codebuild") throw unavailable();
  const { promotion, directory, release, environment, schema } = request;
  const database = await openDatabase(request.connection, schema);
  const settings = backupSettingsFor(database.local?.name ?? database.aws?.instance ?? "");
  const commit = request.commit ?? findCommit(directory);
  const result = await stoppable(openTerminal(false), ({ progress, signal }) =>
    migrateDatabase(
      {
        ...{ release, environment, progress, signal },
        policy: policyOf(request),
        approvals: approvalsOf(request),
        ...reviewedPlanOf(process.env[REVIEWED_PLAN_VARIABLE]),
        ...(promotion === undefined ? {} : { promotion }),
        ...(commit === undefined ? {} : { commit }),
      },
      { ...database, ...settings, source: fileMigrationSource(directory, "", request.format) },
    ),
  );
  return summariseRun(result);
});

/** SchemaMigrations stops before this; a program that holds its command alone does not. */
function unavailable(): HoldfastError {
  return new HoldfastError("execution_unavailable", 'Migrations cannot run by "codebuild" yet. Nothing was run.', {
    next: 'Deploy from a host that reaches the database, with execution: "direct".',
  });
}
