import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { RULES } from "../../engine/core/lint/rules.js";
import { renderRulesIndex } from "./render-rules-index.js";

const PAGE = readFileSync("docs/rules/README.md", "utf8");

describe("docs/rules/README.md", () => {
  it("says what the rules say: npx tsx test/lint/write-rules-index.ts writes it", () => {
    assert.equal(PAGE, renderRulesIndex());
  });

  it("lists every rule once, and its columns stand in line", () => {
    const rows = PAGE.split("\n").filter((line) => /^\| \[/.test(line));
    assert.equal(rows.length, RULES.length);
    assert.equal(new Set(rows.map(({ length }) => length)).size, 1);
  });

  it("links to pages that are there", () => {
    const pages = new Set(readdirSync("docs/rules"));
    const links = [...PAGE.matchAll(/\]\(([^)/#]+\.md)\)/g)].map(([, name = ""]) => name);
    assert.deepEqual(
      links.filter((name) => !pages.has(name)),
      [],
    );
  });

  it("names the form of an allowance as the linter reads it", () => {
    assert.match(PAGE, /^-- holdfast:allow [a-z-]+ until \d{4}-\d\d-\d\d because .+$/m);
  });
});

describe("a rule's page", () => {
  for (const { id, severity, harm } of RULES) {
    it(`of ${id} begins with its severity and harm`, () => {
      const [title, , line = ""] = readFileSync(`docs/rules/${id}.md`, "utf8").split("\n");
      assert.equal(title, `# ${id}`);
      // A remark may stand behind the severity: `error (in another tool's folder a warning) · break · …`.
      assert.match(line, new RegExp(`^${severity}\\b.* · ${harm} · `));
    });
  }
});
