import { HoldfastError } from "./core/errors.js";
import { ConnectionLost, type Clock, type Progress, type Session, type SessionFactory } from "./core/ports.js";

export interface Reconnecting {
  readonly sessions: SessionFactory;
  readonly clock: Clock;
  readonly progress: Progress;
  /** How long a lost connection is tried to be opened again, in milliseconds. */
  readonly reconnectMs: number;
}

/** A run that loses its connection again and again has another problem. */
const MOST_LOSSES = 5;
const PAUSE_MS = 200;

/**
 * Runs `work` over a session, and once more over a new one when the connection was lost: whether what was in flight has
 * happened, only the database knows, so the work begins by looking.
 * @throws HoldfastError connection_failed; whatever the work throws
 */
export async function survivingLostConnections<T>(
  options: Reconnecting,
  first: Promise<Session>,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  let lost: ConnectionLost | undefined;
  for (let losses = 0; ; losses++) {
    const session = await (lost === undefined ? first : reopen(options, lost));
    try {
      return await work(session);
    } catch (error) {
      if (!(error instanceof ConnectionLost) || losses === MOST_LOSSES) throw error;
      lost = error;
      options.progress({ kind: "note", message: `The connection was lost (${error.message}); connecting again.` });
    } finally {
      await session.close();
    }
  }
}

async function reopen({ sessions, clock, reconnectMs }: Reconnecting, lost: ConnectionLost): Promise<Session> {
  const deadline = clock.now().getTime() + reconnectMs;
  for (;;) {
    try {
      return await sessions.open("migrate");
    } catch (error) {
      if (!(error instanceof HoldfastError) || error.code !== "connection_failed") throw error;
      if (clock.now().getTime() >= deadline) throw stillLost(lost, error);
    }
    await clock.sleep(PAUSE_MS);
  }
}

function stillLost(lost: ConnectionLost, { message }: HoldfastError): HoldfastError {
  return new HoldfastError(
    "connection_failed",
    `The connection was lost in the middle of the run (${lost.message}), and could not be opened again. ${message}`,
    { next: "When the server is back, deploy again: what was done is found in the history and not done twice." },
    { cause: lost },
  );
}
