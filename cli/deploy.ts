import { fileMigrationSource, migrateDatabase, openConnection, settingsOf, summariseRun } from "../engine/index.js";
import { answerRequest } from "./entry-point.js";
import { findCommit } from "./find-commit.js";
import { approvalsOf, policyOf, type DeployRequest } from "./migrations-request.js";
import { stoppable } from "./stoppable.js";
import { openTerminal } from "./terminal.js";

/** What SchemaMigrations' command runs: the deploy, told in one line of JSON. */
void answerRequest(async (given) => {
  const request = given as DeployRequest;
  const instance = await openConnection(request.connection);
  const { directory, release, environment, schema } = request;
  const commit = request.commit ?? findCommit(directory);
  const result = await stoppable(openTerminal(false), ({ progress, signal }) =>
    migrateDatabase(
      {
        ...{ release, environment, progress, signal },
        policy: policyOf(request),
        approvals: approvalsOf(request),
        ...(commit === undefined ? {} : { commit }),
      },
      { connection: settingsOf(instance, schema), source: fileMigrationSource(directory), local: instance },
    ),
  );
  return summariseRun(result);
});
