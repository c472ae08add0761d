import type { AnalysedMigration, AnalysedStatement } from "../../core/analysed-migration.js";
import { contractRefused } from "../../core/contract-actions.js";
import type { HoldfastError } from "../../core/errors.js";
import { lockTargets, type LockTarget } from "../../core/lock-targets.js";
import type { Approval, MigrationFile } from "../../core/migration.js";
import type { PipelineStep, RunContext, ServerError, Session } from "../../core/ports.js";
import type { RetiredObject } from "../../core/retired-object.js";
import { statementFailed } from "../../core/statement-failed.js";
import { applyOutsideTransaction } from "../apply-outside.js";
import { isLockConflict, withLockDiscipline } from "../lock-discipline.js";
import { ranBy } from "../ran-by.js";
import { inTransaction, sendPipelined } from "./in-transaction.js";
import { readContract, recordContract } from "./contract-journal.js";
import { resolveContract } from "./resolve-contract.js";
import type { Resolved } from "./resolved.js";
import { ensureRetiredSchema } from "./retired-schema.js";

export interface ContractOptions {
  /** The database was empty: drop for good, keep nothing. */
  readonly purgeAtOnce: boolean;
  readonly approval?: Approval;
  /** All files of the folder, for the bodies of routines. */
  readonly folder?: readonly MigrationFile[];
}

export interface ContractOutcome {
  /** `retired` where something waits for its purge. */
  readonly state: "retired" | "applied";
  /** Not purged before this instant; null where nothing is left to purge. */
  readonly purgeDueAt: Date | null;
}

/**
 * Runs a contract: what can be retired is retired, rows are copied before they are deleted, definitions of all else that is
 * dropped are kept. All in one transaction with the history row, so it happened whole or not at all.
 * @throws HoldfastError contract_refused, statement_failed, deadline_exceeded
 */
export async function applyContract(
  ctx: RunContext,
  analysed: AnalysedMigration,
  options: ContractOptions,
): Promise<ContractOutcome> {
  const outside = analysed.statements.find((statement) => statement.outside !== null);
  if (outside !== undefined) return applyOutside(ctx, analysed, outside, options);
  const resolved = options.purgeAtOnce ? asWritten(analysed) : await resolveContract(ctx, analysed, options.folder);
  for (const message of resolved.flatMap(({ notes }) => notes)) ctx.progress({ kind: "note", message });
  const objects = resolved.flatMap((one) => one.objects);
  const isRetired = objects.some(waitsForPurge);
  const purgeDueAt = isRetired ? new Date(ctx.clock.now().getTime() + ctx.policy.soakMs) : null;
  if (isRetired) await ensureRetiredSchema(ctx.session);
  const state = isRetired ? "retired" : "applied";
  const { migration } = analysed;
  const { release } = ctx;
  // With its date the row turns from unverified to retired, without one to applied.
  const recorded = analysed.verify.length > 0 ? "unverified" : state;
  const history = ctx.history.record({ migration, state: recorded, start: "row", dueAt: purgeDueAt, ...ranBy(ctx) });
  const contract = { migration, release, approval: options.approval, purgeDueAt, objects };
  const journal = [...(options.purgeAtOnce ? [] : recordContract(contract)), history];
  await withLockDiscipline(ctx, { file: migration.name, tables: tablesOf(analysed, resolved) }, (prelude) =>
    run(ctx, { analysed, resolved, prelude, journal }),
  );
  return { state, purgeDueAt };
}

/** Whether something of it is still there, to be purged in a later deploy. */
function waitsForPurge({ kind, facts }: RetiredObject): boolean {
  return kind === "column" || kind === "table" || (kind === "rows" && facts.copy !== null);
}

/** On an empty database nothing is worth keeping. */
function asWritten(analysed: AnalysedMigration): Resolved[] {
  return analysed.statements.map((statement) => ({
    action: { statement, kind: "as-written", sql: statement.text, isFinal: true },
    ...{ effects: [{ sql: statement.text }], objects: [], locks: [], notes: [] },
  }));
}

