import assert from "node:assert/strict";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import { mentionsAny, removedNames } from "../../engine/core/removed-names.js";

const ROWS: readonly [sql: string, removed: readonly string[]][] = [
  ["ALTER TABLE users DROP COLUMN name", ["name"]],
  ["ALTER TABLE users DROP CONSTRAINT users_check, DROP COLUMN a", ["users_check", "a"]],
  ["DROP TABLE app.orders, items CASCADE", ["orders", "items"]],
  ["DROP TRIGGER sync ON users", ["sync"]],
  ["DROP FUNCTION app.sync(int)", ["sync"]],
  ["DROP TYPE mood", ["mood"]],
  ["DROP SCHEMA old", ["old"]],
  ["DROP INDEX CONCURRENTLY users_mail", ["users_mail"]],
  ["ALTER TABLE users RENAME TO people", ["users"]],
  ["ALTER TABLE users RENAME COLUMN name TO full_name", ["name"]],
  ["ALTER TABLE users ADD COLUMN name text", []],
  ["DELETE FROM users WHERE id = 1", []],
];

describe("what a contract takes away", () => {
  for (const [sql, removed] of ROWS) {
    it(`${sql}: ${removed.join(", ") || "nothing by name"}`, async () => {
      const parser = await loadSqlParser();
      assert.deepEqual(removedNames(parser.parse(sql).map(({ node }) => node)), removed);
    });
  }

  it("is recognised in a query as a name or inside a string, never as a part of a longer one", () => {
    assert.ok(mentionsAny("SELECT count(name) = 0 FROM users", ["name"]));
    assert.ok(mentionsAny("SELECT true FROM pg_trigger WHERE tgname = 'users_sync'", ["users_sync"]));
    assert.ok(!mentionsAny("SELECT full_name IS NOT NULL FROM users", ["name"]));
  });
});
