import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { EXIT_CODES, type ErrorCode } from "../../engine/core/errors.js";

const PAGE = readFileSync("docs/errors.md", "utf8");
const CODES = Object.keys(EXIT_CODES) as ErrorCode[];

/** Code to the number of the part it stands in, and its text. */
const SECTIONS = new Map(
  PAGE.split(/^## (?=\d)/m)
    .slice(1)
    .flatMap((part) =>
      part
        .split(/^### /m)
        .slice(1)
        .map((section) => {
          const [code = "", ...lines] = section.split("\n");
          return [code, { exitCode: Number(part[0]), text: lines.join(" ").trim() }] as const;
        }),
    ),
);

describe("docs/errors.md", () => {
  it("has a section for every code, under its exit code, and none for a code that is not there", () => {
    assert.deepEqual([...SECTIONS.keys()].sort(), [...CODES].sort());
    for (const code of CODES) assert.equal(SECTIONS.get(code)?.exitCode, EXIT_CODES[code], code);
  });

  for (const code of CODES) {
    it(`says what ${code} means`, () => assert.ok((SECTIONS.get(code)?.text.length ?? 0) > 50));
  }

  it("holds no code that nothing can end with", () => {
    const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts"], {
      encoding: "utf8",
    });
    const sources = files.split("\n").filter((file) => /^(cli|components|engine|toolchain|config|index)/.test(file));
    const text = sources
      .filter((file) => file !== "engine/core/errors.ts")
      .map((file) => readFileSync(file, "utf8"))
      .join("\n");
    assert.deepEqual(
      CODES.filter((code) => !text.includes(`"${code}"`)),
      [],
    );
  });
});
