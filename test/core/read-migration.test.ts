import assert from "node:assert/strict";
import fc from "fast-check";
import { readMigration } from "../../engine/core/read-migration.js";
import { faultsOf, migrationFile } from "../support/migration-file.js";

const read = (text: string) => readMigration(migrationFile("0007_change_things.sql", text));
const faults = (text: string) => faultsOf(() => read(text));

describe("the grammar of a migration file", () => {
  it("reads every tag and cuts the sections where they stand", () => {
    const text = [
      "-- Orders get a status.",
      "-- @phase expand",
      "-- @why   orders need a status before the worker can be split",
      "",
      "ALTER TABLE orders ADD COLUMN status text;",
      "",
      "-- @verify",
      "SELECT true;",
      "-- @rollback",
      "ALTER TABLE orders DROP COLUMN status;",
    ].join("\n");
    const migration = read(text);
    assert.equal(migration.phase, "expand");
    assert.equal(migration.why, "orders need a status before the worker can be split");
    assert.match(migration.body.text, /ALTER TABLE orders ADD COLUMN status text;\s*$/);
    assert.deepEqual(migration.verify, { text: "SELECT true;\n", offset: text.indexOf("SELECT true"), line: 8 });
    assert.deepEqual(migration.rollback, {
      kind: "sql",
      section: {
        text: "ALTER TABLE orders DROP COLUMN status;",
        offset: text.indexOf("ALTER TABLE orders DROP"),
        line: 10,
      },
    });
  });

  it("takes a file without tags for an expand", () => {
    const migration = read("CREATE TABLE t (id int);");
    assert.equal(migration.phase, "expand");
    assert.deepEqual(
      [migration.why, migration.closes, migration.batch, migration.verify, migration.rollback, migration.copyNone],
      [undefined, undefined, undefined, undefined, undefined, undefined],
    );
  });

  it("reads a backfill's batch, by default of 5000 rows", () => {
    const batch = (value: string) => read(`-- @phase backfill\n-- @batch ${value}\nUPDATE t SET a = 1;`).batch;
    assert.deepEqual(batch("table=orders key=id"), { table: "orders", key: ["id"], size: 5000 });
    assert.deepEqual(batch("size=1 key=tenant,id table=app.orders"), {
      table: "app.orders",
      key: ["tenant", "id"],
      size: 1,
    });
    assert.deepEqual(batch('table="Odd name"."T" key="a b","c,d" size=1000000'), {
      table: '"Odd name"."T"',
      key: ['"a b"', '"c,d"'],
      size: 1_000_000,
    });
  });

  it("reads a contract's @closes and @copy none", () => {
    const migration = read("-- @phase contract\n-- @closes 0003\n-- @copy none erased by law\nDROP TABLE t;");
    assert.deepEqual([migration.closes, migration.copyNone], ["0003", "erased by law"]);
  });

  it("reads a way back that only the backup is", () => {
    const { rollback } = read("DROP TABLE t;\n-- @rollback restore nobody knows the old values\n-- so it is.\n");
    assert.deepEqual(rollback, { kind: "restore", reason: "nobody knows the old values" });
  });

  it("takes nothing inside a string, a function body or a block comment for a tag", () => {
    const migration = read(
      "SELECT '\n-- @verify\n', $f$\n-- @param x\n$f$ /*\n-- @rollback\n*/;\n-- an @phase in passing\n",
    );
    assert.equal(migration.verify, undefined);
    assert.equal(migration.rollback, undefined);
  });

  const refused: [string, string, RegExp, number, number][] = [
    ["an empty file", "", /file is empty/, 1, 1],
    ["a file of blank lines", "\n  \n\t", /file is empty/, 1, 1],
    ["a file of comments", "-- nothing yet\n/* nor here */\n;\n", /no statement/, 1, 1],
    ["a header without SQL", "-- @phase expand\n-- @verify\nSELECT true;", /no statement/, 1, 1],
    ["an unknown tag", "-- @phse expand\nSELECT 1;", /@phse is no tag/, 1, 4],
    ["a tag in capitals", "-- @Phase expand\nSELECT 1;", /@Phase is no tag/, 1, 4],
    ["a tag without a name", "-- @\nSELECT 1;", /no name/, 1, 4],
    ["an unknown tag in the body", "SELECT 1;\n  -- @todo later", /@todo is no tag/, 2, 6],
    ["an unknown tag behind a statement", "SELECT 1; -- @nolint", /@nolint is no tag/, 1, 14],
    ["two phases in one file", "-- @phase expand\nSELECT 1;\n-- @phase switch\nSELECT 2;", /two phases/, 3, 4],
    ["a phase said twice", "-- @phase expand\n-- @phase expand\nSELECT 1;", /two phases/, 2, 4],
    ["a repeated tag", "-- @why a\n-- @why b\nSELECT 1;", /@why stands twice/, 2, 4],
    ["a late phase", "SELECT 1;\n-- @phase expand", /@phase comes too late/, 2, 4],
    ["a phase behind a block comment", "/* head */\n-- @phase expand\nSELECT 1;", /too late/, 2, 4],
    ["a reason in the verify section", "SELECT 1;\n-- @verify\n-- @why x\nSELECT true;", /@why comes too late/, 3, 4],
    ["a section tag behind a statement", "SELECT 1; -- @verify\nSELECT true;", /@verify follows SQL/, 1, 14],
    [
      "two verify sections",
      "SELECT 1;\n-- @verify\nSELECT true;\n-- @verify\nSELECT true;",
      /@verify stands twice/,
      4,
      4,
    ],
    ["verify after rollback", "SELECT 1;\n-- @rollback\nSELECT 2;\n-- @verify\nSELECT true;", /after @rollback/, 4, 4],
    ["an empty verify section", "SELECT 1;\n-- @verify\n-- soon\n", /@verify has no query/, 2, 4],
    [
      "a query on verify's own line",
      "SELECT 1;\n-- @verify SELECT true;\nSELECT true;",
      /nothing on its own line/,
      2,
      12,
    ],
    ["an empty rollback", "SELECT 1;\n-- @rollback\n", /@rollback has no SQL/, 2, 13],
    ["a rollback word that is unknown", "SELECT 1;\n-- @rollback none\n", /followed by none/, 2, 14],
    ["a restore without reason", "SELECT 1;\n-- @rollback restore\n", /gives no reason/, 2, 14],
    ["a restore with SQL", "SELECT 1;\n-- @rollback restore x\nSELECT 2;", /has SQL below it/, 2, 14],
    ["an unknown phase", "-- @phase expnd\nSELECT 1;", /@phase expnd is no phase/, 1, 11],
    ["a phase without a name", "-- @phase\nSELECT 1;", /names no phase/, 1, 10],
    ["a reason without words", "-- @why\nSELECT 1;", /gives no reason/, 1, 4],
    ["a contract without @closes", "-- @phase contract\nDROP TABLE t;", /no @closes/, 1, 4],
    ["a backfill without @batch", "-- @phase backfill\nUPDATE t SET a = 1;", /no @batch/, 1, 4],
    ["@closes outside a contract", "-- @closes 0001\nSELECT 1;", /@closes belongs to contract/, 1, 4],
    ["@batch outside a backfill", "-- @batch table=t key=id\nSELECT 1;", /@batch belongs to backfill/, 1, 4],
    ["@copy outside a contract", "-- @copy none x\nSELECT 1;", /@copy belongs to contract/, 1, 4],
    ["@closes with two versions", "-- @phase contract\n-- @closes 0001 0002\nDROP TABLE t;", /one version/, 2, 12],
    ["@copy with another word", "-- @phase contract\n-- @closes 1\n-- @copy all\nDROP TABLE t;", /@copy is not/, 3, 10],
    ["a batch without table", "-- @phase backfill\n-- @batch key=id\nUPDATE t SET a = 1;", /needs table=/, 2, 11],
    ["a batch without key", "-- @phase backfill\n-- @batch table=t\nUPDATE t SET a = 1;", /needs key=/, 2, 11],
    [
      "a batch with an unknown setting",
      "-- @phase backfill\n-- @batch table=t key=id step=3\nUPDATE t SET a = 1;",
      /not step/,
      2,
      26,
    ],
    [
      "a batch of a JavaScript name",
      "-- @phase backfill\n-- @batch constructor=t key=id\nUPDATE t SET a = 1;",
      /not constructor/,
      2,
      11,
    ],
    [
      "a batch with a size of 0",
      "-- @phase backfill\n-- @batch table=t key=id size=0\nUPDATE t SET a = 1;",
      /size=0/,
      2,
      26,
    ],
    [
      "a batch that is too large",
      "-- @phase backfill\n-- @batch table=t key=id size=1000001\nUPDATE t SET a = 1;",
      /size=1000001/,
      2,
      26,
    ],
    [
      "a batch with a table twice",
      "-- @phase backfill\n-- @batch table=t table=u key=id\nUPDATE t SET a = 1;",
      /table= twice/,
      2,
      19,
    ],
    [
      "a batch with SQL for a table",
      "-- @phase backfill\n-- @batch table=t;x key=id\nUPDATE t SET a = 1;",
      /table=t;x/,
      2,
      11,
    ],
    ["COPY FROM stdin", "SELECT 1;\nCOPY t (a, b) FROM stdin;\n1\tit's\n\\.\n", /COPY … FROM stdin/, 2, 1],
    [
      "copy from STDIN over lines",
      "copy t\n  from STDIN with (format csv);\n1,-- @x\n\\.\n",
      /COPY … FROM stdin/,
      1,
      1,
    ],
    ["a psql command", "\\set ON_ERROR_STOP on\nSELECT 1;", /\\set is a command of psql/, 1, 1],
    ["the \\restrict of a new dump", "-- dump\n\\restrict aBc\nSELECT 1;", /\\restrict is a command/, 2, 1],
    ["an indented psql command", "SELECT 1;\n  \\i other.sql\n", /\\i is a command/, 2, 3],
  ];
  for (const [what, text, message, line, column] of refused) {
    it(`refuses ${what} at ${line}:${column}, with a way out`, () => {
      const [fault, ...others] = faults(text);
      assert.ok(fault, "the file was read");
      assert.equal(fault.code, "invalid_migration");
      assert.equal(fault.exitCode, 2);
      assert.match(fault.message, message);
      assert.ok(fault.message.startsWith(`migrations/0007_change_things.sql:${line}:${column}: `), fault.message);
      assert.deepEqual(fault.details.location, { file: "migrations/0007_change_things.sql", line, column });
      assert.ok(fault.details.next);
      assert.deepEqual(others, []);
    });
  }

  it("reports all faults of a file at once, in the order of their lines", () => {
    const found = faults("-- @phse x\n-- @why\nSELECT 1;\n-- @closes 3\n-- @verify\n-- @rollback nothing\n");
    assert.deepEqual(
      found.map(({ details }) => details.location?.line),
      [1, 2, 4, 5, 6],
    );
  });

  it("lets a backslash and a COPY stand inside a string, a comment or a function body", () => {
    read("SELECT '\n\\d\n', $$\n\\i x\nCOPY t FROM stdin;\n$$; -- COPY t FROM stdin\n/*\n\\set\n*/");
    read("COPY t FROM '/srv/import.csv';");
    read("COPY (SELECT 1) TO stdout;");
  });

  it("gives back exactly what was written in each section, whatever it is", () => {
    const comment = fc.string({ unit: "grapheme" }).map((text) => `-- ${text.replace(/[\r\n\0@\uFEFF]/g, "")}`);
    const sql = fc.constantFrom(
      "SELECT 1;",
      "SELECT ':from -- @phase';",
      "SELECT $x$\n-- @why\n$x$;",
      'ALTER TABLE "-- @verify" ADD x int;',
    );
    const block = fc
      .array(fc.oneof(comment, sql), { minLength: 1, maxLength: 5 })
      .map((lines) => [...lines, "SELECT 2;"].join("\n") + "\n");
    fc.assert(
      fc.property(block, fc.option(block), fc.option(block), (body, verify, rollback) => {
        const header = "-- @phase switch\n";
        const text =
          header +
          body +
          (verify === null ? "" : `-- @verify\n${verify}`) +
          (rollback === null ? "" : `--@rollback\n${rollback}`);
        const migration = read(text);
        assert.equal(migration.phase, "switch");
        assert.equal(migration.body.text, header + body);
        assert.equal(migration.verify?.text ?? null, verify);
        assert.equal(migration.rollback?.kind === "sql" ? migration.rollback.section.text : null, rollback);
        for (const section of [migration.body, migration.verify].filter((one) => one !== undefined)) {
          assert.equal(text.slice(section.offset, section.offset + section.text.length), section.text);
          assert.equal(text.slice(0, section.offset).split("\n").length, section.line);
        }
      }),
    );
  });

  it("either reads a text or refuses it with places inside it; it never fails in another way", () => {
    const piece = fc.constantFrom(
      "-- @",
      "phase",
      " expand",
      "\n",
      "verify",
      "rollback",
      "restore",
      " ",
      "SELECT 1;",
      "'",
      "$$",
      "/*",
      "*/",
      "batch table=",
      "x",
      "\\",
      "--",
      "why",
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 20 }).map((parts) => parts.join("")),
        (text) => {
          for (const { details } of faults(text)) {
            const { line, column } = details.location ?? { line: 0, column: 0 };
            const lines = text.split("\n");
            assert.ok(line >= 1 && line <= lines.length && column >= 1 && column <= (lines[line - 1]?.length ?? 0) + 1);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
