import { HoldfastError } from "../../core/errors.js";
import type { ServerError, RunContext, Session } from "../../core/ports.js";
import type { ColumnFacts, RetiredObject } from "../../core/retired-object.js";
import { dottedName } from "../../core/quote-identifier.js";
import { planUndo, type UndoPlan } from "../../core/undo-plan.js";
import { isLockConflict, withLockDiscipline } from "../lock-discipline.js";
import { readContract, readObjects, type ContractRow } from "./contract-journal.js";
import { copiedColumns, findRetiredColumn } from "./find-retired.js";
import { finishUndo, type BrokenRows } from "./finish-undo.js";
import { inTransaction, sendPipelined } from "./in-transaction.js";
import { rowsWrittenMeanwhile, type WrittenMeanwhile } from "./rows-written-meanwhile.js";

/** What an undo did. Keys are row values: to be shown on a terminal only. */
export interface UndoReport {
  readonly version: string;
  /** As a person names it: `column public.users.name`. */
  readonly broughtBack: readonly string[];
  /** Statements of the contract that ran as written and stay: only the backup or their @rollback leads back. */
  readonly left: readonly string[];
  /** For each column, rows written while it was retired. */
  readonly writtenMeanwhile: readonly WrittenMeanwhile[];
  /** Constraints and keys that could not come back whole, with the rows that break them; run undo again once these are put right. */
  readonly broken: readonly BrokenRows[];
}

/**
 * Brings back what a contract retired or dropped: one transaction of renames and definitions, then every constraint is validated
 * by itself. The contract counts as rolled back and needs a new approval. Repeating it goes on where it stopped.
 * @throws HoldfastError undo_refused where the contract never ran here, is purged, or its place is taken
 */
export async function undoRetired(ctx: RunContext, version: string): Promise<UndoReport> {
  const contract = await readContract(ctx.session, version);
  refuseWhatIsOver(version, contract);
  const objects = await readObjects(ctx.session, version);
  const before = contract.undoneAt === null ? await readPresent(ctx.session, version, objects) : undefined;
  const tableOf = (column: ColumnFacts) => before?.tables.get(column.retired) ?? sqlName(column);
  const plan = planUndo(objects, { tableOf, columnsOf: (copy) => before?.copies.get(copy) ?? [] });
  if (contract.undoneAt === null) await bringBack(ctx, version, plan);
  ctx.killPoint("undo-after-commit");
  const writtenMeanwhile = await rowsWrittenMeanwhile(ctx.session, version, tableOf);
  const broken = await finishUndo(ctx, version, plan.later);
  return { version, broughtBack: plan.broughtBack, left: plan.left, writtenMeanwhile, broken };
}

function refuseWhatIsOver(version: string, contract: ContractRow | undefined): asserts contract is ContractRow {
  const restore = "Restore the backup taken before it beside the database: holdfast backups, then holdfast restore.";
  if (contract === undefined)
    throw refused(
      `Nothing of ${version} is kept here: it is no contract, or it ran on an empty database, where contracts drop at once`,
      `What can be undone is retired: see holdfast status. ${restore}`,
    );
  if (contract.purgedAt !== null) {
    throw refused(`What ${version} retired was purged at ${contract.purgedAt.toISOString()}`, restore);
  }
}

function refused(message: string, next: string, cause?: ServerError): HoldfastError {
  const { sqlState, fields: { detail } = {} } = cause ?? {};
  const details = { next, ...(sqlState !== undefined && { sqlState }), ...(detail !== undefined && { detail }) };
  return new HoldfastError("undo_refused", `${message}.`, details, { cause });
}

interface PresentNames {
  /** By retired column: its table, as SQL. */
  readonly tables: ReadonlyMap<string, string>;
  /** By copy of rows: the columns to put back. */
  readonly copies: ReadonlyMap<string, readonly string[]>;
}

async function readPresent(
  session: Session,
  version: string,
  objects: readonly RetiredObject[],
): Promise<PresentNames> {
  const tables = new Map<string, string>();
  const copies = new Map<string, readonly string[]>();
  for (const { kind, facts, object } of objects) {
    if (kind === "column") {
      const table = await findRetiredColumn(session, facts.retired);
      if (table === undefined)
        throw refused(`${object}, which ${version} retired, is gone`, "Restore the backup taken before it.");
      tables.set(facts.retired, table);
    }
    if (kind === "rows" && facts.copy !== null) copies.set(facts.copy, await copiedColumns(session, facts, facts.copy));
  }
  return { tables, copies };
}

async function bringBack(ctx: RunContext, version: string, plan: UndoPlan): Promise<void> {
  await withLockDiscipline(ctx, { file: version, tables: plan.tables }, (prelude) =>
    inTransaction(ctx, prelude, async (session) => {
      await sendRefusing(session, version, plan);
      await sendPipelined(session, [
        { sql: "UPDATE holdfast.contracts SET undone_at = now() WHERE version = $1", values: [version] },
        {
          sql: `UPDATE holdfast.retired_objects SET facts = facts || jsonb_build_object('undone', pg_current_snapshot()::text)
            WHERE version = $1 AND kind = 'column'`,
          values: [version],
        },
        ctx.history.setState(version, "rolled back", { dueAt: null }),
      ]);
      ctx.killPoint("undo-before-commit");
    }),
  );
}

async function sendRefusing(session: Session, version: string, { together }: UndoPlan): Promise<void> {
  const { completed, error } = await session.pipeline(together.map((sql) => ({ sql })));
  if (error === undefined) return;
  if (isLockConflict(error)) throw error;
  throw refused(
    `${version} cannot be undone: ${error.message} (${together[completed] ?? ""})`,
    "Put right what is in the way and undo again; nothing was changed.",
    error,
  );
}

function sqlName({ schema, table }: ColumnFacts): string {
  return dottedName([schema, table]);
}
