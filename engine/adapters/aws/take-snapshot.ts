import { randomUUID } from "node:crypto";
import type { SnapshotManifest } from "../../core/backup-manifest.js";
import type { CatalogueEntry } from "../../core/catalogue.js";
import type { DatabaseConnection } from "../../core/database-connection.js";
import { HoldfastError } from "../../core/errors.js";
import type { KillPoint } from "../../core/kill-points.js";
import type { BackupRequest, Clock, Progress } from "../../core/ports.js";
import { snapshotName } from "../../core/snapshot-name.js";
import { publishSnapshot, snapshotEntry } from "../backup/catalogue-folder.js";
import { awaitSnapshot, lookAtSnapshot, snapshotFailed } from "./await-snapshot.js";
import { awsError, type AwsFault } from "./aws-errors.js";
import { outlastFaults, type Patience } from "./outlast-faults.js";
import { pruneSnapshots } from "./prune-snapshots.js";
import type { Quota, Snapshot, SnapshotApi } from "./snapshot-api.js";
import { RUN_TAG, snapshotTags } from "./snapshot-tags.js";

/** What is backed up, and who watches. */
export interface SnapshotSite {
  readonly connection: DatabaseConnection;
  readonly api: SnapshotApi;
  /** Where the manifest goes; a copy, for what is true is in AWS. */
  readonly catalogue: string;
  /** Written on the snapshot and into the manifest. */
  readonly environment: string;
  readonly progress: Progress;
  /** Fault injection, as in RunContext. */
  readonly killPoint: (name: KillPoint) => void;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Between two looks at a snapshot under way, in milliseconds. */
  readonly pollMs: number;
  readonly patience: Patience;
}

/**
 * A snapshot of RDS or Aurora, waited for: when this returns, it is complete, and of the very database that is to be migrated.
 * AWS takes it while the database serves.
 *
 * @throws HoldfastError backup_failed where AWS takes none; interrupted; aws_unavailable, aws_credentials_expired and so on
 * where AWS could not be asked
 */
export async function takeSnapshot(site: SnapshotSite, request: BackupRequest): Promise<CatalogueEntry> {
  site.progress({ kind: "backup", state: "started" });
  await pruneSnapshots(site);
  const id = await create(site, request);
  const snapshot = await awaitSnapshot(site, id);
  refuseForeign(site, snapshot);
  site.killPoint("backup-copied");
  const entry = await note(site, describe(site, request, snapshot));
  site.killPoint("backup-published");
  site.progress({ kind: "backup", state: "done", id });
  return entry;
}

/** States in which AWS takes no snapshot for a while: another one is being taken, or the database is changed. */
const BUSY = /^InvalidDB(Instance|Cluster)State(Fault)?$/;
const TAKEN = /SnapshotAlreadyExists/;

/** @returns its name. One that AWS made although its answer was lost is recognised by its tag. */
async function create(site: SnapshotSite, request: BackupRequest): Promise<string> {
  const { api, connection, clock } = site;
  const kind = connection.kind === "aurora" ? "aurora" : "rds";
  const at = clock.now();
  const run = randomUUID();
  const { project, instance } = connection;
  const tags = { ...snapshotTags({ project, instance, environment: site.environment }, request), [RUN_TAG]: run };
  for (let attempt = 1; ; attempt += 1) {
    const id = snapshotName(kind, connection.identifier ?? "", at, request.schemaVersion, attempt);
    try {
      await outlastFaults(site, api.request("create"), () => api.create(id, tags), isBusy);
      return id;
    } catch (error) {
      if (!TAKEN.test((error as AwsFault).name)) throw await notTaken(site, error);
      const there = await lookAtSnapshot(site, id);
      if (there?.tags[RUN_TAG] === run) return id;
    }
  }
}

function isBusy(error: unknown): string | undefined {
  const { name } = error as AwsFault;
  return BUSY.test(name) ? "the database is being backed up or changed by AWS" : undefined;
}

