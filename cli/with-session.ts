import { HoldfastError, pgSessions, type Session } from "../engine/index.js";
import { wake, type Target } from "./instances.js";
import { askSecret } from "./prompt.js";
import type { Terminal } from "./terminal.js";

/**
 * Runs `attempt`; where the server wants a password that nobody gave and a person is there, asks for it and tries once more.
 * Nothing has happened by then: logging in comes first.
 */
export async function withPassword<T>(
  target: Target,
  terminal: Terminal,
  attempt: (target: Target) => Promise<T>,
): Promise<T> {
  try {
    return await attempt(target);
  } catch (error) {
    const isMissing = error instanceof HoldfastError && error.code === "authentication_failed" && !target.hasPassword;
    if (!isMissing || !terminal.canAsk) throw error;
    const { user, host } = target.connection;
    const password = await askSecret(`Password of ${user} at ${host}: `);
    return attempt({ ...target, hasPassword: true, connection: { ...target.connection, password } });
  }
}

/** Brackets `work` with one session; a stopped local server is started first. */
export async function withSession<T>(
  target: Target,
  terminal: Terminal,
  purpose: "migrate" | "read-only",
  work: (session: Session) => Promise<T>,
): Promise<T> {
  await wake(target);
  const session = await withPassword(target, terminal, ({ connection }) => pgSessions(connection).open(purpose));
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
