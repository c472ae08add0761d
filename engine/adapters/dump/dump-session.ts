import type { ConnectionSettings } from "../../core/connection-settings.js";
import { ServerError, type Session } from "../../core/ports.js";
import type { TableCount } from "../../core/row-counts.js";
import { countRows } from "../backup/count-rows.js";
import { pgSessions } from "../pg-session.js";

/** What is dumped, as one snapshot sees it. */
export interface DumpSession {
  /** For `pg_dump --snapshot`; valid until the session closes. */
  readonly snapshot: string;
  /** When the snapshot was taken, by the server's clock. */
  readonly takenAt: Date;
  readonly server: { readonly version: string; readonly major: number };
  /** Of the database: the cluster's own number and the database's name, or, where that may not be read, its address. */
  readonly resourceId: string;
  /** The role pg_dump has to take, since who logs in has not its rights by himself. */
  readonly role: string | undefined;
  /** Roles that own, or may use, something in the database. A server without them cannot take it as it is. */
  readonly roles: readonly string[];
  /** Of all tables without their indexes, which a dump does not hold. */
  readonly tableBytes: number;
  countRows(): Promise<TableCount[]>;
  close(): Promise<void>;
}

/** Opens a transaction that a dump, and the count of its rows, can share. @throws HoldfastError connection_failed, …; ServerError */
export async function openDumpSession(settings: ConnectionSettings): Promise<DumpSession> {
  const { ownerRole, ...login } = settings;
  const session = await pgSessions(login).open("read-only");
  try {
    const facts = await readFacts(session);
    const resourceId = await identify(session, settings);
    const role = await roleToTake(session, ownerRole);
    await begin(session, role);
    const { id, at } = await only(session, SNAPSHOT);
    return {
      ...facts,
      ...{ resourceId, role, snapshot: id ?? "", takenAt: new Date(Number(at)) },
      countRows: () => countAll(session),
      close: () => session.close(),
    };
  } catch (error) {
    await session.close();
    throw error;
  }
}

const SNAPSHOT =
  "SELECT pg_export_snapshot() AS id, floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint AS at";

/** Sizes of tables one may not read are no secret; the whole is known before anything is copied. */
const TABLE_BYTES = `
  SELECT coalesce(sum(pg_table_size(oid)), 0) FROM pg_class
  WHERE relkind IN ('r', 'm') AND relnamespace <> 'pg_catalog'::regnamespace AND relnamespace <> 'information_schema'::regnamespace
    AND relpersistence <> 't'`;

/** Of the first superuser, whose number is always 10, nothing is noted. */
const ROLES = `
  SELECT coalesce(json_agg(DISTINCT rolname), '[]') FROM pg_roles
  WHERE rolname !~ '^pg_' AND (
    oid IN (SELECT refobjid FROM pg_shdepend
            WHERE refclassid = 'pg_authid'::regclass
              AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database()))
    OR oid = 10 OR oid = (SELECT datdba FROM pg_database WHERE datname = current_database()))`;

async function readFacts(session: Session): Promise<Pick<DumpSession, "server" | "roles" | "tableBytes">> {
  const { version, bytes, roles } = await only(
    session,
    `SELECT split_part(current_setting('server_version'), ' ', 1) AS version, (${TABLE_BYTES}) AS bytes, (${ROLES}) AS roles`,
  );
  return {
    server: { version: version ?? "", major: Math.floor(session.serverVersionNum / 10_000) },
    tableBytes: Number(bytes),
    roles: JSON.parse(roles ?? "[]") as string[],
  };
}

/** Some providers keep the cluster's number to themselves. */
async function identify(session: Session, { host, port, database }: ConnectionSettings): Promise<string> {
  try {
    const { id } = await only(session, "SELECT system_identifier AS id FROM pg_control_system()");
    return `${id ?? ""}/${database}`;
  } catch (error) {
    if (error instanceof ServerError) return `${host}:${port}/${database}`;
    throw error;
  }
}

/** Undefined where who logs in has all of the owner's rights by himself, perhaps more: so has a superuser. */
async function roleToTake(session: Session, ownerRole: string | undefined): Promise<string | undefined> {
  if (ownerRole === undefined) return undefined;
  const { has } = await only(session, "SELECT pg_has_role(current_user, $1, 'USAGE') AS has", [ownerRole]);
  return has === "t" ? undefined : ownerRole;
}

/** A large table is counted in one statement, and a dump takes longer than a session may otherwise be idle. */
async function begin(session: Session, role: string | undefined): Promise<void> {
  await session.query("SELECT set_config('idle_in_transaction_session_timeout', '0', false)");
  if (role !== undefined) await session.query("SELECT set_config('role', $1, false)", [role]);
  await session.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

/** A new version of an extension may bring other rows in its own tables: those are no data of the application. */
const EXTENSION_TABLES = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_depend d ON d.objid = c.oid
  WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'e' AND c.relkind = 'r'`;

async function countAll(session: Session): Promise<TableCount[]> {
  const foreign = new Set((await session.query(EXTENSION_TABLES)).map(({ name }) => name));
  const counts = await countRows({ query: async <T extends object>(sql: string) => (await session.query(sql)) as T[] });
  return counts.map(({ table, rows }) => ({ table, rows: foreign.has(table) ? null : rows }));
}

async function only(session: Session, sql: string, values?: readonly string[]) {
  const [row] = await session.query(sql, values);
  return row ?? {};
}
