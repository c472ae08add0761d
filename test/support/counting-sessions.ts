import { pgSessions } from "../../engine/adapters/pg-session.js";
import type { SessionFactory } from "../../engine/core/ports.js";
import { settingsFor } from "./engine.js";
import type { TestDatabase } from "./postgres.js";

/** Sessions that count what goes over the wire: each call is one round trip. */
export function countingSessions(database: TestDatabase): {
  readonly sessions: SessionFactory;
  readonly count: () => number;
} {
  let calls = 0;
  const sessions = pgSessions(settingsFor(database));
  return {
    count: () => calls,
    sessions: {
      open: async (purpose) => {
        const session = await sessions.open(purpose);
        return new Proxy(session, {
          get: (target, name) => {
            const value: unknown = Reflect.get(target, name);
            if (typeof value !== "function") return value;
            if (["query", "execute", "pipeline", "reset"].includes(String(name))) calls++;
            return value.bind(target) as unknown;
          },
        });
      },
    },
  };
}