/** The tables the statements lock, and those behind what is dropped with them. */
function tablesOf(analysed: AnalysedMigration, resolved: readonly Resolved[]): (string | LockTarget)[] {
  return [...lockTargets(analysed.statements), ...new Set(resolved.flatMap(({ locks }) => locks))];
}

interface Attempt {
  readonly analysed: AnalysedMigration;
  readonly resolved: readonly Resolved[];
  readonly prelude: readonly string[];
  readonly journal: readonly PipelineStep[];
}

async function run(ctx: RunContext, { analysed, resolved, prelude, journal }: Attempt): Promise<void> {
  await inTransaction(ctx, prelude, async (session) => {
    await sendPipelined(session, ctx.history.markStart("row"));
    await sendAll(session, analysed, resolved);
    ctx.killPoint("contract-before-journal");
    await sendPipelined(session, [...session.restoring, ...journal]);
    ctx.killPoint("contract-before-commit");
  });
  ctx.killPoint("contract-after-commit");
}

/** Few round trips, since others wait for the locks meanwhile: all statements up to the next check go out together. */
async function sendAll(session: Session, analysed: AnalysedMigration, resolved: readonly Resolved[]): Promise<void> {
  let waiting: Sent[] = [];
  for (const { action, effects } of resolved) {
    for (const effect of effects) {
      if ("sql" in effect) {
        waiting.push({ sql: effect.sql, statement: action.statement });
        continue;
      }
      await sendTogether(session, analysed, waiting);
      waiting = [];
      await effect.check(session);
    }
  }
  await sendTogether(session, analysed, waiting);
}

interface Sent {
  readonly sql: string;
  readonly statement: AnalysedStatement;
}

async function sendTogether(session: Session, analysed: AnalysedMigration, sent: readonly Sent[]): Promise<void> {
  if (sent.length === 0) return;
  const { completed, error } = await session.pipeline(sent);
  if (error === undefined) return;
  const failed = sent[completed];
  if (failed === undefined || isLockConflict(error)) throw error;
  if (error.sqlState === DEPENDENT_OBJECTS) throw stillNeeded(analysed, failed.statement, error);
  throw statementFailed(analysed.migration, failed.statement, error, failed.sql === failed.statement.text);
}

/** dependent_objects_still_exist */
const DEPENDENT_OBJECTS = "2BP01";

/** The server's DETAIL holds nothing but object names here. */
function stillNeeded(
  analysed: AnalysedMigration,
  statement: AnalysedStatement,
  { message, fields }: ServerError,
): HoldfastError {
  const names = fields.detail === undefined ? message : fields.detail.replaceAll("\n", "; ");
  return contractRefused(
    analysed,
    statement,
    `drops what is still needed: ${names}`,
    "Drop what depends on it in the same file, before it.",
  );
}

/** DROP INDEX CONCURRENTLY: definitions are remembered first, then each statement runs by itself. */
async function applyOutside(
  ctx: RunContext,
  analysed: AnalysedMigration,
  outside: AnalysedStatement,
  options: ContractOptions,
): Promise<ContractOutcome> {
  if (analysed.statements.some((statement) => statement.outside === null)) {
    const next = "Give what runs outside a transaction a contract of its own.";
    throw contractRefused(analysed, outside, "runs outside a transaction, others of the file inside one", next);
  }
  if (!options.purgeAtOnce) await rememberOnce(ctx, analysed, options);
  await applyOutsideTransaction(ctx, analysed);
  return { state: "applied", purgeDueAt: null };
}

/** Resumed after a crash, part of it may be gone already: what was remembered then is kept. */
async function rememberOnce(ctx: RunContext, analysed: AnalysedMigration, options: ContractOptions): Promise<void> {
  const { migration } = analysed;
  const known = await readContract(ctx.session, migration.version);
  if (known?.undoneAt === null) return;
  const objects = (await resolveContract(ctx, analysed, options.folder)).flatMap((one) => one.objects);
  const contract = { migration, release: ctx.release, approval: options.approval, purgeDueAt: null, objects };
  await inTransaction(ctx, [], (session) => sendPipelined(session, recordContract(contract)));
  ctx.killPoint("contract-after-commit");
}
