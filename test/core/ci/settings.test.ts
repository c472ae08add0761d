import assert from "node:assert/strict";
import { approvalFindings, type WrittenApproval } from "../../../engine/core/ci/approvals.js";
import { tellApart } from "../../../engine/core/ci/known-findings.js";
import { ENVIRONMENTS, missingVariables, unsetVariables } from "../../../engine/core/ci/required-variables.js";
import type { LintFinding } from "../../../engine/core/lint/lint-finding.js";
import { migrationFile } from "../../support/migration-file.js";

const NOW = new Date("2026-03-01T12:00:00Z");
const DROP = migrationFile(
  "0022_drop_users_name.sql",
  "-- @phase contract\n-- @closes 0015\nALTER TABLE users DROP COLUMN name;\n",
);

describe("approvals in a stack's settings", () => {
  const check = (changes: Partial<WrittenApproval>): [string, string][] => {
    const place = { file: "Pulumi.prod.yaml", line: 7, column: 5 };
    const approval = { version: "0022", checksum: DROP.checksum, by: "ann", expires: "2026-03-02T00:00:00Z" };
    const found = approvalFindings([{ ...place, ...approval, ...changes }], [DROP], NOW);
    for (const { file, line, column } of found) assert.deepEqual({ file, line, column }, place);
    return found.map(({ rule, severity }) => [rule, severity]);
  };

  it("are fine when they fit a file and have not expired", () => {
    assert.deepEqual(check({}), []);
    assert.deepEqual(check({ expires: undefined }), []);
    assert.deepEqual(check({ checksum: DROP.checksum.toUpperCase() }), []);
    assert.deepEqual(check({ expires: new Date("2027-01-01") }), []);
  });

  for (const [what, changes, rule, severity] of [
    ["a version no file has", { version: "0099" }, "approval-unknown", "error"],
    ["a version that YAML made a number", { version: 22 }, "approval-unknown", "error"],
    ["the checksum of another text", { checksum: "0".repeat(64) }, "approval-void", "error"],
    ["nobody's name", { by: "" }, "approval-void", "error"],
    ["an end nobody can read", { expires: "soon" }, "approval-void", "error"],
    ["an end that has passed", { expires: "2026-02-28T00:00:00Z" }, "approval-expired", "warning"],
  ] as const) {
    it(`are told where one has ${what}`, () => assert.deepEqual(check(changes), [[rule, severity]]));
  }
});

describe("variables an environment requires", () => {
  const files = (...given: [string, string[]][]) => {
    const all = new Map(given.map(([path, names]) => [path, { path, names: new Set(names) }]));
    return (path: string) => all.get(path);
  };
  const ALL = ENVIRONMENTS["production"]!.required;
  const said = (findings: readonly LintFinding[]): string[] => findings.map(({ message }) => message);

  it("are those of the seed, by default, in .env.local, .env.staging and .env.production", () => {
    assert.deepEqual(
      Object.values(ENVIRONMENTS).map(({ file }) => file),
      [".env.local", ".env.staging", ".env.production"],
    );
    const find = files([".env.local", [...ALL]], [".env.production", ALL.slice(1)]);
    assert.deepEqual(said(missingVariables({ environments: ENVIRONMENTS, isListed: false, find })), [
      "production requires DATABASE_URL, which .env.production does not name.",
    ]);
  });

  it("are looked for in the examples under version control where the files are not here", () => {
    const find = files([".env.production.example", ["DATABASE_URL"]], [".env.example", [...ALL]]);
    const found = missingVariables({ environments: ENVIRONMENTS, isListed: false, find });
    assert.equal(found.length, 3);
    assert.ok(found.every(({ file }) => file === ".env.production.example"));
  });

  it("are not asked of a project without such files, unless holdfast.json lists them", () => {
    const environments = { production: { file: ".env.production", required: ["DATABASE_URL"] } };
    assert.deepEqual(missingVariables({ environments, isListed: false, find: files() }), []);
    assert.match(
      said(missingVariables({ environments, isListed: true, find: files() }))[0] ?? "",
      /neither \.env\.production/,
    );
  });

  it("count as missing in a process where they are empty: a pipeline's secret that is not there", () => {
    const production = { file: ".env.production", required: ["DATABASE_URL", "FEATURE_FLAGS_JSON", "BLOB"] };
    const found = unsetVariables("production", production, { DATABASE_URL: "", FEATURE_FLAGS_JSON: "{}" });
    assert.deepEqual(said(found), [
      "production requires DATABASE_URL, which is empty in this process.",
      "production requires BLOB, which is not set in this process.",
    ]);
  });
});

describe("findings that were there before", () => {
  const finding = (file: string, line: number): LintFinding => ({
    ...{ rule: "secret-in-file", severity: "error", message: "There is a key.", file, line, column: 1 },
  });

  it("are told apart from new ones, also when their lines moved", () => {
    const { fresh, known } = tellApart([finding("a", 9), finding("b", 1)], [finding("a", 2)]);
    assert.deepEqual([fresh.map(({ file }) => file), known.map(({ file }) => file)], [["b"], ["a"]]);
  });

  it("hide no second one of the same kind", () => {
    const { fresh, known } = tellApart([finding("a", 1), finding("a", 2)], [finding("a", 1)]);
    assert.deepEqual([fresh.length, known.length], [1, 1]);
  });
});
