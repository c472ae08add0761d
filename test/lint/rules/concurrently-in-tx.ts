import type { RuleRows } from "../rule-rows.js";

const USERS = `CREATE TABLE users (id int PRIMARY KEY, age int); CREATE INDEX users_age ON users (age);
CREATE TABLE events (at date) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');`;
const within = (sql: string) => ({ history: USERS, sql: `BEGIN; ${sql} COMMIT;`, manner: "plain" as const });

export const rows: RuleRows = {
  rule: "concurrently-in-tx",
  unsafe: [
    {
      ...within("CREATE INDEX CONCURRENTLY i ON users (id);"),
      says: /fails: PostgreSQL refuses it inside a transaction/,
      fix: /CREATE INDEX CONCURRENTLY i/,
    },
    within("drop index concurrently if exists users_age;"),
    within("REINDEX (CONCURRENTLY) TABLE users;"),
    within("REINDEX SCHEMA public;"),
    within("VACUUM users;"),
    within("VACUUM (FULL, ANALYZE) users;"),
    within("ALTER TABLE events DETACH PARTITION events_1 CONCURRENTLY;"),
    within("ALTER SYSTEM SET work_mem = '8MB';"),
    within("CREATE DATABASE other;"),
    { history: USERS, sql: "CREATE INDEX CONCURRENTLY i ON users (id);", manner: "plain", isOneTransaction: true },
    { history: USERS, sql: "DO $$ BEGIN CREATE INDEX CONCURRENTLY i ON users (id); END $$;", manner: "plain" },
    { history: USERS, sql: "DO $$ BEGIN EXECUTE 'VACUUM users'; END $$;", manner: "plain" },
  ],
  safe: [
    { history: USERS, sql: "CREATE INDEX CONCURRENTLY i ON users (id);", manner: "plain" },
    { history: USERS, sql: "CREATE INDEX CONCURRENTLY i ON users (id); ALTER TABLE users ADD x int;" },
    {
      history: USERS,
      sql: "BEGIN; ALTER TABLE users ADD x int; COMMIT; CREATE INDEX CONCURRENTLY i ON users (id);",
      manner: "plain",
    },
    within("ANALYZE users;"),
    within("CREATE INDEX i ON users (id);"),
    {
      history: `${USERS} CREATE MATERIALIZED VIEW m AS SELECT 1 AS id; CREATE UNIQUE INDEX ON m (id);`,
      sql: "BEGIN; REFRESH MATERIALIZED VIEW CONCURRENTLY m; COMMIT;",
      manner: "plain",
    },
  ],
};
