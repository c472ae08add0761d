import assert from "node:assert/strict";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import { groupForPipeline } from "../../engine/core/pipeline-groups.js";
import type { SqlParser } from "../../engine/core/ports.js";
import { analysed } from "../support/migration-file.js";

describe("files sent together", () => {
  let parser: SqlParser;
  before(async () => {
    parser = await loadSqlParser();
  });
  /** `[1,2] 3`: files 1 and 2 in a pipeline, 3 alone. */
  const groups = (...texts: string[]) =>
    groupForPipeline(texts.map((text, index) => analysed(parser, text, `${index + 1}_x.sql`)))
      .map(({ isPipeline, files }) => {
        const versions = files.map(({ migration }) => migration.version).join(",");
        return isPipeline ? `[${versions}]` : versions;
      })
      .join(" ");
  const create = "CREATE TABLE t (id int PRIMARY KEY);";

  const rows: [string, string[], string][] = [
    ["new tables and what is done to them", [create, "ALTER TABLE t ADD x int;", "CREATE INDEX ON t (x);"], "[1,2,3]"],
    ["rows for old tables: they need no strong lock", ["INSERT INTO old VALUES (now());", create], "[1,2]"],
    ["a strong lock on an old table", [create, "ALTER TABLE old ADD x int;", "ALTER TABLE t ADD x int;"], "[1] 2 [3]"],
    ["a foreign key to an old table", ["CREATE TABLE u (o int REFERENCES old);", create], "1 [2]"],
    ["a foreign key to a new table", [create, "CREATE TABLE u (o int REFERENCES t);"], "[1,2]"],
    [
      "a table new to the very same file",
      [`${create} ALTER TABLE t ADD x int;`, "CREATE VIEW v AS SELECT 1;"],
      "[1,2]",
    ],
    ["a table that may be old", ["CREATE TABLE IF NOT EXISTS t (id int);", "ALTER TABLE t ADD x int;"], "[1] 2"],
    [
      "a temporary table, which a later file's name does not mean, and which must be gone before that file",
      ["CREATE TEMP TABLE t (id int);", "ALTER TABLE t ADD x int;"],
      "1 2",
    ],
    ["the same name in another schema", [create, "ALTER TABLE app.t ADD x int;"], "[1] 2"],
    ["a DO block", [create, "DO $$ BEGIN NULL; END $$;"], "[1] 2"],
    ["a function call", [create, "SELECT app.fill();"], "[1] 2"],
    ["a statement outside a transaction", [create, "CREATE INDEX CONCURRENTLY i ON t (id);"], "[1] 2"],
    [
      "a backfill",
      [create, "-- @phase backfill\n-- @batch table=t key=id\nUPDATE t SET id = id WHERE id BETWEEN :from AND :to;"],
      "[1] 2",
    ],
    ["a contract", [create, "-- @phase contract\n-- @closes 1\nDROP TABLE t;"], "[1] 2"],
    ["a search_path of its own", [create, "SET search_path = app; ALTER TABLE t ADD x int;"], "[1] 2"],
    ["a table made under another search_path", [`SET search_path = app; ${create}`, "ALTER TABLE t ADD x int;"], "1 2"],
    ["a table that was dropped again", [`${create} DROP TABLE t;`, "ALTER TABLE t ADD x int;"], "[1] 2"],
  ];
  for (const [what, texts, expected] of rows) {
    it(`${expected}: ${what}`, () => {
      assert.equal(groups(...texts), expected);
    });
  }
});
