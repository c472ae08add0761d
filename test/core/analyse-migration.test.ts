import assert from "node:assert/strict";
import fc from "fast-check";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import { analyseMigration } from "../../engine/core/analyse-migration.js";
import type { OutsideKind } from "../../engine/core/analysed-migration.js";
import type { SqlParser } from "../../engine/core/ports.js";
import { readMigration } from "../../engine/core/read-migration.js";
import { analysed, migrationFile } from "../support/migration-file.js";

describe("a migration that was parsed", () => {
  let parser: SqlParser;
  before(async () => {
    parser = await loadSqlParser();
  });

  it("knows each statement's text and place in the file, whatever stands before it", () => {
    const text =
      "-- @why é😀\n\n/* 漢 */ CREATE TABLE t (id int);\n  ALTER TABLE t ADD x text DEFAULT '😀'; -- end\n-- @verify\n  SELECT true;\n-- @rollback\nDROP TABLE t;\n";
    const { statements, verify, rollback, faults } = analysed(parser, text);
    assert.deepEqual(faults, []);
    assert.deepEqual(
      [...statements, ...verify, ...rollback].map((statement) => [
        statement.text,
        statement.line,
        statement.column,
        statement.kind,
      ]),
      [
        ["CREATE TABLE t (id int)", 3, 9, "CreateStmt"],
        ["ALTER TABLE t ADD x text DEFAULT '😀'", 4, 3, "AlterTableStmt"],
        ["SELECT true", 6, 3, "SelectStmt"],
        ["DROP TABLE t", 8, 1, "DropStmt"],
      ],
    );
    for (const { text: own, offset, end } of [...statements, ...verify, ...rollback])
      assert.equal(text.slice(offset, end), own);
  });

  const outside: [string, OutsideKind][] = [
    ["CREATE INDEX CONCURRENTLY i ON t (a);", "create_index_concurrently"],
    ["CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);", "create_index_concurrently"],
    ["DROP INDEX CONCURRENTLY i;", "drop_index_concurrently"],
    ["REINDEX INDEX CONCURRENTLY i;", "reindex_concurrently"],
    ["REINDEX (CONCURRENTLY, VERBOSE) TABLE t;", "reindex_concurrently"],
    ["ALTER TABLE t DETACH PARTITION p CONCURRENTLY;", "detach_partition_concurrently"],
    ["ALTER TABLE t DETACH PARTITION p FINALIZE;", "detach_partition_concurrently"],
    ["VACUUM;", "vacuum"],
    ["VACUUM (ANALYZE) t;", "vacuum"],
  ];
  for (const [sql, kind] of outside) {
    it(`runs outside a transaction: ${sql}`, () => {
      const { execution, statements, faults } = analysed(parser, `SELECT 1;\n${sql}`);
      assert.deepEqual([execution, statements.map((one) => one.outside), faults], ["outside", [null, kind], []]);
    });
  }

  for (const sql of [
    "CREATE INDEX i ON t (a);",
    "REINDEX (CONCURRENTLY false) TABLE t;",
    "ALTER TABLE t DETACH PARTITION p;",
    "ANALYZE t;",
    "ALTER TYPE mood ADD VALUE 'x';",
    "REFRESH MATERIALIZED VIEW CONCURRENTLY v;",
    "CLUSTER t USING i;",
    "DISCARD PLANS;",
    "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;",
    "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO t VALUES (1); END $$; CALL p();",
    "DO $$ BEGIN RAISE NOTICE 'COMMIT'; END $$;",
    "SELECT pg_advisory_xact_lock(1);",
  ]) {
    it(`runs in a transaction: ${sql}`, () => {
      const { execution, faults } = analysed(parser, sql);
      assert.deepEqual([execution, faults.map(({ message }) => message)], ["transaction", []]);
    });
  }

  const refused: [string, RegExp][] = [
    ["BEGIN;", /BEGIN stands in the file/],
    ["START TRANSACTION;", /START stands/],
    ["COMMIT;", /COMMIT stands/],
    ["ROLLBACK;", /ROLLBACK stands/],
    ["SAVEPOINT a;", /SAVEPOINT stands/],
    ["PREPARE TRANSACTION 'x';", /PREPARE stands/],
    ["DISCARD ALL;", /DISCARD ALL would free the lock/],
    ["SELECT pg_advisory_unlock_all();", /would free the lock/],
    ["SELECT pg_catalog.pg_advisory_unlock_all() FROM t;", /would free the lock/],
    ["DO $$ BEGIN PERFORM pg_advisory_unlock_all(); END $$;", /would free the lock/],
    ["DO $$ BEGIN COMMIT; END $$;", /the DO block ends its own transaction/],
    ["DO $$ BEGIN LOOP ROLLBACK; END LOOP; END $$;", /ends its own transaction/],
    ["DO $$ DECLARE r t%ROWTYPE; BEGIN r.id := 1; COMMIT; END $$;", /ends its own transaction/],
    ["DO $$ BEGIN EXECUTE 'VACUUM t'; END $$;", /cannot run inside a transaction/],
    [
      "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$; CALL p();",
      /procedure p ends its own transaction/,
    ],
    ["CALL app.unknown_one(1);", /CALL of unknown_one, whose body the folder does not show/],
    ["DO $$ BEGIN CALL unknown_one(); END $$;", /CALL of unknown_one/],
    ["CREATE DATABASE x;", /whole server/],
    ["ALTER SYSTEM SET work_mem = '1MB';", /whole server/],
    ["CREATE TABLESPACE x LOCATION '/x';", /whole server/],
    ["ALTER DATABASE x SET TABLESPACE y;", /whole server/],
    ["CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p;", /whole server/],
    ["REINDEX DATABASE CONCURRENTLY x;", /cannot be repeated/],
    ["REINDEX SCHEMA x;", /cannot be repeated/],
    ["CLUSTER;", /CLUSTER without a table/],
  ];
  for (const [sql, message] of refused) {
    it(`is refused before anything runs: ${sql}`, () => {
      const [fault, ...others] = analysed(parser, `SELECT 1;\n  ${sql}`).faults;
      assert.equal(fault?.code, "statement_not_supported");
      assert.match(fault.message, message);
      assert.equal(fault.details.location?.line, 2);
      assert.ok(fault.details.next);
      assert.deepEqual(others, []);
    });
    it(`is refused in a contract, too: ${sql}`, () => {
      const { faults, execution } = analysed(parser, `-- @phase contract\n-- @closes 1\n${sql}`);
      assert.deepEqual([faults[0]?.code, execution], ["statement_not_supported", "contract"]);
    });
  }

  it("may CALL what an earlier file of the folder defines, and is refused where that body commits", () => {
    const call = readMigration(migrationFile("0003_call.sql", "CALL p();"));
    const define = (body: string) => [
      migrationFile("0001_p.sql", `CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN ${body} END $$;`),
    ];
    assert.deepEqual(analyseMigration(call, parser, define("NULL;")).faults, []);
    assert.match(
      analyseMigration(call, parser, define("COMMIT;")).faults[0]?.message ?? "",
      /procedure p \(0001_p\.sql\) ends/,
    );
    const later = [migrationFile("0004_p.sql", "CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1';")];
    assert.match(analyseMigration(call, parser, later).faults[0]?.message ?? "", /does not show/);
  });

  it("names file, line and column of SQL that does not parse, in every section", () => {
    const sections: [string, number, number][] = [
      ["SELECT 1;\nALTER TABEL t;", 2, 7],
      ["SELECT 'é😀';\n  SELEC 1;\n", 2, 3],
      ["SELECT 1;\nSELECT 'open;\n", 2, 8],
      ["SELECT 1;\n-- @verify\nSELECT count(*) = FROM t;", 3, 19],
      ["SELECT 1;\n-- @rollback\nDROP TABLE;", 3, 11],
    ];
    for (const [text, line, column] of sections) {
      const { faults } = analysed(parser, text);
      assert.equal(faults.length, 1, text);
      const [fault] = faults;
      assert.equal(fault?.code, "sql_syntax");
      assert.equal(fault.exitCode, 2);
      assert.equal(fault.details.sqlState, "42601");
      assert.deepEqual(fault.details.location, { file: "migrations/0007_change_things.sql", line, column }, text);
      assert.ok(fault.message.startsWith(`migrations/0007_change_things.sql:${line}:${column}: `), fault.message);
    }
  });

  for (const sql of [
    "CREATE ROLE ann LOGIN PASSWORD 'hunter2';",
    "ALTER ROLE ann ENCRYPTED PASSWORD 'hunter2';",
    "CREATE USER ann PASSWORD 'hunter2';",
  ]) {
    it(`refuses a password in a file, and does not repeat it: ${sql.split(" ").slice(0, 2).join(" ")}`, () => {
      const [fault] = analysed(parser, `${sql}\n`).faults;
      assert.equal(fault?.code, "statement_not_supported");
      assert.match(fault.message, /a password stands in the file/);
      assert.doesNotMatch(
        fault.message + (fault.details.redactedExcerpt ?? "") + (fault.details.next ?? ""),
        /hunter2/,
      );
    });
  }

  it("lets a role lose its password, or be made without one", () => {
    assert.deepEqual(analysed(parser, "CREATE ROLE ann LOGIN;\nALTER ROLE ann PASSWORD NULL;\n").faults, []);
  });

  it("shows no literal in the excerpt that goes to a log", () => {
    const [fault] = analysed(parser, "INSERT INTO t VALUES ('hunter2', 4711);\nSELEC 'hunter2';\n").faults;
    assert.match(fault?.details.excerpt ?? "", /hunter2/);
    assert.doesNotMatch(fault?.details.redactedExcerpt ?? "hunter2", /hunter2|4711/);
    assert.match(fault?.details.redactedExcerpt ?? "", /SELEC/);
  });

  it("is told what a psql variable is, and where :from and :to belong", () => {
    for (const sql of ["SELECT :name;", "UPDATE t SET a = 1 WHERE id BETWEEN :from AND :to;"]) {
      assert.match(analysed(parser, sql).faults[0]?.details.next ?? "", /only in a file with @batch/);
    }
  });

  it("keeps a backfill's placeholders in the text, parses around them, and takes one statement only", () => {
    const header = "-- @phase backfill\n-- @batch table=t key=id\n";
    const sql = "UPDATE t SET a = ':to' WHERE id BETWEEN :from AND :to";
    const { statements, execution, faults } = analysed(parser, `${header}${sql};\n`);
    assert.deepEqual([statements.map(({ text }) => text), execution, faults], [[sql], "backfill", []]);
    const two = analysed(parser, `${header}${sql};\n${sql};\n`);
    assert.deepEqual(
      two.faults.map(({ code, details }) => [code, details.location?.line]),
      [["invalid_migration", 4]],
    );
  });

  for (const sql of [
    "INSERT INTO t VALUES (1)",
    "SELECT 1 INTO t",
    "SELECT * FROM t FOR UPDATE",
    "WITH d AS (DELETE FROM t RETURNING 1) SELECT true FROM d",
    "DO $$ BEGIN NULL; END $$",
    "SET work_mem = '1MB'",
  ]) {
    it(`takes no ${sql} for a verify query`, () => {
      const { faults } = analysed(parser, `SELECT 1;\n-- @verify\nSELECT true;\n${sql};`);
      assert.deepEqual(
        faults.map(({ code, details }) => [code, details.location?.line]),
        [["invalid_migration", 4]],
      );
    });
  }

  it("refuses a body of nothing but semicolons", () => {
    assert.throws(() => analysed(parser, ";;\n;"), /no statement to run/);
  });

  const opaque: [string, boolean][] = [
    ["SELECT now(), count(*), lower('A') FROM t;", false],
    ["INSERT INTO t VALUES (gen_random_uuid(), nextval('s'));", false],
    ["CREATE TABLE t (id int DEFAULT app.next_id());", false],
    ["CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN app.g();", false],
    ["CREATE VIEW v AS SELECT app.f();", false],
    ["SELECT app.f();", true],
    ["SELECT f();", true],
    ["SELECT app.now();", true],
    ["SELECT query_to_xml('DELETE FROM t', true, true, '');", true],
    ["INSERT INTO t SELECT f(x) FROM u;", true],
    ["ALTER TABLE t ADD x int DEFAULT f();", true],
    ["DO $$ BEGIN NULL; END $$;", true],
    ["CREATE EXTENSION pgcrypto;", true],
    ["CREATE TABLE t AS SELECT f();", true],
  ];
  for (const [sql, isOpaque] of opaque) {
    it(`${isOpaque ? "cannot tell" : "can tell"} from the text what ${sql} does`, () => {
      assert.equal(analysed(parser, sql).statements[0]?.isOpaque, isOpaque);
    });
  }

  it("tells new tables from those that may be there already, and from temporary ones", () => {
    const text =
      "CREATE TABLE a (x int); CREATE TABLE IF NOT EXISTS b (x int); CREATE TEMP TABLE c (x int); CREATE TABLE app.d AS SELECT 1; SELECT 1 AS x INTO e; CREATE MATERIALIZED VIEW f AS SELECT 1; CREATE TABLE pg_temp.g (x int);";
    const { statements } = analysed(parser, text);
    assert.deepEqual(
      statements.flatMap(({ creates }) => creates),
      ['"a"', '"app"."d"', '"e"', '"f"'],
    );
    assert.deepEqual(
      statements.flatMap(({ createsTemporary }) => createsTemporary),
      ['"c"', '"pg_temp"."g"'],
    );
  });

  it("never throws for any text that the grammar lets pass", () => {
    const piece = fc.constantFrom(
      "SELECT",
      " 1",
      ";",
      " ",
      "\n",
      "DO",
      " $$",
      "BEGIN",
      "END",
      "COMMIT",
      "'",
      "(",
      ")",
      "DROP TABLE t",
      ":from",
      "CALL f",
      "EXECUTE ",
      "😀",
      "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS ",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (parts) => {
        const { faults } = analysed(parser, `SELECT 1;${parts.join("")}`);
        for (const fault of faults) assert.ok(fault.details.location && fault.details.next);
      }),
      { numRuns: 500 },
    );
  });
});
