import { HoldfastError } from "../../core/errors.js";
import { lookUp, type Awaited } from "./await-database.js";
import { awsError, type AwsFault, type AwsRequest } from "./aws-errors.js";
import type { ChosenRestore } from "./choose-restore.js";
import type { CloudDatabase, NewDatabase } from "./cloud-database.js";
import { outlastFaults } from "./outlast-faults.js";
import { RESTORED_TAG, RESTORE_TAG, RUN_TAG } from "./snapshot-tags.js";

const TAKEN = /^DB(Instance|Cluster)AlreadyExists/;
/** Another backup or change is under way. */
const BUSY = /^InvalidDB(Instance|Cluster|Snapshot|ClusterSnapshot)State(Fault)?$/;

/**
 * Asks AWS for the database, once: one that it made although its answer was lost is recognised by its tag, and one of the same
 * restore that was interrupted is gone on with.
 *
 * @throws HoldfastError invalid_usage where there is another database of that name; restore_failed; what awsError names
 */
export async function startRestore(awaited: Awaited, chosen: ChosenRestore, wish: NewDatabase): Promise<void> {
  const before = await lookUp(awaited, wish.identifier);
  if (before !== undefined) {
    goOnWith(before, wish);
    return;
  }
  const request = requestOf(awaited, chosen);
  try {
    await outlastFaults(awaited, request, () => awaited.api.restore(chosen.source, wish), busy);
  } catch (error) {
    if (!TAKEN.test((error as AwsFault).name)) throw refusalOf(error, request, wish);
    const there = await lookUp(awaited, wish.identifier);
    if (there?.tags[RUN_TAG] !== wish.tags[RUN_TAG]) throw taken(wish);
  }
}

function requestOf({ api, of }: Awaited, { source }: ChosenRestore): AwsRequest {
  return { what: `"${of}" could not be restored`, action: api.action("restore", source), region: api.region };
}

function busy(error: unknown): string | undefined {
  const { name } = error as AwsFault;
  return BUSY.test(name) ? "the database or its snapshot is being backed up or changed by AWS" : undefined;
}

function goOnWith({ tags }: CloudDatabase, wish: NewDatabase): void {
  const isSame = tags[RESTORED_TAG] === wish.tags[RESTORED_TAG] && tags[RESTORE_TAG] === "under-way";
  if (!isSame) throw taken(wish);
}

function taken({ identifier }: NewDatabase): HoldfastError {
  return new HoldfastError("invalid_usage", `There is already a database ${identifier} on AWS.`, {
    next: "A restore goes beside, never over: choose another name with --as, or delete that one by hand if nobody needs it.",
  });
}

const REFUSALS: readonly (readonly [RegExp, string, string])[] = [
  [
    /^(InstanceQuotaExceeded|DBClusterQuotaExceeded|StorageQuotaExceeded)/,
    "this account has as many databases, or as much storage, as AWS allows",
    "Delete what a former restore left, or ask AWS for a higher quota; then run again.",
  ],
  [
    /^Insufficient(DBInstance|DBCluster|StorageCluster)/,
    "AWS has no room for a database of this class at the moment",
    "Run it again in a while.",
  ],
  [
    /^PointInTimeRestoreNotEnabled/,
    "AWS keeps no backups of this database that lead to an instant",
    "Restore a snapshot: --backup <id>.",
  ],
  [
    /^(DBSnapshot|DBClusterSnapshot)NotFound/,
    "the snapshot is gone: somebody deleted it",
    "Choose another one: holdfast backups.",
  ],
  [
    /^KMSKeyNotAccessible/,
    "AWS cannot use the key that encrypts it",
    "Allow kms:DescribeKey, kms:CreateGrant and kms:Decrypt on the key to the role this runs as; is the key enabled, and not waiting to be deleted?",
  ],
  [BUSY, "AWS does not restore it in the state it is in", "Look at that state: aws rds describe-db-instances."],
];

function refusalOf(error: unknown, request: AwsRequest, { identifier }: NewDatabase): HoldfastError {
  const refusal = REFUSALS.find(([name]) => name.test((error as AwsFault).name));
  if (refusal === undefined) return awsError(error, request);
  const [, why, next] = refusal;
  return new HoldfastError("restore_failed", `${request.what} as ${identifier}: ${why}.`, { next });
}
