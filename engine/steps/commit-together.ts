import type { PipelineStep, Session } from "../core/ports.js";
import { rollBack } from "./roll-back.js";

/** All steps in one transaction and one message; it is rolled back where one fails. @throws ServerError, ConnectionLost */
export async function commitTogether(session: Session, steps: readonly PipelineStep[]): Promise<void> {
  const { error } = await session.pipeline([{ sql: "BEGIN" }, ...steps, { sql: "COMMIT" }]);
  if (error === undefined) return;
  await rollBack(session);
  throw error;
}
