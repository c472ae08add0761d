import { pgSessions } from "./adapters/pg-session.js";
import type { Inspect } from "./core/inspection.js";
import { inspectRestored, type InspectionRequest } from "./steps/drill/inspect-restored.js";

/** How a throw-away database that was made out of a backup is looked through. */
export function inspectThrowAway(how: Omit<InspectionRequest, "session" | "expected">): Inspect {
  return async ({ connection, expected }) => {
    const session = await pgSessions(connection).open("migrate");
    try {
      return await inspectRestored({ session, expected, ...how });
    } finally {
      await session.close();
    }
  };
}
