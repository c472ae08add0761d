import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { COMMANDS } from "../../cli/command-table.js";
import type { Command } from "../../cli/command.js";
import { placeholdersIn, PLACEHOLDERS } from "../../cli/runbook/placeholders.js";
import { fitPage, readPage, stepsOf, type Kind, type Page, type Step } from "../../cli/runbook/read-page.js";
import { readArguments } from "../../cli/read-arguments.js";
import { SITUATIONS } from "../../cli/runbook/situations.js";
import { wordsOf } from "../support/runbook-world.js";

/** import() of this process knows nothing of TypeScript, require does. */
const load = createRequire(__filename);

interface Read {
  readonly situation: string;
  readonly text: string;
  readonly page: Page;
}

const PAGES: readonly Read[] = Object.entries(SITUATIONS).map(([situation, path]) => {
  const text = readFileSync(join("docs", path), "utf8");
  return { situation, text, page: readPage(text) };
});

const KINDS: readonly Kind[] = ["embedded", "AWS", "elsewhere"];

/** Steps that nobody here can play: they take AWS, or a PostgreSQL that somebody else looks after. */
const NOT_PLAYED = [
  "failed-migration 8. Deploy again (AWS)",
  "stuck-lock 5. Deploy again (AWS)",
  "rollback 5. Let it meet the database (AWS)",
  "data-loss 8. Deploy, so that it is at this release (AWS)",
  "corruption 6. Switch (AWS)",
  "corruption 7. Deploy, so that it is at this release (AWS)",
  "disk-full 1. See how much is left (AWS)",
  "disk-full 7. Deploy, where a deploy had been refused (AWS)",
  "region-loss 1. See what the second region holds (AWS)",
  "region-loss 2. Restore from there (AWS)",
  "region-loss 4. Adopt it in a stack of the new region (AWS)",
  "region-loss 5. Deploy (AWS)",
  "credentials-leaked 2. Renew the password (AWS)",
  "credentials-leaked 2. Renew the password (elsewhere)",
  "migrations 6. Deploy (AWS)",
  "restore 10. Deploy: the next up migrates it (AWS)",
  "restore 12. Let the old generation go (AWS)",
];

describe("the runbooks", () => {
  it("are all listed, and each has a test that plays it through", () => {
    const files = readdirSync("docs/runbooks").map((file) => `runbooks/${file}`);
    const runbooks = readdirSync("docs").filter((file) => file.startsWith("RUNBOOK_"));
    assert.deepEqual(Object.values(SITUATIONS).sort(), [...files, ...runbooks].sort());
    for (const { situation } of PAGES) assert.ok(existsSync(`test/runbooks/${situation}.test.ts`), situation);
  });

  it("have no command that no test runs, but for those that take AWS or somebody else's PostgreSQL", () => {
    const notPlayed = PAGES.flatMap(({ situation, page }) =>
      stepsOf(page)
        .filter(({ kinds }) => kinds.length > 0 && !kinds.includes("embedded"))
        .map(({ number, title, kinds }) => `${situation} ${number}. ${title} (${kinds.join(", ")})`),
    );
    assert.deepEqual(notPlayed, NOT_PLAYED);
  });

  it("name no placeholder that is not explained, and explain none that no page has", () => {
    const text = PAGES.map((page) => page.text).join("\n");
    const used = [...text.matchAll(/<([a-z][a-z-]*)>/g)].map(([, name = ""]) => name);
    assert.deepEqual([...new Set(used)].sort(), [...Object.keys(PLACEHOLDERS)].sort());
    for (const how of Object.values(PLACEHOLDERS)) assert.ok(placeholdersIn(how).every((name) => name in PLACEHOLDERS));
  });

  for (const { situation, page, text } of PAGES) {
    describe(situation, () => {
      const steps = stepsOf(page);

      it("says at a glance what it is for, and ends with what comes afterwards", () => {
        assert.ok(page.title.length > 5 && page.about.length > 20 && !page.about.includes("\n"));
        assert.match(page.sections.at(-1)?.heading ?? "", /^## Afterwards$/);
      });

      it("gives each step one command, what to expect of it, and what to decide", () => {
        for (const { number, title, command, expect, decide } of steps) {
          assert.ok(command !== "" && !/&&|;|\|\|/.test(command.replaceAll(/"[^"]*"/g, "")), `${number}. ${title}`);
          assert.ok(expect !== "" && decide !== "", `${number}. ${title}`);
        }
        const blocks = [...text.matchAll(/^```sh$/gm)];
        assert.equal(steps.length, blocks.length, "every command stands in a step");
        assert.equal(steps.length, page.sections.filter(({ heading }) => heading.startsWith("### ")).length);
      });

      for (const kind of KINDS) {
        it(`is in order for ${kind}: no step twice, none before one it follows`, () => {
          const numbers = stepsOf(fitPage(page, kind)).map(({ number }) => number);
          assert.deepEqual(
            numbers,
            [...new Set(numbers)].sort((a, b) => a - b),
          );
        });
      }

      for (const step of steps.filter(({ command }) => command.startsWith("holdfast "))) {
        it(`${step.number}. ${step.title}: the command line takes it`, () => taken(step));
      }
    });
  }
});

/** As the real command reads its words and flags: an unknown flag, a missing or a superfluous word is an error. */
function taken({ command: line }: Step): void {
  const [, name = "", ...args] = wordsOf(line);
  assert.ok(name in COMMANDS, `${name} is a command`);
  const { command } = load(`../../cli/commands/${name}.js`) as { command: Command };
  readArguments(name, command, args, false);
}
