import { HoldfastError } from "../../core/errors.js";
import { awsError, type AwsRequest } from "./aws-errors.js";
import type { CloudDatabase, DatabaseApi, NewDatabase } from "./cloud-database.js";
import { outlastFaults, type Asking } from "./outlast-faults.js";

/** States out of which a database does not come by itself (RDS User Guide, "Viewing DB instance status"). */
const BROKEN =
  /^(failed|incompatible-.*|restore-error|storage-full|inaccessible-encryption-credentials.*|deleting|deleted)$/;

/** What is waited for. */
export interface Awaited extends Asking {
  readonly api: DatabaseApi;
  /** Of the instance it was restored from, for errors. */
  readonly of: string;
}

/**
 * Waits until somebody can log in to a database that a restore makes, which takes AWS minutes to hours, and sees to what the
 * restore could not be told.
 *
 * @throws HoldfastError restore_failed where it ends in a state that AWS does not mend; interrupted; what awsError names
 */
export async function awaitDatabase(awaited: Awaited, wish: NewDatabase): Promise<CloudDatabase> {
  const { clock, signal, progress, pollMs } = awaited;
  let told = "";
  for (;;) {
    const found = await lookUp(awaited, wish.identifier);
    const status = found?.status ?? "not there yet";
    if (found !== undefined && BROKEN.test(status)) throw broken(wish.identifier, status);
    if (found?.status === "available" && isComplete(found, wish)) return found;
    if (status !== told) progress({ kind: "note", message: `${wish.identifier}: ${status}` });
    told = status;
    if (found?.status === "available") await complete(awaited, found, wish);
    await clock.sleep(pollMs, signal);
    if (signal.aborted) throw interrupted(wish.identifier);
  }
}

export function lookUp(awaited: Awaited, identifier: string): Promise<CloudDatabase | undefined> {
  return asking(awaited, { verb: "describe", what: "could not be looked up" }, () => awaited.api.find(identifier));
}

/** Whether somebody can log in: an endpoint, its writer, and the password that RDS was asked to keep. */
function isComplete({ host, masterSecret, members }: CloudDatabase, wish: NewDatabase): boolean {
  const hasWriter = wish.settings.engine.startsWith("aurora") ? members.length > 0 : true;
  return host !== undefined && hasWriter && (wish.managedPassword === undefined || masterSecret !== undefined);
}

async function complete(awaited: Awaited, found: CloudDatabase, wish: NewDatabase): Promise<void> {
  await asking(awaited, { verb: "complete", what: "could not be completed" }, () => awaited.api.complete(found, wish));
}

/** @throws HoldfastError */
async function asking<T>(
  awaited: Awaited,
  { verb, what }: { readonly verb: "describe" | "complete"; readonly what: string },
  ask: () => Promise<T>,
): Promise<T> {
  const { api, of } = awaited;
  const request: AwsRequest = {
    what: `The restored database of "${of}" ${what}`,
    action: api.action(verb),
    region: api.region,
  };
  try {
    return await outlastFaults(awaited, request, ask);
  } catch (error) {
    throw awsError(error, request);
  }
}

function broken(identifier: string, status: string): HoldfastError {
  return new HoldfastError("restore_failed", `The restored database ${identifier} is in the state ${status}.`, {
    next:
      `Why: aws rds describe-events --source-identifier ${identifier} --source-type db-instance.\n` +
      "Delete it by hand and restore again; the first database is untouched.",
  });
}

function interrupted(identifier: string): HoldfastError {
  return new HoldfastError("interrupted", `The restore was stopped while AWS made ${identifier}.`, {
    next: "AWS goes on by itself. Run the same again: it waits for this one. The first database is untouched.",
  });
}
