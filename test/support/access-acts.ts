import type { Client } from "pg";

/** What somebody may try, each in a transaction that is taken back. */
export const ACTS = {
  "log in": "SELECT 1",
  "read a table": "SELECT body FROM notes",
  "read a view": "SELECT body FROM bodies",
  "read a later table": "SELECT tag FROM tags",
  "insert a row": "INSERT INTO notes (body) VALUES ('x')",
  "insert a row into a later table": "INSERT INTO tags VALUES ('x')",
  "update a row": "UPDATE notes SET body = 'y'",
  "delete a row": "DELETE FROM notes",
  "truncate a table": "TRUNCATE notes",
  "draw from a sequence": "SELECT nextval('tickets')",
  "draw from a later sequence": "SELECT nextval('numbers')",
  "set a sequence": "SELECT setval('tickets', 5)",
  "call a function": "SELECT twice(2)",
  "call a later function": "SELECT thrice(2)",
  "make a temporary table": "CREATE TEMPORARY TABLE scratch (n int)",
  "make a table": "CREATE TABLE public.own (n int)",
  "alter a table": "ALTER TABLE notes ADD COLUMN more text",
  "drop a table": "DROP TABLE notes CASCADE",
  "make an index": "CREATE INDEX ON notes (body)",
  "make a trigger":
    "CREATE TRIGGER own BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
  "alter a sequence": "ALTER SEQUENCE tickets RESTART",
  "make a function": "CREATE FUNCTION public.one() RETURNS int LANGUAGE sql RETURN 1",
  "make a schema": "CREATE SCHEMA own",
  "drop a schema": "DROP SCHEMA billing CASCADE",
  "give a table away": "ALTER TABLE notes OWNER TO app_service",
  "read the history": "SELECT version FROM schema_migrations",
  "add to the history": "INSERT INTO schema_migrations (version, description) VALUES ('9', 'x')",
  "change the history": "UPDATE schema_migrations SET state = 'applied'",
  "delete history": "DELETE FROM schema_migrations",
  "truncate the history": "TRUNCATE schema_migrations",
  "alter the history": "ALTER TABLE schema_migrations ADD COLUMN own text",
  "drop the history": "DROP TABLE schema_migrations",
  "add a release": "INSERT INTO system_versions (version) VALUES ('9')",
  "delete releases": "DELETE FROM system_versions",
  "read settings": "SELECT value FROM settings",
  "add a setting": "INSERT INTO settings (key, value) VALUES ('k', 'v')",
  "change a setting": "UPDATE settings SET value = 'v' WHERE key = 'k'",
  "delete settings": "DELETE FROM settings",
  "truncate settings": "TRUNCATE settings",
  "drop settings": "DROP TABLE settings",
  "read the engine's runs": "SELECT id FROM holdfast.runs",
  "read what is retired": "SELECT n FROM holdfast_retired.gone",
  "read another schema's table": "SELECT n FROM billing.invoices",
  "read another schema's later table": "SELECT n FROM billing.payments",
  "write to another schema's table": "INSERT INTO billing.invoices VALUES (1)",
  "make a role": "CREATE ROLE another",
  "become a superuser": "ALTER ROLE CURRENT_USER SUPERUSER",
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
