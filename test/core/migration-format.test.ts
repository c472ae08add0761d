import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import { TAG_NAMES } from "../../engine/core/read-tags.js";
import { lintFolder } from "../../engine/lint.js";
import { analysed, migrationFile } from "../support/migration-file.js";

describe("the page about the migration format", () => {
  const page = readFileSync("docs/migration-format.md", "utf8");
  const examples = [...page.matchAll(/```sql\n([^]*?)```/g)].map(([, sql]) => sql ?? "");

  it("has examples", () => assert.ok(examples.length >= 2));

  for (const sql of examples) {
    it(`shows an example that can be deployed: ${sql.split("\n")[1] ?? ""}`, async () => {
      const parser = await loadSqlParser();
      const file = analysed(parser, sql);
      const files = [migrationFile("0007_change_things.sql", sql)];
      const { findings } = lintFolder({ files, parser, now: new Date() });
      assert.deepEqual([file.faults, findings.filter(({ severity }) => severity === "error")], [[], []]);
    });
  }

  for (const name of TAG_NAMES) {
    it(`explains @${name}`, () => assert.match(page, new RegExp(`\\| \`@${name}\``)));
  }
});
