import type { AnalysedMigration, AnalysedStatement } from "../core/analysed-migration.js";
import { fieldsOf } from "../core/ast.js";
import { lockTargets } from "../core/lock-targets.js";
import { ServerError, type RunContext } from "../core/ports.js";
import { stateBeforeVerify } from "../core/state-before-verify.js";
import { commitTogether } from "./commit-together.js";
import { sendPipelined } from "./contracts/in-transaction.js";
import { withLockDiscipline } from "./lock-discipline.js";
import { editedTooEarly, stoppedBetween, whereItStands } from "./outside/errors.js";
import { forgetFile, readJournal, recordFinished, type JournalRow } from "./outside/journal.js";
import { runOutside, settleForeign } from "./outside/run-outside.js";
import { ranBy, recordStarted } from "./ran-by.js";
import { rollBack } from "./roll-back.js";

/**
 * Runs a file that cannot be one transaction, statement by statement. What can have a transaction gets one of its own, with
 * its journal row in it; the others have a row before and a row after, and after a crash the catalog tells how far they got.
 * Statements that are finished never run again. In the end the history row takes the journal's place.
 * @throws HoldfastError statement_failed, deadline_exceeded, checksum_mismatch (a finished statement was edited), interrupted
 */
export async function applyOutsideTransaction(ctx: RunContext, analysed: AnalysedMigration): Promise<void> {
  const startedAt = ctx.clock.now().getTime();
  const { migration, statements } = analysed;
  const journal = await readJournal(ctx.session, migration.version);
  const finished = await finishedStatements(ctx, analysed, journal);
  await sendPipelined(ctx.session, [recordStarted(ctx, migration, journal.length === 0)]);
  ctx.killPoint("outside-file-started");
  for (const [position, statement] of statements.entries()) {
    if (position < finished) await repeatSetting(ctx, statement);
    else await runStatement(ctx, analysed, position, journal);
  }
  ctx.killPoint("outside-before-history");
  const durationMs = ctx.clock.now().getTime() - startedAt;
  await finishFile(ctx, analysed, durationMs);
}

/**
 * How many statements are finished, which are always the first ones. A statement that was cut off and has since been edited
 * is settled as it was run; a file that changed where it is finished is refused.
 */
async function finishedStatements(
  ctx: RunContext,
  analysed: AnalysedMigration,
  journal: readonly JournalRow[],
): Promise<number> {
  const { migration, statements } = analysed;
  let finished = 0;
  for (const row of journal) {
    const isEdited = statements[row.position]?.text !== row.statement;
    const isFinished = row.isFinished || (isEdited && (await settleForeign(ctx, migration, row)) === "finished");
    if (!isFinished) break;
    if (isEdited) throw editedTooEarly(migration, row, statements[row.position]);
    finished++;
  }
  return finished;
}

async function runStatement(
  ctx: RunContext,
  analysed: AnalysedMigration,
  position: number,
  journal: readonly JournalRow[],
): Promise<void> {
  const { migration, statements } = analysed;
  const statement = statements[position];
  if (statement === undefined) return;
  const row = journal.find((one) => one.position === position && one.statement === statement.text);
  if (ctx.signal.aborted) throw stoppedBetween(migration, position, statements.length);
  try {
    if (statement.outside === null) await runInTransaction(ctx, analysed, statement, position);
    else await runOutside(ctx, { migration, statement, position, kind: statement.outside }, row);
  } catch (error) {
    throw whereItStands(error, {
      migration,
      statement,
      position,
      count: statements.length,
      isStopped: ctx.signal.aborted,
    });
  }
  ctx.killPoint("outside-statement-finished");
}

async function runInTransaction(
  ctx: RunContext,
  { migration }: AnalysedMigration,
  statement: AnalysedStatement,
  position: number,
): Promise<void> {
  const { session } = ctx;
  const journal = recordFinished(migration.version, position, statement.text);
  await withLockDiscipline(ctx, { file: migration.name, tables: lockTargets([statement]) }, async (prelude) => {
    try {
      await sendPipelined(session, [{ sql: "BEGIN" }, ...prelude.map((sql) => ({ sql })), { sql: statement.text }]);
      ctx.killPoint("outside-before-journal");
      await sendPipelined(session, [journal]);
      ctx.killPoint("outside-before-commit");
      await sendPipelined(session, [{ sql: "COMMIT" }]);
    } catch (error) {
      if (error instanceof ServerError) await rollBack(session);
      throw error;
    }
  });
}

/** A setting lives in the session, not in the database: a later run needs it again for the statements behind it. */
async function repeatSetting(ctx: RunContext, { kind, node, text }: AnalysedStatement): Promise<void> {
  if (kind === "VariableSetStmt" && fieldsOf(node)["is_local"] !== true) await ctx.session.execute(text);
}

async function finishFile(ctx: RunContext, analysed: AnalysedMigration, durationMs: number): Promise<void> {
  const { migration } = analysed;
  const history = ctx.history.record({ migration, state: stateBeforeVerify(analysed), durationMs, ...ranBy(ctx) });
  await commitTogether(ctx.session, [history, forgetFile(migration.version)]);
}
