import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { command as drill } from "../../cli/commands/drill.js";
import { command as verifyBackup } from "../../cli/commands/verify-backup.js";
import { actionlint } from "../support/actionlint.js";

const WORKFLOW = "docs/github/drill.yml";

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

describe("the ready workflow for drills", function () {
  this.timeout(300_000);
  const text = readFileSync(WORKFLOW, "utf8");
  const { jobs, permissions } = parse(text) as {
    jobs: { drill: { permissions: object; steps: readonly Step[] } };
    permissions: object;
  };

  it("is sound to actionlint, which finds fault with a broken one", async () => {
    const fine = await actionlint(WORKFLOW);
    assert.equal(fine.code, 0, fine.stdout + fine.stderr);
    const folder = mkdtempSync(join(tmpdir(), "holdfast workflow "));
    const broken = join(folder, "broken.yml");
    writeFileSync(broken, text.replace("17 4 * * 1", "17 4 * *"));
    const found = await actionlint(broken);
    rmSync(folder, { recursive: true });
    assert.notEqual(found.code, 0);
    assert.match(found.stdout, /cron/i);
  });

  it("asks for the least, pins every action, and hands no text of a change to a shell", () => {
    assert.deepEqual(permissions, {});
    assert.deepEqual(jobs.drill.permissions, { contents: "read", "id-token": "write" });
    for (const { uses, run = "" } of jobs.drill.steps) {
      if (uses !== undefined) assert.match(uses, /@v\d+\.\d+\.\d+$/);
      assert.doesNotMatch(run, /\$\{\{/);
    }
  });

  it("fails where the drill fails: its exit code is not lost in a pipe", () => {
    const run = jobs.drill.steps.map((step) => step.run ?? "").find((one) => one.includes("holdfast drill")) ?? "";
    // Where a step names no shell, GitHub runs bash without pipefail.
    assert.match(run, /set -o pipefail|> drill\.json/);
  });

  it("runs commands and flags that are there", () => {
    const runs = jobs.drill.steps.map(({ run = "" }) => run);
    assert.ok(runs.some((one) => one.includes("holdfast verify-backup")));
    for (const flag of runs.flatMap((one) => one.match(/--[\w-]+/g) ?? [])) {
      const name = flag.slice(2);
      assert.ok(name === "json" || Object.hasOwn({ ...drill.flags, ...verifyBackup.flags }, name), flag);
    }
  });
});
