import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LintFinding } from "../../engine/core/lint/lint-finding.js";
import type { LintReport } from "../../engine/lint.js";
import { createProject, migrations, runCli, runOnTerminal, type CliRun, type TestProject } from "../support/cli.js";

const TABLE = "CREATE TABLE orders (id bigint PRIMARY KEY, note text);\n";
const REQUIRE = "ALTER TABLE orders ALTER note SET NOT NULL;\n";

describe("holdfast lint", () => {
  const projects: TestProject[] = [];
  const project = (files: Readonly<Record<string, string>>): TestProject => {
    const made = createProject(files);
    projects.push(made);
    return made;
  };
  const lint = async ({ root }: TestProject, ...args: string[]): Promise<CliRun> =>
    runCli(["lint", ...args], { cwd: root, env: { XDG_CACHE_HOME: root } });
  const findings = ({ json }: CliRun): readonly LintFinding[] => (json() as LintReport).findings;
  const rules = (run: CliRun): string[] => findings(run).map(({ rule }) => rule);
  afterEach(() => {
    for (const made of projects.splice(0)) made.remove();
  });

  it("names file, line, column and rule, and shows the safe form with the user's own names", async () => {
    const { exitCode, stdout } = await lint(project(migrations(TABLE, `\n  ${REQUIRE}`)));
    assert.equal(exitCode, 3);
    assert.match(
      stdout,
      /^error {3}migrations\/0002_\w+\.sql:2:3: The statement makes orders\.note NOT NULL: .*\[set-not-null\]$/m,
    );
    assert.match(stdout, /^ {2}fix .*\n.*ALTER TABLE orders ADD CONSTRAINT/m);
    assert.match(stdout, /2 files judged: 1 error/);
  });

  it("names what stands in the wrong phase", async () => {
    const run = await lint(project(migrations(TABLE, "ALTER TABLE orders VALIDATE CONSTRAINT whole;\n")), "--json");
    assert.deepEqual(rules(run), ["wrong-phase"]);
  });

  it("answers --json with the findings and nothing else", async () => {
    const run = await lint(project(migrations(TABLE, REQUIRE)), "--json");
    const [finding, ...others] = findings(run);
    assert.deepEqual(others, []);
    assert.deepEqual(Object.keys(finding ?? {}).sort(), [
      "column",
      "file",
      "fix",
      "line",
      "message",
      "rule",
      "severity",
    ]);
    assert.equal(run.exitCode, 3);
  });

  it("ends with 0 where nothing is wrong", async () => {
    const { exitCode, stdout } = await lint(project(migrations(TABLE, "ALTER TABLE orders ADD COLUMN paid bool;\n")));
    assert.equal(exitCode, 0, stdout);
  });

  it("reports what does not parse as a finding, and judges the other files all the same", async () => {
    const run = await lint(project(migrations(TABLE, "ALTER TABEL orders;\n", REQUIRE)), "--json");
    assert.deepEqual(rules(run), ["sql-syntax", "set-not-null"]);
    assert.equal(findings(run)[0]?.line, 1);
  });

  it("judges a second time from its memory, and an added file behind it", async () => {
    const files = migrations(TABLE, REQUIRE);
    const made = project(files);
    const [first, second] = [await lint(made, "--json"), await lint(made, "--json")];
    assert.equal(second.stdout, first.stdout);
    made.write({ "migrations/0003_again.sql": `-- @phase switch\n${REQUIRE}` });
    // The column is NOT NULL by now: only who remembers what the earlier files made knows that.
    assert.deepEqual(rules(await lint(made, "--json")), ["set-not-null"]);
  });

  it("judges anew where an earlier file has changed", async () => {
    const made = project({
      "migrations/0001_a.sql": "SELECT 1;\n",
      "migrations/0002_b.sql": `${TABLE}CREATE INDEX ON orders (note);\n`,
    });
    assert.deepEqual(rules(await lint(made, "--json")), []);
    made.write({ "migrations/0002_b.sql": "CREATE INDEX ON orders (note);\n" });
    assert.deepEqual(rules(await lint(made, "--json")), ["create-index-blocking"]);
    made.write({ "migrations/0001_a.sql": TABLE });
    assert.deepEqual(rules(await lint(made, "--json")), ["create-index-blocking"]);
  });

  const FOLDERS: readonly (readonly [title: string, files: Readonly<Record<string, string>>, expected: string[]])[] = [
    [
      "plain SQL: each statement in its own transaction, in the order of the names",
      { "2.sql": REQUIRE, "10.sql": "DROP TABLE orders;", "1.sql": TABLE },
      ["set-not-null", "drop-table"],
    ],
    [
      "dbmate's, and not its way down",
      { "20240101000000_a.sql": `-- migrate:up\n${TABLE}\n-- migrate:down\nDROP TABLE orders;\n` },
      [],
    ],
    [
      "golang-migrate's",
      { "1_a.up.sql": TABLE, "1_a.down.sql": "DROP TABLE orders;", "2_b.up.sql": REQUIRE },
      ["set-not-null"],
    ],
    [
      "Prisma's",
      { "20240101000000_a/migration.sql": TABLE, "20240102000000_b/migration.sql": REQUIRE },
      ["set-not-null"],
    ],
    ["Flyway's", { "V1__a.sql": TABLE, "V2__b.sql": REQUIRE }, ["set-not-null"]],
    [
      "Holdfast's own, by its tags",
      { "0001_a.sql": `-- @phase expand\n${TABLE}`, "0002_b.sql": REQUIRE },
      ["set-not-null"],
    ],
  ];
  for (const [title, files, expected] of FOLDERS) {
    it(`judges another folder as whoever runs it would: ${title}`, async () => {
      const placed = Object.fromEntries(Object.entries(files).map(([name, text]) => [`db/${name}`, text]));
      const run = await lint(project({ ...migrations(TABLE), ...placed }), "--dir", "db", "--json");
      assert.deepEqual(
        rules(run).filter((rule) => expected.includes(rule) || rule === "drop-table"),
        expected,
        run.stdout + run.stderr,
      );
    });
  }

  describe("--fix", () => {
    const UNSAFE = "CREATE INDEX ON orders (note);\n";
    const written = (made: TestProject): string[] => readdirSync(join(made.root, "migrations")).sort();

    it("shows the diff and writes nothing without a terminal", async () => {
      const made = project(migrations(TABLE, REQUIRE));
      const { stdout, exitCode } = await lint(made, "--fix");
      assert.match(stdout, /^-ALTER TABLE orders ALTER note SET NOT NULL;$/m);
      assert.match(stdout, /^\+\+\+ b\/migrations\/0003_\w+\.sql$/m);
      assert.match(stdout, /Nothing was written: --write writes 3 files/);
      assert.equal(exitCode, 0);
      assert.equal(written(made).length, 2);
    });

    it("writes with --write, and what it wrote is safe", async () => {
      const made = project(migrations(TABLE, UNSAFE));
      const { stdout } = await lint(made, "--fix", "--write");
      assert.match(stdout, /Wrote 1 file/);
      assert.match(
        readFileSync(join(made.root, "migrations/0002_step_2.sql"), "utf8"),
        /CREATE INDEX CONCURRENTLY orders_note_idx/,
      );
      assert.equal((await lint(made)).exitCode, 0);
    });

    it("asks on a terminal, and takes no for an answer", async () => {
      for (const [answer, count] of [
        ["n", 2],
        ["y", 4],
      ] as const) {
        const made = project(migrations(TABLE, REQUIRE));
        await runOnTerminal(["lint", "--fix"], { cwd: made.root, answers: [[/\[y\/N\]/, answer]] });
        assert.equal(written(made).length, count, answer);
      }
    });

    it("takes a folder whose files have no tag yet, but Holdfast's names", async () => {
      const made = project({ "db/0001_create_orders.sql": TABLE, "db/0002_index_orders.sql": UNSAFE });
      const { stdout } = await lint(made, "--dir", "db", "--fix", "--write");
      assert.match(stdout, /Wrote 1 file/);
      const other = project({ "db/20240101000000_a.sql": `-- migrate:up\n${TABLE}` });
      assert.match((await lint(other, "--dir", "db", "--fix")).stderr, /dbmate[^]*holdfast adopt/);
    });

    it("says what a person has to write, and why", async () => {
      const { stdout, exitCode } = await lint(project(migrations(TABLE, "DROP TABLE orders;\n")), "--fix");
      assert.match(stdout, /0002_step_2\.sql:1: not split \[drop-table\]: it has to be written anew by a person\./);
      assert.equal(exitCode, 3);
    });
  });

  it("refuses a server and a tool it does not know", async () => {
    const made = project(migrations(TABLE));
    for (const args of [
      ["--server", "9"],
      ["--dir", "migrations", "--from", "liquibase"],
    ]) {
      const { exitCode, stderr } = await lint(made, ...args);
      assert.equal(exitCode, 2);
      assert.match(stderr, /\[invalid_usage\]/);
    }
  });
});
