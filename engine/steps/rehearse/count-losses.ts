import { ServerError, type Session } from "../../core/ports.js";
import type { DataLoss } from "../../core/rehearsal/rehearsal-report.js";
import type { CountedLoss } from "../../core/rehearsal/rollback-plan.js";

/** A person waits for the answer; a table that takes longer is not counted. */
const PATIENCE_MS = 3000;

/** How much of what a rollback takes is there now. Over a session in which nothing can be changed. */
export async function countLosses(session: Session, losses: readonly DataLoss[]): Promise<CountedLoss[]> {
  const counted: CountedLoss[] = [];
  for (const loss of losses) counted.push({ ...loss, present: loss.isWhole ? await count(session, loss) : null });
  return counted;
}

async function count(session: Session, { table, column }: DataLoss): Promise<number | null> {
  await session.execute("BEGIN READ ONLY");
  try {
    await session.execute(`SET LOCAL statement_timeout = ${PATIENCE_MS}`);
    // Both are names as the catalog prints them: they are SQL.
    const [row] = await session.query(`SELECT count(${column ?? "*"})::text AS present FROM ${table}`);
    return Number(row?.["present"]);
  } catch (error) {
    if (error instanceof ServerError) return null;
    throw error;
  } finally {
    await session.execute("ROLLBACK");
  }
}
