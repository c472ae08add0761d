import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import { RULES } from "../../engine/core/lint/rules.js";
import type { SqlParser } from "../../engine/core/ports.js";
import { lintRow } from "./lint-row.js";
import type { RuleRow, RuleRows } from "./rule-rows.js";

const ROWS_FOLDER = join(__dirname, "rules");
const PAGES_FOLDER = join(__dirname, "../../docs/rules");
/** What the linter reports by itself, without a table of rows. */
const OF_THE_LINTER = new Set(["cannot-tell", "invalid-allowance"]);

describe("the safety rules", () => {
  let parser: SqlParser;
  before(async () => {
    parser = await loadSqlParser();
  });

  for (const { id } of RULES.filter((rule) => !OF_THE_LINTER.has(rule.id))) {
    describe(id, () => {
      let rows: RuleRows;
      before(() => {
        ({ rows } = createRequire(__filename)(join(ROWS_FOLDER, `${id}.ts`)) as { rows: RuleRows });
        assert.equal(rows.rule, id);
      });
      const findingsOf = (row: RuleRow) => lintRow(row, parser).filter(({ rule }) => rule === id);

      it("objects to every unsafe row, with the user's own names", () => {
        assert.ok(rows.unsafe.length > 0);
        for (const row of rows.unsafe) {
          const found = findingsOf(row);
          assert.equal(found.length, row.times ?? 1, `${row.sql}\n${JSON.stringify(lintRow(row, parser), null, 1)}`);
          const [first] = found;
          if (row.says !== undefined) assert.match(first?.message ?? "", row.says, row.sql);
          if (row.fix !== undefined) assert.match(first?.fix ?? "", row.fix, row.sql);
        }
      });
      it("lets every safe row pass", () => {
        assert.ok(rows.safe.length > 0);
        for (const row of rows.safe) {
          const messages = findingsOf(row).map(({ message }) => message);
          assert.deepEqual(messages, [], row.sql);
        }
      });
      it("has a page: what is wrong, who waits or fails, and the safe way", async () => {
        const page = await readFile(join(PAGES_FOLDER, `${id}.md`), "utf8");
        assert.match(page, new RegExp(`^# ${id}\n`));
        for (const heading of ["## What goes wrong", "## Who waits or fails", "## The safe way"])
          assert.ok(page.includes(heading), `${id}.md lacks "${heading}"`);
      });
    });
  }

  it("have no row or page of a rule that is not there", async () => {
    const ids = new Set(RULES.map(({ id }) => id));
    const [rows, pages] = await Promise.all([readdir(ROWS_FOLDER), readdir(PAGES_FOLDER)]);
    assert.deepEqual(
      [...rows.map((name) => name.replace(/\.ts$/, "")), ...pages.map((name) => name.replace(/\.md$/, ""))].filter(
        (id) => !ids.has(id) && !OF_THE_LINTER.has(id) && id !== "README",
      ),
      [],
    );
  });
});
