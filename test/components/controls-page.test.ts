import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { renderControlsPage } from "./controls/render-controls-page.js";

const PAGE = readFileSync("docs/controls.md", "utf8");

describe("docs/controls.md", () => {
  it("says what the rows and the exceptions say: npx tsx test/components/controls/write-controls-page.ts writes it", () => {
    assert.equal(PAGE, renderControlsPage());
  });

  it("says that no AWS account was looked at", () => assert.match(PAGE, /simulated cloud[^]*Not verified on real AWS/));

  it("names no argument that its component does not have", () => {
    const sections = PAGE.split(/^## /m).filter((section) => /^[A-Z]\w+[A-Z]\w+( with Aurora)?\n/.test(section));
    assert.equal(sections.length, 8);
    for (const section of sections) {
      const declared = argumentsOf(/^\w+/.exec(section)?.[0] ?? "");
      const weakened = section.split("\n").map((line) => /\| ([^|]+) \|$/.exec(line)?.[1] ?? "");
      for (const [, argument = ""] of weakened.join("\n").matchAll(/`(\w+)/g)) {
        assert.ok(declared.includes(`readonly ${argument}`), `${argument} in ${section}`);
      }
    }
  });
});

/** The text of a component's own interface of arguments. */
function argumentsOf(component: string): string {
  const head = `export interface ${component}Args`;
  const files = readdirSync("components", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const sources = files.map((file) => readFileSync(join("components", file), "utf8"));
  const source = sources.find((text) => text.includes(head)) ?? assert.fail(`no ${head}`);
  return source.slice(source.indexOf(head)).split("\n}\n")[0] ?? "";
}
