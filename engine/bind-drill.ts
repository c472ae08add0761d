import type { VerifyReport } from "./core/verify-report.js";
import type { DrillReport, DrillRequest } from "./drill.js";
import type { VerifyRequest } from "./verify-backup.js";

/** Loaded only when a backup is proven or read: a deploy does neither by these. See drill.ts. */
export async function drillInstance(request: DrillRequest): Promise<DrillReport> {
  return (await import("./drill.js")).drillInstance(request);
}

/** See verify-backup.ts. */
export async function verifyBackups(request: VerifyRequest): Promise<VerifyReport> {
  return (await import("./verify-backup.js")).verifyBackups(request);
}
