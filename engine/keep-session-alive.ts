import type { RunContext } from "./core/ports.js";

/** Below what networks forget an idle connection after: 350 s at a NAT gateway of AWS, often 300 s at a firewall. */
const PAUSE_MS = 60_000;

/**
 * Runs `work`, which may take long and leaves the session alone, and asks the server something now and then meanwhile: the
 * session holds the deploy's lock. If it is lost all the same, whatever uses it next hears of it.
 */
export async function whileKeptAlive<T>(
  { session, clock }: Pick<RunContext, "session" | "clock">,
  work: () => Promise<T>,
  pauseMs = PAUSE_MS,
): Promise<T> {
  const done = new AbortController();
  const beating = beat();
  try {
    return await work();
  } finally {
    done.abort();
    await beating;
  }

  async function beat(): Promise<void> {
    for (;;) {
      await clock.sleep(pauseMs, done.signal);
      if (done.signal.aborted) return;
      const isAlive = await session.query("SELECT 1").then(
        () => true,
        () => false,
      );
      if (!isAlive) return;
    }
  }
}
