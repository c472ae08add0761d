import type { DeploySummary } from "./core/deploy-summary.js";
import type { MigrationState } from "./core/migration.js";
import type { RunResult } from "./core/run.js";

/** A run as SchemaMigrations keeps it in its outputs: plain JSON, nothing that changes where nothing ran. */
export function summariseRun({
  release,
  schemaVersion,
  ran,
  held,
  backup,
  appliedMigrations,
}: RunResult): DeploySummary {
  const inState = (state: MigrationState): number => appliedMigrations.filter((one) => one.state === state).length;
  return {
    ok: true,
    schemaVersion: schemaVersion ?? "",
    release,
    ran: ran.map(({ file }) => file),
    held: held.map(({ version, reason }) => ({ version, reason })),
    counts: { applied: inState("applied"), held: inState("held"), retired: inState("retired"), ran: ran.length },
    backup: backup?.id ?? "",
    appliedMigrations: appliedMigrations.map((one) => ({
      version: one.version,
      checksum: one.checksum ?? "",
      state: one.state,
      release: one.release ?? "",
      appliedAt: one.appliedAt?.toISOString() ?? "",
    })),
  };
}
