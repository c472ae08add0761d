import { ENGINE_TABLE_LIMITS } from "../../core/access/engine-privileges.js";
import {
  ENGINE_SCHEMA,
  LAYOUT,
  PRIVATE_DDL,
  PUBLIC_COLUMNS,
  PUBLIC_TABLES,
  type PublicTable,
} from "../../core/engine-tables.js";
import { HoldfastError } from "../../core/errors.js";
import type { PipelineStep, Session } from "../../core/ports.js";
import { quoteIdentifier, quoteLiteral } from "../../core/quote-identifier.js";
import type { Place, Places } from "./place-tables.js";

/**
 * Makes what is missing and extends what is short, all in one transaction. A bare schema_migrations of three columns keeps
 * its rows; its version becomes text, so that versions stay as they are spelled.
 * @throws HoldfastError permission_denied
 */
export async function makeTables(session: Session, { tables }: Places, user: string): Promise<void> {
  await refuseWithoutRights(session, tables, user);
  const steps: PipelineStep[] = [
    { sql: "BEGIN" },
    { sql: "SET LOCAL client_min_messages = warning" },
    { sql: MAKE_SCHEMA },
    ...PUBLIC_TABLES.flatMap((table) => tableSteps(table, tables[table])),
    ...PRIVATE_DDL.map((sql) => ({ sql })),
    { sql: CLOSE_PRIVATE_TABLES },
    { sql: `COMMENT ON SCHEMA ${ENGINE_SCHEMA} IS ${quoteLiteral(LAYOUT)}` },
    { sql: "COMMIT" },
  ];
  const { error } = await session.pipeline(steps);
  if (error === undefined) return;
  await session.execute("ROLLBACK");
  if (error.sqlState !== "42501") throw error;
  throw new HoldfastError("permission_denied", `${user} may not make the engine's tables: ${error.message}.`, {
    sqlState: error.sqlState,
    next: `Make them belong to the role that migrates, or let it own schema ${ENGINE_SCHEMA}.`,
  });
}

/** CREATE SCHEMA IF NOT EXISTS asks for the right to create even where the schema is there. */
const MAKE_SCHEMA = `DO $$
BEGIN
  IF to_regnamespace('${ENGINE_SCHEMA}') IS NULL THEN
    CREATE SCHEMA ${ENGINE_SCHEMA};
    REVOKE ALL ON SCHEMA ${ENGINE_SCHEMA} FROM PUBLIC;
  END IF;
END $$`;

function tableSteps(table: PublicTable, place: Place): PipelineStep[] {
  const { columns } = PUBLIC_COLUMNS[table];
  if (place.columns === null) {
    const list = columns.map(({ name, definition }) => `${quoteIdentifier(name)} ${definition}`).join(", ");
    return [{ sql: `CREATE TABLE ${place.name} (${list})` }, { sql: limitGiven(table, place.name) }];
  }
  const missing = columns.filter(({ name }) => !place.columns?.has(name));
  if (missing.length === 0) return [];
  const added = missing.map(({ name, definition }) => `ADD COLUMN ${quoteIdentifier(name)} ${definition}`);
  const isBare = table === "schema_migrations" && !place.columns.has("state");
  const kept = isBare ? ["ALTER COLUMN version TYPE text", "ALTER COLUMN applied_at TYPE timestamptz"] : [];
  const extend = { sql: `ALTER TABLE ${place.name} ${[...kept, ...added].join(", ")}` };
  return [extend, { sql: limitGiven(table, place.name) }];
}

/**
 * ALTER DEFAULT PRIVILEGES may have handed a new table to the application at once, and GRANT one that is extended. What has run
 * is not the application's to change; settings are its own, too, but for their removal.
 */
function limitGiven(table: PublicTable, name: string): string {
  const limit = ENGINE_TABLE_LIMITS[table === "settings" ? "settings" : "history"];
  return revokeWhere(`c.oid = ${quoteLiteral(name)}::regclass AND a.privilege_type <> ALL ('{${limit.join(",")}}')`);
}

/** What is nobody else's business, default privileges or not. Public tables may lie here where their own names are taken. */
const CLOSE_PRIVATE_TABLES = revokeWhere(
  `c.relnamespace = '${ENGINE_SCHEMA}'::regnamespace AND c.relkind IN ('r', 'S') AND c.relname <> ALL ('{${PUBLIC_TABLES.join(",")}}')`,
);

function revokeWhere(condition: string): string {
  return `DO $$
DECLARE
  given record;
BEGIN
  FOR given IN
    SELECT c.oid::regclass AS object, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, a.privilege_type,
      CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee
    FROM pg_class c, aclexplode(c.relacl) a WHERE a.grantee <> c.relowner AND ${condition}
  LOOP
    EXECUTE format('REVOKE %s ON %s %s FROM %s CASCADE', given.privilege_type, given.kind, given.object, given.grantee);
  END LOOP;
END $$`;
}

/** Asked for before anything is tried, so that the answer can name the GRANT that is missing. */
async function refuseWithoutRights(session: Session, tables: Places["tables"], user: string): Promise<void> {
  const homes = PUBLIC_TABLES.filter((table) => tables[table].columns === null).map((table) => tables[table].schema);
  const [schema = ""] = homes.filter((home) => home !== ENGINE_SCHEMA);
  const [rights] = await session.query(
    `SELECT current_user::text AS role, current_database()::text AS database,
      to_regnamespace(quote_ident($1)) IS NOT NULL AS has_schema,
      CASE WHEN to_regnamespace(quote_ident($1)) IS NOT NULL THEN has_schema_privilege($1, 'CREATE') END AS in_schema,
      to_regnamespace($2) IS NOT NULL OR has_database_privilege(current_database(), 'CREATE') AS own_schema`,
    [schema === "" ? null : schema, ENGINE_SCHEMA],
  );
  const role = quoteIdentifier(rights?.["role"] ?? user);
  if (schema !== "" && rights?.["has_schema"] === "f") {
    throw refused(
      `There is no schema ${schema} in the database`,
      `Make it: CREATE SCHEMA ${quoteIdentifier(schema)} AUTHORIZATION ${role};`,
    );
  }
  if (schema !== "" && rights?.["in_schema"] === "f") {
    throw refused(
      `Role ${role} may not create tables in schema ${schema}`,
      `Let it (since PostgreSQL 15 nobody may by default): GRANT CREATE ON SCHEMA ${quoteIdentifier(schema)} TO ${role};`,
    );
  }
  if (rights?.["own_schema"] === "f") {
    throw refused(
      `Role ${role} may not create the engine's schema ${ENGINE_SCHEMA}`,
      `Make it once as the database's owner: CREATE SCHEMA ${ENGINE_SCHEMA} AUTHORIZATION ${role};`,
    );
  }
}

function refused(what: string, next: string): HoldfastError {
  return new HoldfastError("permission_denied", `${what}.`, { sqlState: "42501", next });
}
