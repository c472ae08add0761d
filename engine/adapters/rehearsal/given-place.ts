import type { ConnectionSettings } from "../../core/connection-settings.js";
import { ENVIRONMENT_KEY } from "../../core/engine-tables.js";
import { HoldfastError } from "../../core/errors.js";
import type { DatabaseState, Session } from "../../core/ports.js";
import type { RehearsalDatabase, RehearsalPlace } from "../../core/rehearsal/rehearsal-place.js";
import { pgHistoryStore } from "../pg-history-store.js";
import { pgSessions } from "../pg-session.js";

/** What the mark of a database must say that is there to be used up. */
export const REHEARSAL_ENVIRONMENT = "rehearsal";

/**
 * A database that somebody gave for it: an empty one, or a restored copy that says of itself that it is one. Files and their
 * rollbacks really run there, so one that anybody may still need is refused.
 *
 * @throws HoldfastError rehearsal_refused, and what a connection fails with
 */
export async function givenPlace(settings: ConnectionSettings): Promise<RehearsalPlace> {
  const sessions = pgSessions(settings);
  const session = await sessions.open("migrate");
  try {
    await refuseWhatIsInUse(session, settings);
  } catch (error) {
    await session.close();
    throw error;
  }
  const { host, port, database } = settings;
  return {
    server: `${host}:${port}/${database}`,
    isThrowAway: false,
    openDatabase: async (): Promise<RehearsalDatabase> => {
      const [watch, blocker] = await Promise.all([sessions.open("migrate"), sessions.open("migrate")]);
      return {
        ...{ session, sessions, watch, blocker },
        asSuperuser: () => null,
        makeRole: () => Promise.resolve(false),
        close: async () => {
          await Promise.all([watch.close(), blocker.close()]);
        },
      };
    },
    close: () => session.close(),
  };
}

async function refuseWhatIsInUse(session: Session, settings: ConnectionSettings): Promise<void> {
  const history = pgHistoryStore(settings.schema);
  const state = await history.load(session);
  if (state.isReadOnly) {
    throw refused(state, "is read-only", "Give a primary server: a rehearsal runs the files.");
  }
  if (state.environment !== REHEARSAL_ENVIRONMENT) await refuseUnmarked(session, state, history);
  const others = await session.query(OTHERS);
  const [{ users } = {}] = others;
  if (users != null) {
    throw refused(
      state,
      `is in use: ${users} ${users.includes(",") ? "are" : "is"} connected`,
      "Rehearse on a copy that nobody works with. If it is one, end those connections first.",
    );
  }
}

/** Without the mark only a database with nothing in it. */
async function refuseUnmarked(
  session: Session,
  state: DatabaseState,
  history: ReturnType<typeof pgHistoryStore>,
): Promise<void> {
  const [table] = await history.listUserTables(session, 1);
  if (state.environment === null && state.history.length === 0 && table === undefined) return;
  const what =
    state.environment === null
      ? `holds ${table ?? "a history"}, and nothing says that it is a copy`
      : `belongs to environment ${state.environment}`;
  throw refused(
    state,
    what,
    "A rehearsal runs the files and their rollbacks for good: never give it a database that somebody needs.\n" +
      "Restore a backup beside it, and say in the copy itself what it is for:\n" +
      `UPDATE settings SET value = '${REHEARSAL_ENVIRONMENT}' WHERE key = '${ENVIRONMENT_KEY}';`,
  );
}

/** Who is connected besides this session; names are visible to everyone, what they do is not. */
const OTHERS = `SELECT string_agg(DISTINCT usename::text, ', ') AS users FROM pg_catalog.pg_stat_activity
  WHERE datname = current_database() AND usesysid IS NOT NULL AND pid <> pg_backend_pid() AND application_name NOT LIKE 'holdfast %'`;

function refused({ database }: DatabaseState, what: string, next: string): HoldfastError {
  return new HoldfastError("rehearsal_refused", `Database ${database} cannot be rehearsed on: it ${what}.`, { next });
}
