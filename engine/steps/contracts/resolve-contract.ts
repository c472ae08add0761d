import type { AnalysedMigration } from "../../core/analysed-migration.js";
import { contractActions, contractRefused, type ContractAction } from "../../core/contract-actions.js";
import type { MigrationFile } from "../../core/migration.js";
import type { RunContext } from "../../core/ports.js";
import { resolveAsWritten } from "./as-written.js";
import { resolveDelete, resolveTruncate } from "./copy-rows.js";
import type { Gone } from "./dependents.js";
import { resolveConstraint } from "./drop-constraint.js";
import { resolveDrop } from "./drop-object.js";
import type { Resolution, Resolved } from "./resolved.js";
import { resolveColumn } from "./retire-column.js";
import { resolveTable } from "./retire-table.js";

/**
 * Looks up all a contract touches before any lock is taken, so that what holds the strong locks is only the statements themselves.
 * @throws HoldfastError contract_refused, naming what stands in the way
 */
export async function resolveContract(
  ctx: RunContext,
  analysed: AnalysedMigration,
  folder: readonly MigrationFile[] = [],
): Promise<Resolved[]> {
  const gone: Gone = new Set();
  const resolved: Resolved[] = [];
  let position = 0;
  for (const action of contractActions(analysed, ctx.parser, folder)) {
    const next = await resolveAction({
      session: ctx.session,
      action,
      version: analysed.migration.version,
      position,
      gone,
      copyLimitBytes: ctx.policy.copyLimitBytes,
      lockTimeoutMs: ctx.policy.lockTimeoutMs,
      copyNone: analysed.migration.copyNone,
      refuse: (what, way) => contractRefused(analysed, action.statement, what, way),
    });
    position += next.objects.length + 1;
    resolved.push(next);
  }
  return resolved;
}

function resolveAction(input: Resolution<ContractAction["kind"]>): Promise<Resolved> {
  const { action } = input;
  switch (action.kind) {
    case "retire-column":
      return resolveColumn({ ...input, action });
    case "retire-table":
      return resolveTable({ ...input, action });
    case "drop-constraint":
      return resolveConstraint({ ...input, action });
    case "drop-object":
      return resolveDrop({ ...input, action });
    case "delete-rows":
      return resolveDelete({ ...input, action });
    case "truncate":
      return resolveTruncate({ ...input, action });
    case "as-written":
      return resolveAsWritten({ ...input, action });
  }
}
