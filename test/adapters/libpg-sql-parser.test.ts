import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import { type SqlParser, SyntaxFault } from "../../engine/core/ports.js";

describe("PostgreSQL's parser", () => {
  let parser: SqlParser;
  before(async () => {
    parser = await loadSqlParser();
  });

  const faultOf = (sql: string): SyntaxFault => {
    try {
      parser.parse(sql);
    } catch (error) {
      if (error instanceof SyntaxFault) return error;
      throw error;
    }
    return assert.fail("it parsed");
  };

  it("places each statement where it stands, comments and blanks around it left out, in any script", () => {
    const filler = fc.constantFrom(" ", "\n", "-- é😀\n", "/* 漢 /* x */ 😀 */", "\t");
    const statement = fc.constantFrom(
      "SELECT 'é😀'",
      'ALTER TABLE "漢" ADD x int',
      "SELECT $ü$;\n-- ;$ü$",
      "SELECT 1 /* in; side */ + 2",
      "VALUES (1)",
    );
    const parts = fc.array(fc.tuple(fc.array(filler, { maxLength: 3 }), statement), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(parts, fc.boolean(), (list, isEnded) => {
        const sql = list.map(([blanks, text]) => blanks.join("") + text).join(";") + (isEnded ? ";\n-- end 😀" : "");
        const parsed = parser.parse(sql);
        assert.deepEqual(
          parsed.map(({ text }) => text),
          list.map(([, text]) => text),
        );
        for (const { text, offset, end } of parsed) assert.equal(sql.slice(offset, end), text);
      }),
    );
  });

  it("takes a text without statements", () => {
    for (const sql of ["", ";", " ", "-- x", "/* x */;;"]) assert.deepEqual(parser.parse(sql), []);
    assert.deepEqual(parser.scan(""), []);
  });

  it("points at a fault, also behind characters of two, three and four bytes", () => {
    const sql = "SELECT 'é漢😀';\nSELECT 1 FROM x WHRE y";
    const fault = faultOf(sql);
    assert.match(fault.message, /syntax error at or near "y"/);
    assert.equal(fault.offset, sql.indexOf("y", sql.indexOf("WHRE")));
  });

  it("names an open quote where it opens, when scanning too", () => {
    const sql = "SELECT 1;\nSELECT 'é😀 open";
    for (const read of [() => parser.parse(sql), () => parser.scan(sql)]) {
      assert.throws(
        read,
        (error) =>
          error instanceof SyntaxFault &&
          /unterminated quoted string/.test(error.message) &&
          error.offset === sql.indexOf("'"),
      );
    }
  });

  it("knows the kind of every token", () => {
    const kinds = (sql: string) => parser.scan(sql).map(({ kind, text }) => `${kind} ${text}`);
    assert.deepEqual(kinds(`SELECT a, "b", U&"c", 'd', E'e', U&'f', B'1', X'1', 1, 1.5, $2 -- g\n/* h */`), [
      ...["keyword SELECT", "identifier a", "other ,", 'identifier "b"', "other ,", 'identifier U&"c"', "other ,"],
      ...["string 'd'", "other ,", "string E'e'", "other ,", "string U&'f'", "other ,", "string B'1'", "other ,"],
      ...[
        "string X'1'",
        "other ,",
        "number 1",
        "other ,",
        "number 1.5",
        "other ,",
        "parameter $2",
        "comment -- g",
        "comment /* h */",
      ],
    ]);
  });

  const same: [string, string, boolean][] = [
    ["SELECT 1", "-- why\nselect /* x */ 1;", true],
    ["ALTER TABLE t ADD x int; SELECT 2", "ALTER TABLE t\n  ADD COLUMN x integer;\n\nSELECT 2;", true],
    ["SELECT x IN (1, 2), ARRAY[1]", "SELECT  x IN (1,2),  ARRAY[ 1 ]", true],
    ["SELECT 1", "SELECT 2", false],
    ["SELECT 1", "SELECT 1; SELECT 1", false],
    ["SELECT 'a'", "SELECT 'A'", false],
    ["UPDATE t SET a = 1", "UPDATE t SET a = 1 WHERE b", false],
    ["CREATE TABLESPACE s LOCATION '/a'", "CREATE TABLESPACE s LOCATION '/b'", false],
    ["DO $$BEGIN NULL; END$$", "DO $$BEGIN NULL; -- x\nEND$$", false],
  ];
  for (const [a, b, isSame] of same) {
    it(`finds ${JSON.stringify(a)} and ${JSON.stringify(b)} ${isSame ? "the same" : "different"}`, () => {
      assert.equal(parser.sameTree(a, b), isSame);
    });
  }

  it("survives a body it cannot read, and goes on reading others", () => {
    assert.throws(() => parser.parsePlPgSql("DO $$ BEGIN IF; END $$"), SyntaxFault);
    assert.equal(parser.parse("SELECT 1").length, 1);
    assert.match(JSON.stringify(parser.parsePlPgSql("DO $$ BEGIN DELETE FROM t; END $$")), /DELETE FROM t/);
  });

  it("is not loaded before it is asked for, and its V8 flag is no reason to print anything", () => {
    const script = `
      const { loadSqlParser } = require("./engine/adapters/libpg-sql-parser.ts");
      const before = Object.keys(require.cache).some((file) => file.includes("libpg-query/"));
      loadSqlParser().then((parser) => console.log(before, parser.parse("SELECT 1").length));`;
    const run = spawnSync(process.execPath, ["-r", "tsx/cjs", "-e", script], { encoding: "utf8" });
    assert.equal(run.stdout.trim(), "false 1");
    assert.equal(run.stderr, "");
  });
});
