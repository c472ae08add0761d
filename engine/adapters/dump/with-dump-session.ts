import type { ConnectionSettings } from "../../core/connection-settings.js";
import type { Session } from "../../core/ports.js";
import { pgSessions } from "../pg-session.js";

/** Brackets `work` with a session that may write. */
export async function withDumpSession<T>(
  settings: ConnectionSettings,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await pgSessions(settings).open("migrate");
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
