import type { ConnectionSettings } from "../../core/connection-settings.js";
import type { Session } from "../../core/ports.js";
import { quoteIdentifier, quoteLiteral } from "../../core/quote-identifier.js";
import type { RehearsalDatabase, RehearsalPlace } from "../../core/rehearsal/rehearsal-place.js";
import { pgSessions } from "../pg-session.js";
import { AS_SUPERUSER, REHEARSER, SUPERUSER } from "./cluster-template.js";
import { startThrowAwayServer, type ThrowAwayServer } from "./throw-away-server.js";

export interface EmbeddedPlaceOptions {
  /** Data root, where the binaries and the empty cluster are kept. */
  readonly root: string;
  /** The role that owns database and objects, which cannot log in; unset: who logs in owns them. */
  readonly ownerRole?: string | undefined;
  /** Where the history table lives. */
  readonly schema?: string | undefined;
}

/**
 * A PostgreSQL of its own for one rehearsal.
 * @throws HoldfastError server_not_started
 */
export async function embeddedPlace(options: EmbeddedPlaceOptions): Promise<RehearsalPlace> {
  const server = await startThrowAwayServer(options.root);
  try {
    const admin = await pgSessions({ ...addressOf(server), database: "postgres", user: SUPERUSER }).open("migrate");
    await makeRole(admin, options);
    let made = 0;
    return {
      server: `embedded PostgreSQL ${server.major}`,
      isThrowAway: true,
      openDatabase: () => openDatabase(server, admin, options, `rehearsal_${++made}`),
      close: async () => {
        await admin.close();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function addressOf({ host, port }: ThrowAwayServer): Pick<ConnectionSettings, "host" | "port"> {
  return { host, port };
}

async function makeRole(admin: Session, { ownerRole = REHEARSER }: EmbeddedPlaceOptions): Promise<void> {
  if (ownerRole === REHEARSER) return;
  const [row] = await admin.query("SELECT FROM pg_roles WHERE rolname = $1", [ownerRole]);
  const role = quoteIdentifier(ownerRole);
  if (row === undefined) await admin.execute(`CREATE ROLE ${role} NOLOGIN`);
  await admin.execute(`GRANT ${role} TO ${REHEARSER}`);
}

async function openDatabase(
  server: ThrowAwayServer,
  admin: Session,
  { ownerRole, schema }: EmbeddedPlaceOptions,
  database: string,
): Promise<RehearsalDatabase> {
  const owner = quoteIdentifier(ownerRole ?? REHEARSER);
  await admin.execute(`CREATE DATABASE ${database} OWNER ${owner}`);
  const at = { ...addressOf(server), database, ...(schema !== undefined && { schema }) };
  const superuser = pgSessions({ ...at, user: SUPERUSER });
  const sessions = pgSessions({ ...at, user: REHEARSER, ...(ownerRole !== undefined && { ownerRole }) });
  const [watch, blocker, session] = await Promise.all([
    superuser.open("migrate"),
    superuser.open("migrate"),
    sessions.open("migrate"),
  ]);
  await watch.execute(`ALTER SCHEMA public OWNER TO ${owner}`);
  if (schema !== undefined && schema !== "public") {
    await watch.execute(`CREATE SCHEMA ${quoteIdentifier(schema)} AUTHORIZATION ${owner}`);
  }
  return {
    ...{ session, sessions, watch, blocker },
    makeRole: async (name) => {
      await admin.execute(`CREATE ROLE ${quoteIdentifier(name)} NOLOGIN`);
      await admin.execute(`GRANT ${quoteIdentifier(name)} TO ${owner} WITH ADMIN OPTION`);
      return true;
    },
    asSuperuser: (sql) => `SELECT ${AS_SUPERUSER}(${quoteLiteral(sql)})`,
    close: async () => {
      await Promise.all([watch.close(), blocker.close(), session.close()]);
    },
  };
}
