import assert from "node:assert/strict";
import type { Client } from "pg";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import type { SqlParser } from "../../engine/core/ports.js";
import { outsideKind, refusalOf } from "../../engine/core/statement-kinds.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

const SCHEMA = `
  CREATE TABLE users (id bigint PRIMARY KEY, name text);
  CREATE INDEX users_name ON users (name);
  CREATE TABLE parts (id int, day date) PARTITION BY RANGE (day);
  CREATE TABLE part_one PARTITION OF parts FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
  CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM users;
  CREATE UNIQUE INDEX ON counted (n);
  CREATE TYPE mood AS ENUM ('good');
  CREATE PROCEDURE committing() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;`;

/** active_sql_transaction, invalid_transaction_termination (manual, appendix A). */
const NOT_IN_A_TRANSACTION = new Set(["25001", "2D000"]);

const OUTSIDE = [
  "CREATE INDEX CONCURRENTLY more ON users (name)",
  "DROP INDEX CONCURRENTLY users_name",
  "REINDEX INDEX CONCURRENTLY users_name",
  "REINDEX TABLE CONCURRENTLY users",
  "ALTER TABLE parts DETACH PARTITION part_one CONCURRENTLY",
  "VACUUM users",
  "VACUUM (FULL) users",
];
const REFUSED = [
  "REINDEX SCHEMA public",
  "REINDEX SCHEMA CONCURRENTLY public",
  "CLUSTER",
  "CREATE DATABASE other",
  "DROP DATABASE other",
  "ALTER DATABASE postgres SET TABLESPACE pg_default",
  "ALTER SYSTEM SET work_mem = '1MB'",
  "CREATE TABLESPACE other LOCATION '/nowhere'",
  "DROP TABLESPACE other",
  "CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p",
  "DISCARD ALL",
];
const INSIDE = [
  "CREATE INDEX more ON users (name)",
  "REINDEX TABLE users",
  "CLUSTER users USING users_name",
  "ALTER TABLE parts DETACH PARTITION part_one",
  "ANALYZE users",
  "REFRESH MATERIALIZED VIEW CONCURRENTLY counted",
  "ALTER TYPE mood ADD VALUE 'bad'",
  "DISCARD PLANS",
  "DISCARD TEMP",
  "CREATE PUBLICATION p FOR TABLE users",
];

describe("a statement and PostgreSQL's transaction blocks", () => {
  let database: TestDatabase;
  let client: Client;
  let parser: SqlParser;
  before(async () => {
    parser = await loadSqlParser();
    database = await createDatabase();
    client = await database.client();
    await client.query(SCHEMA);
  });
  after(async () => {
    await client.end();
    await database.drop();
  });

  const verdict = (sql: string) => {
    const { node } = parser.parse(sql)[0]!;
    if (refusalOf(node) !== undefined) return "refused";
    return outsideKind(node) === null ? "inside" : "outside";
  };
  const runInBlock = async (sql: string): Promise<string> => {
    await client.query("BEGIN");
    try {
      await client.query(sql);
      return "ran";
    } catch (error) {
      return (error as { code: string }).code;
    } finally {
      await client.query("ROLLBACK");
    }
  };

  for (const sql of [...OUTSIDE, ...REFUSED]) {
    const expected = OUTSIDE.includes(sql) ? "outside" : "refused";
    it(`${sql} is ${expected}, for PostgreSQL refuses it in one`, async () => {
      assert.equal(verdict(sql), expected);
      assert.ok(NOT_IN_A_TRANSACTION.has(await runInBlock(sql)));
    });
  }

  for (const sql of INSIDE) {
    it(`${sql} runs in one`, async () => {
      assert.equal(verdict(sql), "inside");
      assert.equal(await runInBlock(sql), "ran");
    });
  }

  it("a body that commits cannot run in one", async () => {
    for (const sql of ["CALL committing()", "DO $$ BEGIN COMMIT; END $$"]) {
      assert.ok(NOT_IN_A_TRANSACTION.has(await runInBlock(sql)), sql);
    }
  });
});