/** A database that was put in the old one's place under its name has another resource id. */
function refuseForeign({ connection }: SnapshotSite, { id, resourceId }: Snapshot): void {
  if (resourceId === undefined || resourceId === connection.resourceId) return;
  throw snapshotFailed(
    id,
    `is of another database than this stack's: ${connection.identifier ?? ""} is ${resourceId} now, and was ${connection.resourceId}`,
    "Somebody put another database under this name. Adopt it as a generation of the stack, or put the old one back; nothing was run.",
  );
}

function describe(site: SnapshotSite, request: BackupRequest, snapshot: Snapshot): SnapshotManifest {
  const { connection, environment, api, clock } = site;
  const { id, arn, engineVersion, isEncrypted, storageBytes } = snapshot;
  const { project, instance, resourceId, identifier: source = "" } = connection;
  const of = connection.kind === "aurora" ? "aurora" : "rds";
  return {
    ...{ format: 1, kind: "snapshot", id, project, instance, resourceId, environment },
    takenAt: (snapshot.takenAt ?? clock.now()).toISOString(),
    ...request,
    snapshot: { arn, region: api.region, source, of, engineVersion, isEncrypted, storageBytes },
    howToRestore: howToRestore(of, id, api.region),
  };
}

/** Beside, never over; the new one needs the old one's subnet group, security groups and parameters. */
function howToRestore(of: "rds" | "aurora", id: string, region: string): string {
  const [command, from, target] =
    of === "rds"
      ? ["restore-db-instance-from-db-snapshot", "db-snapshot-identifier", "db-instance-identifier"]
      : ["restore-db-cluster-from-snapshot", "snapshot-identifier", "db-cluster-identifier"];
  return `aws rds ${command} --region ${region} --${from} ${id} --${target} <name of the new database>`;
}

/** The runner of a deploy may have no place for it, and may be gone tomorrow: the snapshot and its tags are what counts. */
async function note({ catalogue, progress }: SnapshotSite, manifest: SnapshotManifest): Promise<CatalogueEntry> {
  try {
    return await publishSnapshot(catalogue, manifest);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    progress({ kind: "note", message: `The snapshot ${manifest.id} is not listed on this machine: ${why}` });
    return snapshotEntry(catalogue, manifest);
  }
}

const QUOTA = /SnapshotQuotaExceeded/;
const REFUSALS: readonly (readonly [RegExp, string, string])[] = [
  [
    QUOTA,
    "this account has as many snapshots as AWS allows",
    "What Holdfast may remove is removed already. Delete old ones (aws rds describe-db-snapshots --snapshot-type manual), or ask AWS for\n" +
      "a higher quota (Service Quotas, RDS, manual snapshots); then run again.",
  ],
  [
    /^DB(Instance|Cluster)NotFound/,
    "AWS knows no database of that identifier in this account and region",
    "Check the account (aws sts get-caller-identity); if the database was renamed or replaced, bring the stack up first.",
  ],
  [
    BUSY,
    "AWS does not take a snapshot of the database in the state it is in",
    "Look at that state: aws rds describe-db-instances. When it is available again, run again.",
  ],
];

async function notTaken({ connection, api }: SnapshotSite, error: unknown): Promise<HoldfastError> {
  const { name } = error as AwsFault;
  const refusal = REFUSALS.find(([pattern]) => pattern.test(name));
  if (refusal === undefined) return awsError(error, api.request("create"));
  const [, why, next] = refusal;
  const figures = QUOTA.test(name) ? describeQuota(await api.quota().catch(() => undefined)) : "";
  const what = `No snapshot of "${connection.instance}" (${connection.identifier ?? ""}, ${api.region}) could be taken`;
  return new HoldfastError("backup_failed", `${what}: ${why}${figures}. Nothing was run.`, { next });
}

function describeQuota(quota: Quota | undefined): string {
  return quota === undefined ? "" : ` (${quota.used} of ${quota.max})`;
}
