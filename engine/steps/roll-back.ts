import type { Session } from "../core/ports.js";

/** Ends a failed transaction. Where its COMMIT failed there is none left, which the server only warns of. */
export async function rollBack(session: Session): Promise<void> {
  await session.execute("ROLLBACK");
}
