import assert from "node:assert/strict";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import { readAllowances } from "../../engine/core/lint/allowances.js";
import type { PlainFile } from "../../engine/core/lint/lint-file.js";
import type { SqlParser } from "../../engine/core/ports.js";
import { lintFolder, type LintReport } from "../../engine/lint.js";
import { migrationFile } from "../support/migration-file.js";

const HISTORY = "CREATE TABLE orders (id bigint PRIMARY KEY, note text, code text);";
const INDEX = "CREATE INDEX orders_note ON orders (note);";
const ALLOW = "-- holdfast:allow create-index-blocking until 2026-11-30 because forty rows";

describe("a comment that allows a finding", () => {
  let parser: SqlParser;
  before(async () => {
    parser = await loadSqlParser();
  });
  const lint = (sql: string, { now = "2026-11-21T12:00:00Z", manner = "holdfast" } = {}): LintReport => {
    const files = [migrationFile("0001_earlier.sql", HISTORY), migrationFile("0002_judged.sql", sql)];
    const plain = files.map((file): PlainFile => ({
      ...file,
      up: { text: file.text, offset: 0, line: 1 },
      isOneTransaction: false,
    }));
    return lintFolder({
      files: manner === "plain" ? plain : files,
      parser,
      now: new Date(now),
      only: new Set(["0002_judged.sql"]),
    });
  };
  const errors = (report: LintReport): string[] =>
    report.findings.filter(({ severity }) => severity === "error").map(({ rule, message }) => `${rule}: ${message}`);

  it("takes the finding out of the errors, and keeps it with its reason and its end", () => {
    const report = lint(`${ALLOW}\n${INDEX}`);
    assert.deepEqual(report.findings, []);
    const [allowed, ...others] = report.allowed;
    assert.deepEqual(others, []);
    assert.equal(allowed?.rule, "create-index-blocking");
    assert.equal(allowed.because, "forty rows");
    assert.equal(allowed.until.toISOString(), "2026-12-01T00:00:00.000Z");
    assert.equal(allowed.line, 2);
  });

  it("stands above its statement, or behind it on its last line", () => {
    for (const sql of [
      `${INDEX} ${ALLOW}`,
      `CREATE INDEX orders_note\n  ON orders (note); ${ALLOW}`,
      `${ALLOW}\n-- why it is built at all\n\n${INDEX}`,
      `SELECT 1;\n${ALLOW}\n${INDEX}`,
      `${ALLOW.toUpperCase().replace("UNTIL", "until").replace("BECAUSE", "because")}\n${INDEX}`,
      `CREATE INDEX orders_note ${ALLOW}\n  ON orders (note);`,
    ]) {
      const report = lint(sql);
      assert.deepEqual(report.findings, [], sql);
      assert.equal(report.allowed.length, 1, sql);
    }
  });

  it("counts in another tool's folder as well", () => {
    assert.deepEqual(errors(lint(`${ALLOW}\n${INDEX}`, { manner: "plain" })), []);
  });

  it("counts to the end of its day, UTC, and not a moment longer", () => {
    const sql = `${ALLOW}\n${INDEX}`;
    assert.deepEqual(errors(lint(sql, { now: "2026-11-30T23:59:59.999Z" })), []);
    assert.deepEqual(errors(lint(sql, { now: "2026-12-01T00:00:00Z" })), [
      "invalid-allowance: The comment has expired.",
      "create-index-blocking: The statement builds an index on orders while its writes wait.",
    ]);
  });

  it("needs a reason and a date: without them the finding stays, and the comment is one more", () => {
    for (const comment of [
      "-- holdfast:allow create-index-blocking",
      "-- holdfast:allow create-index-blocking until 2026-11-30",
      "-- holdfast:allow create-index-blocking until 2026-11-30 because",
      "-- holdfast:allow create-index-blocking because forty rows",
      "-- holdfast:allow create-index-blocking until tomorrow because forty rows",
      "-- holdfast:allow create-index-blocking until 2026-02-31x because forty rows",
      "-- holdfast:allow",
      "-- holdfast:allow until 2026-11-30 because forty rows",
      "-- holdfast:allow create-index-blocking, drop-table until 2026-11-30 because forty rows",
    ]) {
      const found = errors(lint(`${comment}\n${INDEX}`));
      assert.equal(found.length, 2, `${comment}: ${found.join("\n")}`);
      assert.match(found[0] ?? "", /^invalid-allowance: The comment is not in the form of an allowance/, comment);
      assert.match(found[1] ?? "", /^create-index-blocking/, comment);
    }
  });

  it("takes no day that the calendar does not have", () => {
    for (const day of ["2027-02-29", "2027-02-31", "2027-13-01"]) {
      const [first = ""] = errors(lint(`${ALLOW.replace("2026-11-30", day)}\n${INDEX}`));
      assert.match(first, /^invalid-allowance: The comment is not in the form/, day);
    }
  });

  it("names one rule; a name that is none is told, and allows nothing", () => {
    const found = errors(lint(`${ALLOW.replace("create-index-blocking", "create-index")}\n${INDEX}`));
    assert.deepEqual(found, [
      "invalid-allowance: The comment names no rule: create-index.",
      "create-index-blocking: The statement builds an index on orders while its writes wait.",
    ]);
  });

  it("allows that rule only: another one's finding on the same statement stays", () => {
    const sql = `${ALLOW}\nDO $$ BEGIN CREATE INDEX ON orders (note); ALTER TABLE orders ALTER note SET NOT NULL; END $$;`;
    assert.deepEqual(
      errors(lint(sql)).map((text) => text.split(":")[0]),
      ["set-not-null"],
    );
  });

  it("counts for its own statement: on another one it is told as useless, and the finding stays", () => {
    const report = lint(`${ALLOW}\nSELECT 1;\n${INDEX}`);
    assert.deepEqual(
      report.findings.map(({ rule, severity, line }) => `${severity} ${rule} ${line}`),
      ["warning invalid-allowance 1", "error create-index-blocking 3"],
    );
  });

  it("is told as useless where nothing is left to allow, also behind the last statement", () => {
    for (const sql of [`${ALLOW}\nSELECT 1;`, `SELECT 1;\n${ALLOW}\n`]) {
      assert.deepEqual(
        lint(sql).findings.map(({ rule, severity, message }) => [rule, severity, message]),
        [["invalid-allowance", "warning", "The comment allows what no rule objects to."]],
        sql,
      );
    }
  });

  it("allows nothing that only a contract may do", () => {
    const found = errors(
      lint("-- holdfast:allow drop-table until 2026-11-30 because nobody uses it\nDROP TABLE orders;"),
    );
    assert.match(found[0] ?? "", /^invalid-allowance: The comment cannot allow drop-table/);
    assert.match(found[1] ?? "", /^drop-table/);
  });

  it("may allow it in another tool's folder, which knows no contracts", () => {
    const sql = "-- holdfast:allow drop-table until 2026-11-30 because nobody uses it\nDROP TABLE orders;";
    assert.deepEqual(errors(lint(sql, { manner: "plain" })), []);
  });

  it("is no comment inside a string, a body or a block comment", () => {
    for (const sql of [
      `CREATE INDEX orders_note ON orders ((note || '\n${ALLOW}\n'));`,
      `/* ${ALLOW} */ ${INDEX}`,
      `DO $$ BEGIN\n${ALLOW}\nCREATE INDEX ON orders (note); END $$;`,
    ]) {
      assert.deepEqual(
        errors(lint(sql)).map((text) => text.split(":")[0]),
        ["create-index-blocking"],
        sql,
      );
    }
  });

  it("is not even looked for in a text that does not hold the word", () => {
    assert.deepEqual(readAllowances("SELECT 1; -- all is allowed", []), []);
  });
});
