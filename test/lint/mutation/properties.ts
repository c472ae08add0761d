import assert from "node:assert/strict";
import fc from "fast-check";
import type { LintFinding } from "../../../engine/core/lint/lint-finding.js";
import type { SqlParser } from "../../../engine/core/ports.js";
import { CORPUS } from "../corpus/index.js";
import { isCaught, lintCorpusRow } from "../corpus/lint-corpus-row.js";
import type { CorpusRow } from "../probe/probed-row.js";
import { HIDDEN } from "./hidden-statements.js";
import { qualify, respell, SPELLINGS } from "./rewrite-text.js";
import { UNSAFE_EDITS } from "./unsafe-edits.js";

/** Tags are lines of their own: files with a header are not spelled anew. */
const ROWS = fc.constantFrom(...CORPUS.filter(({ sql }) => !sql.includes("-- @")));
const TABLES = new Set(["users", "orders", "order_items", "products", "settings", "events", "documents", "audit_log"]);
/** Where a name without a schema may mean something else than the shop's table. */
const RENAMED =
  /search_path|TEMP|INTO TEMPORARY|(TABLE|EXISTS|VIEW)\s+"?(users|orders|documents|audit_log)"?\s*(\(|AS)/i;

/** A careless edit of a safe file is caught; the file without it is not objected to. */
export function editsAreCaught(parser: SqlParser): fc.IProperty<[{ name: string; safe: string; unsafe: string }]> {
  return fc.property(UNSAFE_EDITS, ({ name, safe, unsafe }) => {
    const errors = errorsOf(lintCorpusRow(parser, { sql: safe }));
    assert.deepEqual(errors, [], `${name}: the file is safe before the edit\n${safe}`);
    assert.ok(isCaught(lintCorpusRow(parser, { sql: unsafe })), `${name}: not caught\n${unsafe}`);
  });
}

export function hidingIsInVain(parser: SqlParser): fc.IProperty<[string]> {
  return fc.property(HIDDEN, (sql) => {
    assert.ok(isCaught(lintCorpusRow(parser, { sql })), `not caught\n${sql}`);
  });
}

export function spellingChangesNothing(parser: SqlParser): fc.IProperty<unknown> {
  return fc.property(ROWS, SPELLINGS, (row, spelling) => {
    const sql = respell(row.sql, parser, spelling);
    fc.pre(isSameTree(parser, row.sql, sql));
    assert.deepEqual(verdict(parser, { ...row, sql }), verdict(parser, row), sql);
  });
}

export function schemasChangeNothing(parser: SqlParser): fc.IProperty<unknown> {
  const rows = CORPUS.filter(({ sql }) => !sql.includes("-- @") && !RENAMED.test(sql));
  return fc.property(fc.constantFrom(...rows), SPELLINGS, (row, spelling) => {
    const sql = qualify(row.sql, parser, spelling, TABLES);
    fc.pre(isReadable(parser, sql));
    // The one rule that asks for just this.
    const others = (one: CorpusRow): string[] =>
      verdict(parser, one).filter((told) => !told.startsWith("unqualified-name"));
    assert.deepEqual(others({ ...row, sql }), others(row), sql);
  });
}

/** Rule, severity and the number of the statement, in order. */
function verdict(parser: SqlParser, row: CorpusRow): string[] {
  const starts = parser.parse(row.sql).map(({ offset }) => offset);
  const lines = row.sql.split("\n").map((line) => line.length + 1);
  return lintCorpusRow(parser, row)
    .map(({ rule, severity, line, column }) => {
      const offset = lines.slice(0, line - 1).reduce((sum, length) => sum + length, 0) + column - 1;
      return `${rule} (${severity}) in statement ${starts.filter((start) => start <= offset).length}`;
    })
    .sort();
}

function errorsOf(findings: readonly LintFinding[]): string[] {
  return findings.filter(({ severity }) => severity === "error").map(({ rule, message }) => `${rule}: ${message}`);
}

function isSameTree(parser: SqlParser, a: string, b: string): boolean {
  try {
    return parser.sameTree(a, b);
  } catch {
    return false;
  }
}

function isReadable(parser: SqlParser, sql: string): boolean {
  try {
    parser.parse(sql);
    return true;
  } catch {
    return false;
  }
}
