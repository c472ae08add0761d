import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Every page a reader can be led to. */
const PAGES = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], {
  encoding: "utf8",
})
  .split("\n")
  .filter((page) => page === "README.md" || page.startsWith("docs/"));

describe("the pages", () => {
  for (const page of PAGES) {
    it(`${page} leads only to files and sections that are there`, () => {
      const text = readFileSync(page, "utf8").replaceAll(/^```[^]*?^```/gm, "");
      const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
      const broken = links.filter((link) => !link.startsWith("https://") && !leadsSomewhere(page, link));
      assert.deepEqual(broken, []);
    });
  }

  it("are all reached from README.md", () => {
    const seen = new Set<string>();
    const walk = (page: string): void => {
      if (seen.has(page)) return;
      seen.add(page);
      const links = [...readFileSync(page, "utf8").matchAll(/\]\(([^)#\s]+\.md)(?:#[^)]*)?\)/g)];
      for (const [, link = ""] of links) walk(join(dirname(page), link));
    };
    walk("README.md");
    assert.deepEqual(
      PAGES.filter((page) => !seen.has(page)),
      [],
    );
  });
});

function leadsSomewhere(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : join(dirname(page), path);
  if (!existsSync(target)) return false;
  if (anchor === undefined || anchor === "") return true;
  const headings = [...readFileSync(target, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => heading);
  return headings.some((heading) => anchorOf(heading) === anchor);
}

/** As GitHub makes them: lower case, no punctuation, a hyphen for a space. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");
}
