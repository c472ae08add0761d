import assert from "node:assert/strict";
import type { Client } from "pg";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import type { SqlParser } from "../../engine/core/ports.js";
import { strongLocks } from "../../engine/core/statement-locks.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

const SCHEMA = `
  CREATE SCHEMA app;
  CREATE TABLE users (id bigint PRIMARY KEY, name text, age int DEFAULT 1);
  CREATE TABLE app.orders (id bigint PRIMARY KEY, user_id bigint, status text);
  CREATE TABLE "Odd ""name" (id int);
  CREATE TABLE parts (id int, day date) PARTITION BY RANGE (day);
  CREATE TABLE part_one (id int, day date);
  CREATE TABLE part_two PARTITION OF parts FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
  CREATE INDEX users_name ON users (name);
  CREATE VIEW named AS SELECT name FROM users;
  CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM users;
  CREATE UNIQUE INDEX ON counted (n);
  CREATE SEQUENCE numbers;
  CREATE TYPE mood AS ENUM ('good');
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
  CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
  CREATE POLICY seen ON users USING (true);
  ALTER TABLE users ADD CONSTRAINT aged CHECK (age > 0) NOT VALID;`;

/** Relations that a session holds in SHARE mode or stronger; indexes aside. Read by another one, which sees the catalog as it was. */
const HELD = `
  SELECT DISTINCT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name
  FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE l.pid = $1 AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
    AND n.nspname IN ('public', 'app') AND c.relkind <> 'i' ORDER BY 1`;

const STATEMENTS = [
  "ALTER TABLE users ADD COLUMN email text",
  "ALTER TABLE users ALTER COLUMN age SET NOT NULL",
  "ALTER TABLE users DROP COLUMN age",
  "ALTER TABLE users ALTER COLUMN name SET STATISTICS 200",
  "ALTER TABLE users SET (fillfactor = 80)",
  "ALTER TABLE users VALIDATE CONSTRAINT aged",
  "ALTER TABLE users SET (fillfactor = 80), ADD COLUMN email text",
  'ALTER TABLE "Odd ""name" ADD COLUMN x int',
  "ALTER TABLE app.orders ADD FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID",
  "ALTER TABLE app.orders ADD COLUMN owner bigint REFERENCES public.users (id)",
  "ALTER TABLE app.orders RENAME COLUMN status TO state",
  "ALTER TABLE app.orders RENAME TO purchases",
  "ALTER TABLE app.orders SET SCHEMA public",
  "ALTER INDEX users_name RENAME TO users_names",
  "ALTER TABLE parts ATTACH PARTITION part_one FOR VALUES FROM ('2019-01-01') TO ('2020-01-01')",
  "ALTER TABLE parts DETACH PARTITION part_two",
  "CREATE TABLE fresh (id int)",
  "CREATE TABLE fresh (id int REFERENCES users (id), o int, FOREIGN KEY (o) REFERENCES app.orders (id))",
  "CREATE TABLE IF NOT EXISTS fresh (LIKE users)",
  "CREATE TABLE part_three PARTITION OF parts FOR VALUES FROM ('2022-01-01') TO ('2023-01-01')",
  "CREATE TABLE copied AS SELECT * FROM users",
  "SELECT * INTO copied FROM users",
  "CREATE INDEX ON users (age)",
  "CREATE UNIQUE INDEX age_idx ON app.orders (user_id)",
  "REINDEX TABLE users",
  "CREATE TRIGGER noted BEFORE INSERT ON app.orders FOR EACH ROW EXECUTE FUNCTION touch()",
  "DROP TRIGGER touched ON users",
  "DROP POLICY seen ON users",
  "CREATE POLICY own ON app.orders USING (true)",
  "ALTER POLICY seen ON users USING (false)",
  "CREATE RULE quiet AS ON DELETE TO app.orders DO ALSO NOTHING",
  "DROP TABLE app.orders",
  "DROP TABLE users, app.orders CASCADE",
  "DROP VIEW named",
  "CREATE OR REPLACE VIEW named AS SELECT name FROM users",
  "CREATE VIEW other AS SELECT name FROM users",
  "DROP SEQUENCE numbers",
  "ALTER SEQUENCE numbers INCREMENT 2",
  "TRUNCATE users, app.orders",
  "LOCK TABLE users IN SHARE MODE",
  "LOCK TABLE users IN ROW EXCLUSIVE MODE",
  "LOCK TABLE users, app.orders",
  "CLUSTER users USING users_name",
  "REFRESH MATERIALIZED VIEW counted",
  "REFRESH MATERIALIZED VIEW CONCURRENTLY counted",
  "COMMENT ON TABLE users IS 'people'",
  "GRANT SELECT ON users TO PUBLIC",
  "ALTER TYPE mood ADD VALUE 'bad'",
  "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
  "INSERT INTO users VALUES (1)",
  "UPDATE users SET age = 2 WHERE id = 1",
  "DELETE FROM users WHERE id = 1",
  "SELECT * FROM users FOR UPDATE",
  "ANALYZE users",
  "ALTER TABLE users OWNER TO CURRENT_USER",
  "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
  "ALTER TABLE users DISABLE TRIGGER touched",
  "CREATE STATISTICS s ON id, age FROM users",
  "CREATE PUBLICATION p FOR TABLE users",
];

/** What only the catalog knows, and the engine therefore looks up when it runs. */
const BEYOND_THE_TEXT: Readonly<Record<string, readonly string[]>> = {
  // The views and materialized views behind CASCADE.
  "DROP TABLE users, app.orders CASCADE": ["public.counted", "public.named"],
};

describe("the strong locks read from a statement", () => {
  let database: TestDatabase;
  let client: Client;
  let parser: SqlParser;
  let watcher: Client;
  let pid = "";
  before(async () => {
    parser = await loadSqlParser();
    database = await createDatabase();
    client = await database.client();
    await client.query(SCHEMA);
    watcher = await database.client();
    pid = (await client.query<{ pid: string }>("SELECT pg_backend_pid()::text AS pid")).rows[0]!.pid;
  });
  after(async () => {
    await client.end();
    await watcher.end();
    await database.drop();
  });

  for (const statement of STATEMENTS) {
    it(`are those that PostgreSQL takes for ${statement}`, async () => {
      const [parsed] = parser.parse(statement);
      const read = strongLocks(parsed!.node);
      await client.query("BEGIN");
      try {
        const named = await watcher.query<{ name: string }>(NAMES, [read]);
        await client.query(statement);
        const held = (await watcher.query<{ name: string }>(HELD, [pid])).rows.map(({ name }) => name);
        const beyond = BEYOND_THE_TEXT[statement] ?? [];
        assert.deepEqual(
          named.rows.map(({ name }) => name),
          held.filter((name) => !beyond.includes(name)),
        );
      } finally {
        await client.query("ROLLBACK");
      }
    });
  }
});

/** The names as read, looked up as a table lock would. */
const NAMES = `
  SELECT DISTINCT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name
  FROM unnest($1::text[]) AS given JOIN pg_class c ON c.oid = to_regclass(given) JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind <> 'i' ORDER BY 1`;
