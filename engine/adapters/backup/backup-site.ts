import type { Inspect } from "../../core/inspection.js";
import type { KillPoint } from "../../core/kill-points.js";
import type { BackupRequest, Progress } from "../../core/ports.js";
import type { LocalInstance } from "../local/instance-file.js";

/** What is backed up, and who watches. */
export interface BackupSite {
  readonly instance: LocalInstance;
  /** Recorded in the manifest. */
  readonly environment: string;
  /** Back to any instant of this long a restore is possible, in milliseconds. Default: DEFAULT_RETENTION_MS. */
  readonly retentionMs?: number | undefined;
  readonly progress: Progress;
  /** Fault injection, as in RunContext. */
  readonly killPoint: (name: KillPoint) => void;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Looks through what a drill restored. */
  readonly inspect: Inspect;
}

/** What every manifest of this site says, beside what the backup is made of. */
export function manifestHead({ instance, environment }: BackupSite, request: BackupRequest) {
  const { reason, schemaVersion, release, pendingVersions, contracts, fingerprint } = request;
  return {
    format: 1,
    project: instance.project,
    instance: instance.name,
    resourceId: instance.resourceId,
    environment,
    ...{ reason, schemaVersion, release, pendingVersions, contracts, fingerprint },
  } as const;
}
