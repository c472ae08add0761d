import type { DatabaseConnection } from "../../core/database-connection.js";
import { HoldfastError } from "../../core/errors.js";
import type { Progress } from "../../core/ports.js";
import type { RegionPlace } from "../../core/region-place.js";
import { systemClock } from "../system-clock.js";
import { awaitSnapshot, lookAtSnapshot, snapshotFailed } from "./await-snapshot.js";
import { awsError, type AwsFault } from "./aws-errors.js";
import { outlastFaults, PATIENCE, type Asking } from "./outlast-faults.js";
import { snapshotApi, type Snapshot, type SnapshotApi } from "./snapshot-api.js";
import { COPIED_TAG } from "./snapshot-tags.js";

export interface CopyRequest {
  readonly connection: DatabaseConnection;
  /** Of a complete snapshot in the database's own region. */
  readonly id: string;
  readonly to: RegionPlace;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** A snapshot in a second region. */
export interface CopiedSnapshot {
  readonly id: string;
  readonly arn: string;
  readonly region: string;
}

export interface CopySite extends Asking {
  readonly from: SnapshotApi;
  readonly to: SnapshotApi;
}

const POLL_MS = 10_000;

/**
 * Copies a snapshot to a second region, under its own name and with its tags, and waits until it is complete there. One that is
 * there already, or under way, is not copied again.
 *
 * @throws HoldfastError backup_failed where it is encrypted and no key of that region is named, and where AWS does not copy it;
 * interrupted; what awsError names
 */
export function copySnapshot(request: CopyRequest): Promise<CopiedSnapshot> {
  const { connection, to, progress, signal } = request;
  const asking = { clock: systemClock, pollMs: POLL_MS, patience: PATIENCE, progress, signal };
  return copyAt({ ...asking, from: snapshotApi(connection), to: snapshotApi(connection, to.region) }, request);
}

/** The same over any API and at any pace. */
export async function copyAt(site: CopySite, { id, to }: Pick<CopyRequest, "id" | "to">): Promise<CopiedSnapshot> {
  const source = await lookAtSnapshot({ ...site, api: site.from }, id);
  if (source === undefined) throw snapshotFailed(id, "is gone: somebody deleted it");
  if (source.isEncrypted && to.keyId === undefined) throw keyMissing(source, to);
  const target = { ...site, api: site.to };
  const before = await lookAtSnapshot(target, id);
  if (before === undefined) await start(target, source, to);
  else if (before.tags[COPIED_TAG] !== source.arn) throw taken(id, to);
  const { arn } = await awaitSnapshot(target, id);
  return { id, arn, region: to.region };
}

async function start(
  site: Asking & { readonly api: SnapshotApi },
  { id, arn, tags }: Snapshot,
  { keyId, region }: RegionPlace,
): Promise<void> {
  const request = site.api.request("copy");
  // AWS keeps names that begin so for itself.
  const own = Object.entries(tags).filter(([key]) => !key.startsWith("aws:"));
  const wish = { keyId, tags: { ...Object.fromEntries(own), [COPIED_TAG]: arn } };
  try {
    await outlastFaults(site, request, () => site.api.copy(arn, id, wish));
  } catch (error) {
    const { name } = error as AwsFault;
    // Made by a request whose answer was lost.
    if (/SnapshotAlreadyExists/.test(name)) return;
    const refusal = REFUSALS.find(([pattern]) => pattern.test(name));
    if (refusal === undefined) throw awsError(error, request);
    const [, why, next] = refusal;
    throw new HoldfastError("backup_failed", `The snapshot ${id} was not copied to ${region}: ${why}.`, { next });
  }
}

const REFUSALS: readonly (readonly [RegExp, string, string])[] = [
  [
    /SnapshotQuotaExceeded/,
    "this account has as many snapshots there as AWS allows",
    "Delete old ones there (aws rds describe-db-snapshots --snapshot-type manual --region <region>), or ask AWS for a higher quota.",
  ],
  [
    /^KMSKeyNotAccessible/,
    "AWS cannot use the key that is to encrypt it there",
    "Name a key of that region, and allow kms:DescribeKey and kms:CreateGrant on it to the role this runs as.",
  ],
];

function keyMissing({ id }: Snapshot, { region }: RegionPlace): HoldfastError {
  return new HoldfastError(
    "backup_failed",
    `The snapshot ${id} is encrypted, and a copy in ${region} needs a key of that region. Nothing was copied.`,
    { next: `Name one: region:${region}:alias/<name>, or region:${region}:<the key's ARN>.` },
  );
}

function taken(id: string, { region }: RegionPlace): HoldfastError {
  return new HoldfastError(
    "backup_failed",
    `In ${region} there is another snapshot ${id} already. Nothing was copied.`,
    {
      next: "Look whose it is: aws rds describe-db-snapshots. Take another backup: it gets a name of its own.",
    },
  );
}
