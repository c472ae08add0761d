import { RETIRED_SCHEMA } from "../../core/engine-tables.js";
import type { HistoryRow } from "../../core/migration.js";
import { ServerError, type RunContext, type Session } from "../../core/ports.js";
import { dottedName, quoteIdentifier } from "../../core/quote-identifier.js";
import type { RetiredObject } from "../../core/retired-object.js";
import { withLockDiscipline } from "../lock-discipline.js";
import { readObjects } from "./contract-journal.js";
import { findRetiredColumn } from "./find-retired.js";
import { inTransaction, sendPipelined } from "./in-transaction.js";

export interface PurgeOutcome {
  readonly version: string;
  readonly state: "purged" | "kept";
  /** Why it is kept: what came to depend on it since. */
  readonly reason: string | null;
}

/**
 * Drops for good what due contracts retired, each in one transaction with its history row. What something came to depend on
 * since stays retired, with a note: a purge nobody asked for by name fails no deploy.
 * @param due core/due-purges.ts
 */
export async function purgeRetired(ctx: RunContext, due: readonly HistoryRow[]): Promise<PurgeOutcome[]> {
  const outcomes: PurgeOutcome[] = [];
  for (const row of due) outcomes.push(await purgeOne(ctx, row));
  return outcomes;
}

async function purgeOne(ctx: RunContext, row: HistoryRow): Promise<PurgeOutcome> {
  const drops: Drop[] = [];
  for (const object of (await readObjects(ctx.session, row.version)).reverse())
    drops.push(...(await dropOf(ctx.session, object)));
  const file = `${row.version} (${row.description})`;
  try {
    await withLockDiscipline(ctx, { file, tables: drops.map(({ table }) => table) }, (prelude) =>
      purge(ctx, row, drops, prelude),
    );
  } catch (error) {
    if (!(error instanceof ServerError) || error.sqlState !== "2BP01") throw error;
    const reason = `${error.message}: ${(error.fields.detail ?? "").replaceAll("\n", "; ")}`;
    ctx.progress({ kind: "note", message: `${file} stays retired: ${reason}` });
    return { version: row.version, state: "kept", reason };
  }
  ctx.killPoint("purge-after-commit");
  ctx.progress({ kind: "migration", file, state: "purged" });
  return { version: row.version, state: "purged", reason: null };
}

async function purge(
  ctx: RunContext,
  { version }: HistoryRow,
  drops: readonly Drop[],
  prelude: readonly string[],
): Promise<void> {
  await inTransaction(ctx, prelude, async (session) => {
    await sendPipelined(session, drops);
    ctx.killPoint("purge-before-journal");
    await sendPipelined(session, [
      { sql: "UPDATE holdfast.contracts SET purged_at = now() WHERE version = $1", values: [version] },
      ctx.history.setState(version, "applied", { dueAt: null }),
    ]);
    ctx.killPoint("purge-before-commit");
  });
}

interface Drop {
  readonly sql: string;
  readonly table: string;
}

/** Found by the names nothing else has, so a table renamed meanwhile is found as well. What is gone already needs nothing. */
async function dropOf(session: Session, object: RetiredObject): Promise<Drop[]> {
  if (object.kind === "column") {
    const table = await findRetiredColumn(session, object.facts.retired);
    return table === undefined
      ? []
      : [{ table, sql: `ALTER TABLE ${table} DROP COLUMN ${quoteIdentifier(object.facts.retired)}` }];
  }
  const name = object.kind === "table" ? object.facts.retired : object.kind === "rows" ? object.facts.copy : null;
  if (name === null) return [];
  const table = dottedName([RETIRED_SCHEMA, name]);
  return [{ table, sql: `DROP TABLE IF EXISTS ${table}` }];
}
