import type { ConnectionSettings } from "../../core/connection-settings.js";
import { HoldfastError } from "../../core/errors.js";
import { ServerError, type Session } from "../../core/ports.js";
import { quoteIdentifier, quoteLiteral } from "../../core/quote-identifier.js";
import type { RestoredDatabase } from "../../core/restored-database.js";
import { pgSessions } from "../pg-session.js";
import { loadDump } from "./load-dump.js";
import { registerAddress } from "./registered-addresses.js";
import type { RestoreDumpWork } from "./restore-dump.js";
import { settleRestored } from "./settle-restored.js";
import { withDumpSession } from "./with-dump-session.js";

/** In bytes (manual, "Identifiers and Key Words"). */
const LONGEST_NAME = 63;

/**
 * A new database on the live one's server, with its owner, encoding and locale.
 *
 * @returns undefined, with a note, where there is no such server any more, or who logs in may not make databases
 */
export async function restoreIntoServer(
  work: RestoreDumpWork,
): Promise<Pick<RestoredDatabase, "connection" | "resourceId"> | undefined> {
  const { server, as, name, entry, progress } = work;
  if (server === undefined) return undefined;
  const made = await makeDatabase(server, as).catch((error: unknown) => {
    const isUnreachable = error instanceof HoldfastError && error.code === "connection_failed";
    if (!isUnreachable) throw error;
    return { why: `The server of ${name.instance} cannot be reached` };
  });
  if (made !== true) {
    const message = `${made.why}, so it is restored into an embedded database of this machine.`;
    progress({ kind: "note", message });
    return undefined;
  }
  const into = { ...server, database: as };
  try {
    const refusal = { code: "restore_failed", what: `Backup ${entry.id} cannot be restored` } as const;
    await loadDump({ ...work, into: loginOf(into), withOwners: true, refusal });
    await withDumpSession(loginOf(into), (session) => settleRestored(session, as));
    await registerAddress({ ...name, name: as }, { connection: into, of: name.instance, restoredFrom: entry.id });
    return { connection: into, resourceId: `${entry.manifest.resourceId.replace(/\/.*$/, "")}/${as}` };
  } catch (error) {
    await withDumpSession(server, (admin) => admin.execute(`DROP DATABASE IF EXISTS ${quoteIdentifier(as)}`));
    throw error;
  }
}

/** True once it is there, and empty. */
async function makeDatabase(server: ConnectionSettings, as: string): Promise<true | { readonly why: string }> {
  const admin = await pgSessions(loginOf(server)).open("migrate");
  try {
    if (Buffer.byteLength(as) > LONGEST_NAME) throw badName(as, `is longer than ${LONGEST_NAME} bytes`);
    const [found] = await admin.query("SELECT FROM pg_database WHERE datname = $1", [as]);
    if (found !== undefined) throw badName(as, `is there already, on ${server.host}:${server.port}`);
    await admin.execute(await creationOf(admin, as));
    return true;
  } catch (error) {
    if (!(error instanceof ServerError) || error.sqlState !== "42501") throw error;
    return { why: `${server.user} may not make databases on ${server.host}:${server.port}` };
  } finally {
    await admin.close();
  }
}

function badName(as: string, fault: string): HoldfastError {
  return new HoldfastError("invalid_usage", `The database ${as} ${fault}.`, {
    next: "A restore goes beside, never over: choose another name with --as.",
  });
}

const LIVE =
  "SELECT to_jsonb(d) AS d, pg_encoding_to_char(encoding) AS encoding FROM pg_database d WHERE datname = current_database()";

/** Column names differ by version: providers came with 15, `datlocale` with 17. */
interface LiveDatabase {
  readonly datcollate: string;
  readonly datctype: string;
  readonly datlocprovider?: string;
  readonly daticulocale?: string | null;
  readonly datlocale?: string | null;
}

async function creationOf(admin: Session, as: string): Promise<string> {
  const [row] = await admin.query(LIVE);
  const live = JSON.parse(row?.["d"] ?? "{}") as LiveDatabase;
  const locale = live.datlocale ?? live.daticulocale ?? undefined;
  const provider = live.datlocprovider;
  return [
    `CREATE DATABASE ${quoteIdentifier(as)} TEMPLATE template0 ENCODING ${quoteLiteral(row?.["encoding"] ?? "UTF8")}`,
    `LC_COLLATE ${quoteLiteral(live.datcollate)} LC_CTYPE ${quoteLiteral(live.datctype)}`,
    ...(provider === "i" ? [`LOCALE_PROVIDER icu ICU_LOCALE ${quoteLiteral(locale ?? "")}`] : []),
    ...(provider === "b" ? [`LOCALE_PROVIDER builtin BUILTIN_LOCALE ${quoteLiteral(locale ?? "")}`] : []),
    ...(await ownerClause(admin)),
  ].join(" ");
}

/** Only whoever may act as the owner can make him one. */
async function ownerClause(admin: Session): Promise<string[]> {
  const [row] = await admin.query(
    "SELECT r.rolname, pg_has_role(current_user, r.oid, 'MEMBER') AS may FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE datname = current_database()",
  );
  return row?.["may"] === "t" && row["rolname"] !== null ? [`OWNER ${quoteIdentifier(row["rolname"] ?? "")}`] : [];
}

/** As who logs in: the role of the engine may neither make databases nor own what others own. */
function loginOf(settings: ConnectionSettings): ConnectionSettings {
  const { ownerRole, ...login } = settings;
  return ownerRole === undefined ? settings : login;
}
