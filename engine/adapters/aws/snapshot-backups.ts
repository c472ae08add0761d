import { HoldfastError } from "../../core/errors.js";
import type { BackupPort } from "../../core/ports.js";
import { WHY_SNAPSHOTS_ARE_UNPROVEN } from "../../core/snapshot-proof.js";
import { catalogueFolder } from "../backup/catalogue-folder.js";
import { dataRoot } from "../local/data-root.js";
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
  return {
    whyUnproven: WHY_SNAPSHOTS_ARE_UNPROVEN,
    take: (request) => takeSnapshot(site, request),
    drill: ({ id }) =>
      Promise.reject(
        new HoldfastError("drill_failed", `The snapshot ${id} is not proven: ${WHY_SNAPSHOTS_ARE_UNPROVEN}.`, {
          next: "Leave the approval of the contract out: it is held then, and everything else runs.",
        }),
      ),
    lastProvenAt: () => Promise.resolve(null),
  };
}
