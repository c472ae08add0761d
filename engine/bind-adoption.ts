import { markEnvironmentEverywhere } from "./adapters/backup/mark-environment.js";
import { pgHistoryStore } from "./adapters/pg-history-store.js";
import { pgSessions } from "./adapters/pg-session.js";
import type { ConnectionSettings } from "./core/connection-settings.js";
import { HoldfastError } from "./core/errors.js";

export interface AdoptionRequest {
  readonly restored: ConnectionSettings;
  /** The one whose place it takes. */
  readonly live: ConnectionSettings;
  /** What the live one is marked as, where it cannot be asked: it may be gone. */
  readonly fallback: string;
}

/**
 * Lets a restored database say of itself that it belongs to the environment of the one whose place it takes: the next deploy would
 * refuse it otherwise.
 *
 * @returns that environment
 * @throws HoldfastError connection_failed, authentication_failed
 */
export async function markAdopted({ restored, live, fallback }: AdoptionRequest): Promise<string> {
  const environment = (await markerOf(live)) ?? fallback;
  const session = await pgSessions(restored).open("migrate");
  try {
    await session.execute(markEnvironmentEverywhere(environment));
  } finally {
    await session.close();
  }
  return environment;
}

async function markerOf(live: ConnectionSettings): Promise<string | null> {
  try {
    const session = await pgSessions(live).open("read-only");
    try {
      return (await pgHistoryStore(live.schema).load(session)).environment;
    } finally {
      await session.close();
    }
  } catch (error) {
    if (error instanceof HoldfastError) return null;
    throw error;
  }
}
