import type { BackupRequest } from "../../core/ports.js";
import { tagValue } from "../../core/snapshot-name.js";

/** What a snapshot says of itself in AWS, where every machine can read it. */
export const PROJECT_TAG = "holdfast:project";
export const INSTANCE_TAG = "holdfast:instance";
export const SCHEMA_TAG = "holdfast:schema-version";
/** Versions that were about to run, parted by spaces. */
export const PENDING_TAG = "holdfast:pending";
/** Versions of those that destroy something: such a snapshot is never removed. */
export const CONTRACTS_TAG = "holdfast:contracts";
/** SHA-256 (hex) of the schema's fingerprint. */
export const FINGERPRINT_TAG = "holdfast:fingerprint";
/** ISO 8601: when a drill restored it and found everything there. */
export const PROVEN_TAG = "holdfast:proven-at";
/** Tells what one request made from what another one did. */
export const RUN_TAG = "holdfast:run";
/** On a copy: the ARN of what was copied. */
export const COPIED_TAG = "holdfast:copied-from";
/** On a database: what it was restored from. */
export const RESTORED_TAG = "holdfast:restored-from";
/** On a database: `under-way` until it is registered, then `done`. */
export const RESTORE_TAG = "holdfast:restore";
/** On a database that a drill threw up: whose, as `project/instance`. It may be deleted. */
export const DRILL_TAG = "holdfast:drill";

/** Of a snapshot that is taken, or copied, for a request. */
export function snapshotTags(
  { project, instance, environment }: Readonly<Record<"project" | "instance" | "environment", string>>,
  { schemaVersion, release, reason, pendingVersions, contracts, fingerprint }: BackupRequest,
): Record<string, string> {
  return clean({
    [PROJECT_TAG]: project,
    [INSTANCE_TAG]: instance,
    "holdfast:environment": environment,
    [SCHEMA_TAG]: schemaVersion ?? "none",
    "holdfast:release": release ?? "none",
    "holdfast:reason": reason,
    ...(pendingVersions.length > 0 && { [PENDING_TAG]: pendingVersions.join(" ") }),
    ...(contracts.length > 0 && { [CONTRACTS_TAG]: contracts.join(" ") }),
    ...(fingerprint !== null && { [FINGERPRINT_TAG]: fingerprint }),
  });
}

export function clean(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, tagValue(value)]));
}
