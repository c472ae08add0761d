import type { AnalysedMigration, AnalysedStatement } from "../../core/analysed-migration.js";
import { ConnectionLost, type PipelineStep } from "../../core/ports.js";
import { leavesTraces } from "../../core/session-traces.js";
import { stateBeforeVerify } from "../../core/state-before-verify.js";
import { statementFailed } from "../../core/statement-failed.js";
import { outsideKind } from "../../core/statement-kinds.js";
import { sendPipelined } from "../contracts/in-transaction.js";
import { rollBack } from "../roll-back.js";
import { observeOutside } from "./observe-outside.js";
import { observeStatement, type ObservedStatement } from "./observe-statement.js";
import type { Rehearsal } from "./rehearsal.js";
import { observeBatches } from "./run-batches.js";
import { sendStatement, sqlFor } from "./send-statement.js";
import { takeProbe } from "./take-probe.js";

/**
 * Runs a file as a deploy would, statement by statement, and looks at what each one does. A contract runs as it is written.
 * @param onObserved called for each statement that is done
 * @throws HoldfastError statement_failed, invalid_migration (a backfill's key); CannotRehearse
 */
export async function observeFile(
  rehearsal: Rehearsal,
  analysed: AnalysedMigration,
  onObserved: (statement: ObservedStatement) => void,
): Promise<void> {
  await bracketing(rehearsal, analysed, async () => {
    if (analysed.execution === "backfill") {
      onObserved(await observeBatches(rehearsal, analysed));
      await sendPipelined(rehearsal.database.session, [recordOf(rehearsal, analysed)]);
    } else if (isOneTransaction(analysed)) await observeTransaction(rehearsal, analysed, onObserved);
    else await observeSeparately(rehearsal, analysed, onObserved);
  });
}

/** The same without a look at anything: for files that are there already where the rehearsal begins. */
export async function runFile(rehearsal: Rehearsal, analysed: AnalysedMigration): Promise<void> {
  const { session } = rehearsal.database;
  if (!isOneTransaction(analysed)) return observeFile(rehearsal, analysed, () => undefined);
  await bracketing(rehearsal, analysed, async () => {
    const { migration, statements } = analysed;
    const sent: PipelineStep[] = [];
    for (const statement of statements) sent.push({ sql: await sqlFor(rehearsal, statement) });
    const end = [...endOf(rehearsal, analysed), { sql: "COMMIT" }];
    const { completed, error } = await session.pipeline([{ sql: "BEGIN" }, ...sent, ...end]);
    if (error === undefined) return;
    const failed = statements[Math.min(completed, statements.length) - 1] ?? statements[0];
    if (failed === undefined) throw error;
    throw statementFailed(migration, failed, error, sent[completed - 1]?.sql === failed.text);
  });
}

/** Whatever happens, the session is as it was afterwards. */
async function bracketing(
  { database: { session } }: Rehearsal,
  analysed: AnalysedMigration,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
    if (leavesTraces(analysed)) await session.reset();
  } catch (error) {
    if (!(error instanceof ConnectionLost)) {
      await rollBack(session);
      await session.reset();
    }
    throw error;
  }
}

export function isOneTransaction({ execution, statements }: AnalysedMigration): boolean {
  return execution !== "backfill" && statements.every(({ outside }) => outside === null);
}

async function observeTransaction(
  rehearsal: Rehearsal,
  analysed: AnalysedMigration,
  onObserved: (statement: ObservedStatement) => void,
): Promise<void> {
  const { session } = rehearsal.database;
  await session.execute("BEGIN");
  const first = await takeProbe(session);
  const transaction = { old: first.relations, latest: first };
  for (const statement of analysed.statements) {
    onObserved(await observeStatement(rehearsal, analysed.migration, statement, transaction));
  }
  await commit(rehearsal, analysed, analysed.statements.at(-1), endOf(rehearsal, analysed));
}

/** Each statement in a transaction of its own, where it can have one. */
async function observeSeparately(
  rehearsal: Rehearsal,
  analysed: AnalysedMigration,
  onObserved: (statement: ObservedStatement) => void,
): Promise<void> {
  const { session } = rehearsal.database;
  const { relations: old } = await takeProbe(session);
  for (const statement of analysed.statements) {
    if (statement.outside !== null) {
      onObserved(await observeOutside(rehearsal, analysed.migration, statement, old));
      continue;
    }
    await session.execute("BEGIN");
    const transaction = { old, latest: await takeProbe(session) };
    onObserved(await observeStatement(rehearsal, analysed.migration, statement, transaction));
    await commit(rehearsal, analysed, statement, []);
  }
  await sendPipelined(session, [recordOf(rehearsal, analysed)]);
}

/** Deferred constraints speak up at COMMIT; the last statement stands for all. */
async function commit(
  { database: { session } }: Rehearsal,
  { migration }: AnalysedMigration,
  last: AnalysedStatement | undefined,
  end: readonly PipelineStep[],
): Promise<void> {
  const { error } = await session.pipeline([...end, { sql: "COMMIT" }]);
  if (error === undefined) return;
  throw last === undefined ? error : statementFailed(migration, last, error, false);
}

/** Back to the role that may write the history, and the file's row in it. */
function endOf(rehearsal: Rehearsal, analysed: AnalysedMigration): PipelineStep[] {
  const restoring = leavesTraces(analysed) ? rehearsal.database.session.restoring : [];
  return [...restoring, recordOf(rehearsal, analysed)];
}

function recordOf({ ctx }: Rehearsal, analysed: AnalysedMigration): PipelineStep {
  const { migration } = analysed;
  return ctx.history.record({ migration, state: stateBeforeVerify(analysed), release: ctx.release });
}

/** Runs a file's @rollback. @throws HoldfastError statement_failed; CannotRehearse */
export async function runRollback(rehearsal: Rehearsal, analysed: AnalysedMigration): Promise<void> {
  const { session } = rehearsal.database;
  const { migration, rollback } = analysed;
  const isTogether = rollback.every(({ node }) => outsideKind(node) === null);
  const record = rehearsal.ctx.history.setState(migration.version, "rolled back", { dueAt: null });
  try {
    if (isTogether) await session.execute("BEGIN");
    for (const statement of rollback) await sendStatement(rehearsal, migration, statement);
    const { error } = await session.pipeline([
      ...session.restoring,
      record,
      ...(isTogether ? [{ sql: "COMMIT" }] : []),
    ]);
    if (error !== undefined) throw error;
    await session.reset();
  } catch (error) {
    if (!(error instanceof ConnectionLost)) {
      await rollBack(session);
      await session.reset();
    }
    throw error;
  }
}
