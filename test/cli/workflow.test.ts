import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { command as ci } from "../../cli/commands/ci.js";
import { actionlint } from "../support/actionlint.js";

const WORKFLOW = "docs/github/holdfast.yml";

interface Job {
  readonly if?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly steps: readonly {
    readonly uses?: string;
    readonly run?: string;
    readonly env?: Readonly<Record<string, string>>;
  }[];
}

describe("the ready workflow", function () {
  this.timeout(300_000);
  const text = readFileSync(WORKFLOW, "utf8");
  const { jobs, permissions } = parse(text) as {
    jobs: Record<"check" | "preview" | "deploy", Job>;
    permissions: object;
  };

  it("is sound to actionlint, which finds fault with a broken one", async () => {
    const fine = await actionlint(WORKFLOW);
    assert.equal(fine.code, 0, fine.stdout + fine.stderr);
    const folder = mkdtempSync(join(tmpdir(), "holdfast workflow "));
    const broken = join(folder, "broken.yml");
    writeFileSync(broken, text.replace("github.event_name == 'push'", "github.event_nam == 'push'"));
    const found = await actionlint(broken);
    rmSync(folder, { recursive: true });
    assert.notEqual(found.code, 0);
    assert.match(found.stdout, /event_nam/);
  });

  it("gives each job the least: a fork's part may read, and sees no secret", () => {
    assert.deepEqual(permissions, {});
    assert.deepEqual(jobs.check.permissions, { contents: "read" });
    assert.doesNotMatch(JSON.stringify(jobs.check), /secrets\.|vars\.|github\.token/);
    assert.match(jobs.preview.if ?? "", /head\.repo\.full_name == github\.repository/);
    assert.deepEqual(jobs.deploy.permissions, { contents: "read", "id-token": "write", "pull-requests": "read" });
  });

  it("pins every action to a version, and hands no text of a change to a shell", () => {
    for (const { uses, run = "" } of Object.values(jobs).flatMap(({ steps }) => steps)) {
      if (uses !== undefined) assert.match(uses, /@v\d+\.\d+\.\d+$/);
      assert.doesNotMatch(run, /\$\{\{/);
    }
  });

  it("uses only flags that are there", () => {
    const commands = Object.values(jobs).flatMap(({ steps }) => steps.map(({ run = "" }) => run));
    const flags = commands.filter((one) => one.includes("holdfast ci")).flatMap((one) => one.match(/--[\w-]+/g) ?? []);
    assert.ok(flags.length > 5);
    for (const flag of flags) assert.ok(Object.hasOwn(ci.flags, flag.slice(2)), flag);
  });

  it("deploys with the reviewed plan, of which an empty one is refused", () => {
    const deploy = jobs.deploy.steps.find(({ run = "" }) => run.includes("pulumi up"));
    assert.equal(deploy?.env?.["HOLDFAST_REVIEWED_PLAN"], "${{ steps.reviewed.outputs.plan }}");
  });
});
