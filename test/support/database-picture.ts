import type { Client } from "pg";
import { takeFingerprint } from "../../engine/steps/take-fingerprint.js";
import { openSession } from "./engine.js";
import type { TestDatabase } from "./postgres.js";

/** Everything by which an undisturbed run and a disturbed one may be told apart: schema, rows, history, indexes, locks. */
export async function pictureOf(database: TestDatabase, tables: readonly string[]): Promise<unknown> {
  const session = await openSession(database);
  const { objects } = await takeFingerprint(session);
  await session.close();
  const client = await database.client();
  try {
    return {
      objects,
      rows: await rowsOf(client, tables),
      history: await lines(client, "SELECT concat_ws(' ', version, state, checksum, release) FROM schema_migrations"),
      releases: await lines(client, "SELECT version FROM system_versions"),
      invalid: await lines(client, "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"),
      unfinished: await lines(
        client,
        "SELECT id::text FROM (SELECT * FROM holdfast.runs ORDER BY id DESC LIMIT 1) r WHERE finished_at IS NULL",
      ),
      locks: await lines(
        client,
        "SELECT objid::text FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
      ),
    };
  } finally {
    await client.end();
  }
}

async function rowsOf(client: Client, tables: readonly string[]): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const table of tables) all[table] = await lines(client, `SELECT t::text FROM ${table} t`);
  return all;
}

/** The first column, sorted. */
async function lines(client: Client, sql: string): Promise<string[]> {
  const { rows } = await client.query<[string]>({ text: sql, rowMode: "array" });
  return rows.map(([line]) => line).sort();
}
