import type { SnapshotManifest } from "../../core/backup-manifest.js";
import type { CatalogueEntry } from "../../core/catalogue.js";
import { DEFAULT_RETENTION_MS, planRetention } from "../../core/retention.js";
import type { AwsFault } from "./aws-errors.js";
import { completeSnapshots } from "./last-snapshot.js";
import type { Snapshot } from "./snapshot-api.js";
import { CONTRACTS_TAG, INSTANCE_TAG, PENDING_TAG, PROJECT_TAG, PROVEN_TAG } from "./snapshot-tags.js";
import type { SnapshotSite } from "./take-snapshot.js";

/**
 * Makes room before another snapshot is taken: removes those that Holdfast took of this very database and that the retention
 * rules give up. Nobody else's is touched. One that cannot be removed is told, and hinders nothing.
 *
 * @returns ids of those that are gone
 */
export async function pruneSnapshots(site: SnapshotSite): Promise<string[]> {
  const { connection, api, progress } = site;
  const removed: string[] = [];
  for (const { id } of await expendable(site).catch((error: unknown) => told(site, error))) {
    try {
      await api.remove(id);
      removed.push(id);
    } catch (error) {
      const { name } = error as AwsFault;
      if (/NotFound/.test(name)) continue;
      progress({
        kind: "note",
        message: `The old snapshot ${id} of "${connection.instance}" stays: AWS says ${name}.`,
      });
      return removed;
    }
  }
  return removed;
}

function told({ progress }: SnapshotSite, error: unknown): [] {
  progress({ kind: "note", message: `Old snapshots were not looked for: ${(error as Error).message}` });
  return [];
}

async function expendable({ connection, api, clock }: SnapshotSite): Promise<readonly CatalogueEntry[]> {
  const { project, instance } = connection;
  const own = (await completeSnapshots(connection, api)).filter(
    ({ tags, resourceId }) =>
      tags[PROJECT_TAG] === project && tags[INSTANCE_TAG] === instance && resourceId === connection.resourceId,
  );
  const entries = own.flatMap((snapshot) => entryOf(snapshot, instance) ?? []);
  const wal = { archive: [], segmentBytes: 1, busy: new Set<string>() };
  return planRetention(entries, { now: clock.now(), windowMs: DEFAULT_RETENTION_MS, ...wal }).expendable;
}

/** As much of its manifest as its tags tell: that is what retention goes by. */
function entryOf({ id, takenAt, tags, storageBytes }: Snapshot, instance: string): CatalogueEntry | undefined {
  if (takenAt === undefined) return undefined;
  const versions = (tag: string) => (tags[tag] ?? "").split(" ").filter((version) => version !== "");
  const told = { pendingVersions: versions(PENDING_TAG), contracts: versions(CONTRACTS_TAG) };
  const provenAt = new Date(tags[PROVEN_TAG] ?? "");
  return {
    ...{ id, instance, kind: "snapshot", takenAt, schemaVersion: null, release: null },
    ...{ sizeBytes: storageBytes, path: "", provenAt: Number.isNaN(provenAt.getTime()) ? null : provenAt },
    manifest: { kind: "snapshot", id, ...told } as unknown as SnapshotManifest,
  };
}
