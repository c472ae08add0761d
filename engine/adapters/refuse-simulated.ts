import type { DatabaseConnection } from "../core/database-connection.js";
import { HoldfastError } from "../core/errors.js";

/** Every id the simulated cloud of tests gives begins so. */
const PREFIX = "simulated-";
/** The variable by which a test names its simulated cloud. */
const MARKER = "HOLDFAST_SIMULATED_CLOUD";

/**
 * A stack that holds what only tests make is not to be trusted with anything: it would migrate a database that is not there, or
 * another one in its place.
 *
 * @throws HoldfastError simulated_database
 */
export function refuseSimulated(
  { resourceId, identifier, secretArn, instance }: DatabaseConnection,
  env: NodeJS.ProcessEnv = process.env,
): void {
  if ((env[MARKER] ?? "") !== "") return;
  const ids = [resourceId, identifier, secretArn?.split(":").at(-1)];
  const found = ids.find((id) => id?.startsWith(PREFIX) === true);
  if (found === undefined) return;
  throw new HoldfastError(
    "simulated_database",
    `The database of "${instance}" is a simulated one: ${found} never was on AWS.`,
    {
      next:
        "The state of a test got into this stack. Put the state back that it had before (pulumi stack export --version <n>, then import),\n" +
        "or begin a stack of its own. Nothing was run.",
    },
  );
}
