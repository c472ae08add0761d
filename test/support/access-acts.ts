import type { Client } from "pg";

/** What somebody may try, each in a transaction that is taken back. */
export const ACTS = {
  "log in": "SELECT 1",
  "read a table": "SELECT body FROM notes",
  "read a view": "SELECT body FROM bodies",
  "insert a row": "INSERT INTO notes (body) VALUES ('x')",
  "update a row": "UPDATE notes SET body = 'y'",
  "delete a row": "DELETE FROM notes",
  "truncate a table": "TRUNCATE notes",
  "draw from a sequence": "SELECT nextval('tickets')",
  "set a sequence": "SELECT setval('tickets', 5)",
  "call a function": "SELECT twice(2)",
  "make a temporary table": "CREATE TEMPORARY TABLE scratch (n int)",
  "make a table": "CREATE TABLE public.own (n int)",
  "alter a table": "ALTER TABLE notes ADD COLUMN more text",
  "drop a table": "DROP TABLE notes CASCADE",
  "make an index": "CREATE INDEX ON notes (body)",
  "make a function": "CREATE FUNCTION public.one() RETURNS int LANGUAGE sql RETURN 1",
  "make a schema": "CREATE SCHEMA own",
  "read the history": "SELECT version FROM schema_migrations",
  "add to the history": "INSERT INTO schema_migrations (version, description) VALUES ('9', 'x')",
  "change the history": "UPDATE schema_migrations SET state = 'applied'",
  "delete history": "DELETE FROM schema_migrations",
  "delete releases": "DELETE FROM system_versions",
  "read settings": "SELECT value FROM settings",
  "add a setting": "INSERT INTO settings (key, value) VALUES ('k', 'v')",
  "change a setting": "UPDATE settings SET value = 'v' WHERE key = 'k'",
  "delete settings": "DELETE FROM settings",
  "read the engine's runs": "SELECT id FROM holdfast.runs",
  "read what is retired": "SELECT n FROM holdfast_retired.gone",
  "read another schema's table": "SELECT n FROM billing.invoices",
  "make a role": "CREATE ROLE another",
  "take the owner's role": "SET ROLE app_owner",
  "run a program on the server": "COPY (SELECT 1) TO PROGRAM 'true'",
} as const;

export type Act = keyof typeof ACTS;

/** The acts that the server lets a login do. @param first run before each, for example `SET ROLE app_owner` */
export async function allowedActs(client: Client, first?: string): Promise<Act[]> {
  const allowed: Act[] = [];
  for (const [act, sql] of Object.entries(ACTS) as [Act, string][]) {
    if (await isAllowed(client, sql, first)) allowed.push(act);
  }
  return allowed;
}

async function isAllowed(client: Client, sql: string, first: string | undefined): Promise<boolean> {
  await client.query("BEGIN");
  try {
    if (first !== undefined) await client.query(first);
    await client.query(sql);
    return true;
  } catch (error) {
    // insufficient_privilege; anything else is a fault of the test.
    if ((error as { code?: string }).code !== "42501") throw error;
    return false;
  } finally {
    await client.query("ROLLBACK");
  }
}
