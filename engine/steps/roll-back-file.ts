import type { AnalysedMigration, AnalysedStatement, PlacedStatement } from "../core/analysed-migration.js";
import { lockTargets } from "../core/lock-targets.js";
import { isOpaque } from "../core/opaque-statements.js";
import { ServerError, type PipelineStep, type RunContext, type Session } from "../core/ports.js";
import { statementFailed } from "../core/statement-failed.js";
import { outsideKind } from "../core/statement-kinds.js";
import { strongLocks } from "../core/statement-locks.js";
import { commitTogether } from "./commit-together.js";
import { inTransaction, sendPipelined } from "./contracts/in-transaction.js";
import { isLockConflict, withLockDiscipline } from "./lock-discipline.js";
import { forgetFile, readJournal, recordFinished } from "./outside/journal.js";
import { runOutside } from "./outside/run-outside.js";

/**
 * Runs the @rollback of an applied file: its statements and the history row, which says `rolled back` from then on, commit
 * together. Statements that can have no transaction run one by one, each with its row in the journal; until the last one is done
 * the file counts as applied, and rolling it back again goes on behind the last finished one.
 * @throws HoldfastError statement_failed, deadline_exceeded, interrupted
 */
export async function rollBackFile(ctx: RunContext, analysed: AnalysedMigration): Promise<void> {
  const statements = analysed.rollback.map(withLocks);
  if (statements.some(({ outside }) => outside !== null)) return rollBackSeparately(ctx, analysed, statements);
  const { migration } = analysed;
  await withLockDiscipline(ctx, { file: migration.name, tables: lockTargets(statements) }, (prelude) =>
    inTransaction(ctx, prelude, async (session) => {
      await sendAll(session, analysed, statements);
      await sendPipelined(session, [...session.restoring, ...endOf(ctx, analysed)]);
    }),
  );
  await ctx.session.reset();
}

function withLocks(statement: PlacedStatement): AnalysedStatement {
  const { node } = statement;
  return {
    ...statement,
    locks: strongLocks(node),
    ...{ creates: [], createsTemporary: [] },
    outside: outsideKind(node),
    isOpaque: isOpaque(node),
  };
}

/** The row in the history; a contract needs a new approval to run again. */
function endOf({ history }: RunContext, { migration }: AnalysedMigration): PipelineStep[] {
  const { version, phase } = migration;
  const contract = { sql: "UPDATE holdfast.contracts SET undone_at = now() WHERE version = $1", values: [version] };
  return [history.setState(version, "rolled back", { dueAt: null }), ...(phase === "contract" ? [contract] : [])];
}

async function sendAll(
  session: Session,
  { migration }: AnalysedMigration,
  statements: readonly AnalysedStatement[],
): Promise<void> {
  const { completed, error } = await session.pipeline(statements.map(({ text }) => ({ sql: text })));
  if (error === undefined) return;
  const failed = statements[completed];
  throw failed === undefined || isLockConflict(error) ? error : statementFailed(migration, failed, error, true);
}

/** Beside the journal of a deploy, which counts the statements of the file itself. */
function journalName(version: string): string {
  return `${version} rollback`;
}

async function rollBackSeparately(
  ctx: RunContext,
  analysed: AnalysedMigration,
  statements: readonly AnalysedStatement[],
): Promise<void> {
  const { session } = ctx;
  const version = journalName(analysed.migration.version);
  const migration = { ...analysed.migration, version };
  const journal = await readJournal(session, version);
  for (const [position, statement] of statements.entries()) {
    const row = journal.find((one) => one.position === position && one.statement === statement.text);
    if (row?.isFinished === true) continue;
    try {
      if (statement.outside !== null)
        await runOutside(ctx, { migration, statement, position, kind: statement.outside }, row);
      else await runInTransaction(ctx, analysed, statement, recordFinished(version, position, statement.text));
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      throw statementFailed(analysed.migration, statement, error, true);
    }
    await session.reset();
  }
  await commitTogether(session, [...endOf(ctx, analysed), forgetFile(version)]);
}

async function runInTransaction(
  ctx: RunContext,
  analysed: AnalysedMigration,
  statement: AnalysedStatement,
  journal: PipelineStep,
): Promise<void> {
  const { name } = analysed.migration;
  await withLockDiscipline(ctx, { file: name, tables: lockTargets([statement]) }, (prelude) =>
    inTransaction(ctx, prelude, async (session) => {
      await sendAll(session, analysed, [statement]);
      await sendPipelined(session, [...session.restoring, journal]);
    }),
  );
}
