import { HoldfastError } from "../../core/errors.js";
import { lookUp, type Awaited } from "./await-database.js";
import { awsError, type AwsFault, type AwsRequest } from "./aws-errors.js";
import type { CloudDatabase } from "./cloud-database.js";
import { outlastFaults } from "./outlast-faults.js";
import { DRILL_TAG, RUN_TAG } from "./snapshot-tags.js";

/** Longer than any drill takes: what is older was left behind by one that was killed. */
const GIVEN_UP_MS = 24 * 60 * 60_000;

/** Deletes what killed drills of this instance have left. @param owner `project/instance` */
export async function clearThrowAways(awaited: Awaited, owner: string): Promise<void> {
  const { api, clock, progress } = awaited;
  const request = requestOf(awaited);
  const found = await outlastFaults(awaited, request, () => api.listTagged(DRILL_TAG, owner)).catch(
    (error: unknown) => {
      throw awsError(error, request);
    },
  );
  const oldest = clock.now().getTime() - GIVEN_UP_MS;
  for (const { identifier, createdAt, status } of found) {
    if (createdAt === undefined || createdAt.getTime() > oldest || status === "deleting") continue;
    progress({ kind: "note", message: `Deleting ${identifier}, which a drill has left behind.` });
    await removeThrowAway(awaited, identifier, (tags) => tags[DRILL_TAG] === owner);
  }
}

/**
 * Deletes a database that a drill made, for good. Nothing is deleted that does not say of itself that it is one.
 *
 * @param isOurs by its tags, as AWS tells them at this moment
 * @returns false where it could not be deleted, which is told
 */
export async function removeThrowAway(
  awaited: Awaited,
  identifier: string,
  isOurs: (tags: CloudDatabase["tags"]) => boolean,
): Promise<boolean> {
  const { api, progress } = awaited;
  try {
    const found = await lookUp(awaited, identifier);
    if (found === undefined) return true;
    if (!isOurs(found.tags)) throw new HoldfastError("drill_failed", `${identifier} is none of this drill.`);
    await outlastFaults(awaited, requestOf(awaited), () => api.remove(found), busy);
    return true;
  } catch (error) {
    const { message } = awsError(error, requestOf(awaited));
    progress({
      kind: "note",
      message: `The throw-away database ${identifier} is still there: ${message} Delete it by hand; else a drill after 24 h does.`,
    });
    return false;
  }
}

/** Of this very drill. */
export function isOfRun(owner: string, run: string): (tags: CloudDatabase["tags"]) => boolean {
  return (tags) => tags[DRILL_TAG] === owner && tags[RUN_TAG] === run;
}

function busy(error: unknown): string | undefined {
  return /^InvalidDB(Instance|Cluster)State/.test((error as AwsFault).name) ? "AWS still makes it" : undefined;
}

function requestOf({ api, of }: Awaited): AwsRequest {
  return {
    what: `A throw-away copy of "${of}" could not be deleted`,
    action: api.action("delete"),
    region: api.region,
  };
}
