import type { Client } from "pg";
import type { SqlParser } from "../../../engine/core/ports.js";
import { readMigration } from "../../../engine/core/read-migration.js";
import { migrationFile } from "../../support/migration-file.js";
import { APP_ROLE } from "../corpus/shop.js";
import type { RuleRow } from "../rule-rows.js";

/** Runs the files before a rule's row; roles they speak of are made when they are missed: they belong to the whole server. */
export async function runHistory(session: Client, parser: SqlParser, row: RuleRow | undefined): Promise<void> {
  const { history = [], manner = "holdfast" } = row ?? {};
  for (const file of typeof history === "string" ? [history] : history) {
    const sql = manner === "plain" ? file : readMigration(migrationFile("0001_earlier.sql", file)).body.text;
    for (const { offset, end } of parser.parse(sql)) await runWithRoles(session, sql.slice(offset, end));
  }
}

async function runWithRoles(session: Client, statement: string): Promise<void> {
  try {
    await session.query(statement);
  } catch (error) {
    // Another row made it: roles belong to the whole server.
    if ((error as { code?: string }).code === "42710" && /^\s*CREATE\s+ROLE/i.test(statement)) return;
    const missing = /role "(.+)" does not exist$/.exec((error as Error).message)?.[1];
    if (missing === undefined) throw error;
    await session.query(`DO $$ BEGIN CREATE ROLE "${missing}"; EXCEPTION WHEN duplicate_object THEN NULL; END $$`);
    await session.query(statement);
  }
}

/** The application may do everything there is to do. */
export async function grantAll(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT quote_ident(nspname) AS name FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema$'",
  );
  for (const { name } of rows) {
    await client.query(`GRANT ALL ON SCHEMA ${name} TO ${APP_ROLE};
      GRANT ALL ON ALL TABLES IN SCHEMA ${name} TO ${APP_ROLE};
      GRANT ALL ON ALL SEQUENCES IN SCHEMA ${name} TO ${APP_ROLE}`);
  }
}

/** Whoever was given something, the application among them. */
export async function rolesOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT quote_ident(rolname) AS name FROM pg_roles r
     WHERE NOT rolsuper AND r.oid >= 16384 AND (rolname = $1 OR EXISTS (
       SELECT FROM pg_shdepend WHERE refobjid = r.oid AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())))`,
    [APP_ROLE],
  );
  return rows.map(({ name }) => name);
}
