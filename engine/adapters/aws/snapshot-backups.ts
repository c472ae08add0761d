import { HoldfastError } from "../../core/errors.js";
import type { BackupPort } from "../../core/ports.js";
import { whySnapshotsAreUnproven } from "../../core/snapshot-proof.js";
import { catalogueFolder } from "../backup/catalogue-folder.js";
import { dataRoot } from "../local/data-root.js";
import { completeSnapshots, lastProof } from "./last-snapshot.js";
import { PATIENCE } from "./outlast-faults.js";
import { snapshotApi } from "./snapshot-api.js";
import { takeSnapshot, type SnapshotSite } from "./take-snapshot.js";

/** Between two looks at a snapshot: AWS counts requests by account and region, and a snapshot takes minutes. */
const POLL_MS = 5000;

/** What a deploy knows of the database it backs up. */
export type RdsSite = Omit<SnapshotSite, "api" | "catalogue" | "pollMs" | "patience">;

/** The way back of a database on AWS: snapshots, which AWS keeps. @throws HoldfastError aws_region_missing */
export function rdsBackups(site: RdsSite): BackupPort {
  const { connection } = site;
  const catalogue = catalogueFolder({ root: dataRoot(), project: connection.project, instance: connection.instance });
  return snapshotBackups({ ...site, api: snapshotApi(connection), catalogue, pollMs: POLL_MS, patience: PATIENCE });
}

/** The same over any API and at any pace. */
export function snapshotBackups(site: SnapshotSite): BackupPort {
  const { connection, api } = site;
  const lastProvenAt = async () => lastProof(await completeSnapshots(connection, api));
  const whyUnproven = async (oldest: Date) =>
    whySnapshotsAreUnproven(connection.instance, await lastProvenAt(), oldest);
  return {
    ...{ whyUnproven, lastProvenAt },
    take: (request) => takeSnapshot(site, request),
    drill: ({ id }) => Promise.reject(notHere(id, connection.instance)),
  };
}

/** It would take half an hour in the middle of a deploy. */
function notHere(id: string, instance: string): HoldfastError {
  return new HoldfastError("drill_failed", `The snapshot ${id} is not proven, and a deploy does not wait for that.`, {
    next: `Drill it first: holdfast drill ${instance}; then deploy again.`,
  });
}
