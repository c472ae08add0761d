import { rollBack } from "../roll-back.js";
import { ConnectionLost, type PipelineStep, type RunContext, type Session } from "../../core/ports.js";

/**
 * BEGIN, the prelude of the lock discipline, the work, COMMIT; ROLLBACK where anything throws.
 * @throws what the work throws
 */
export async function inTransaction<T>(
  ctx: RunContext,
  prelude: readonly string[],
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { session } = ctx;
  await session.execute("BEGIN");
  try {
    for (const sql of prelude) await session.execute(sql);
    const result = await work(session);
    await session.execute("COMMIT");
    return result;
  } catch (error) {
    if (!(error instanceof ConnectionLost)) await rollBack(session);
    throw error;
  }
}

/** All steps in one round trip. @throws ServerError, ConnectionLost */
export async function sendPipelined(session: Session, steps: readonly PipelineStep[]): Promise<void> {
  if (steps.length === 0) return;
  const { error } = await session.pipeline(steps);
  if (error !== undefined) throw error;
}
