import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import type { CiReport } from "../../cli/ci/ci-report.js";
import { renderAnnotations } from "../../cli/ci/render-github.js";
import { renderSarif } from "../../cli/ci/render-sarif.js";
import type { LintFinding } from "../../engine/core/lint/lint-finding.js";
import { runCli, type CliRun } from "../support/cli.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { createRepository, type TestRepository } from "../support/repository.js";

const PULUMI = "name: shop\nruntime: nodejs\n";
const PACKAGE = JSON.stringify({ name: "shop", version: "1.0.0" });
const USERS = "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n";
const ADD = "ALTER TABLE users ADD COLUMN full_name text;\n\n-- @rollback\nALTER TABLE users DROP COLUMN full_name;\n";
const DROP = "-- @phase contract\n-- @closes 0002\nALTER TABLE users DROP COLUMN name;\n";
const UNSAFE = "ALTER TABLE users DROP COLUMN name;\n";
const PROJECT = {
  "Pulumi.yaml": PULUMI,
  "package.json": PACKAGE,
  ".gitignore": ".env*\n",
  "migrations/0001_create_users.sql": USERS,
};

/** Told by its parts: this repository is checked for them, too. */
const TOKEN = ["gh", "p_aB3dE6gH9jK2mN5pQ8sT1vW4yZ7cF0aB3dE6"].join("");

describe("holdfast ci", function () {
  this.timeout(180_000);
  let repository: TestRepository;
  let dataRoot: TestDataRoot;
  const ci = (...args: string[]): Promise<CliRun> =>
    runCli(["ci", ...args], { cwd: repository.root, env: { HOLDFAST_HOME: dataRoot.path } });
  const report = async (...args: string[]): Promise<CiReport & { exitCode: number | null }> => {
    const run = await ci("--json", ...args);
    return { ...(run.json() as CiReport), exitCode: run.exitCode };
  };
  const rules = ({ findings }: CiReport): string[] => [...new Set(findings.map(({ rule }) => rule))];
  const outcomes = ({ checks }: CiReport, outcome: string): string[] =>
    checks.filter((check) => check.outcome === outcome).map(({ name }) => name);

  before(async () => {
    dataRoot = await createDataRoot();
  });
  after(() => dataRoot.remove());
  beforeEach(() => {
    repository = createRepository(PROJECT);
  });
  afterEach(() => repository.remove());

  it("passes a safe change without a database, names what would run, and says what it did not look at", async () => {
    repository.git("switch", "--quiet", "--create", "change");
    repository.write({ "migrations/0002_add_users_full_name.sql": ADD });
    repository.commit();
    const found = await report("--base", "main");
    assert.equal(found.exitCode, 0, JSON.stringify(found.findings));
    assert.deepEqual(
      found.plan?.pending.map(({ name, line }) => [name, line]),
      [["0002_add_users_full_name.sql", 1]],
    );
    assert.deepEqual(found.plan.comparedWith, { kind: "base", ref: "main" });
    assert.equal(found.plan.oldRelease.works, "yes");
    assert.deepEqual(outcomes(found, "skipped"), ["infrastructure"]);
    const text = await ci("--base", "main");
    assert.match(
      text.stdout,
      /1 migration will run \(not compared with a database: the files of main count as applied\):/,
    );
    assert.match(text.stdout, new RegExp(`Plan digest: ${found.plan.digest}`));
  });

  it("rehearses what is new on a server of its own, and tells its locks and times", async () => {
    repository.git("switch", "--quiet", "--create", "change");
    repository.write({ "migrations/0002_add_users_full_name.sql": ADD });
    repository.commit();
    const { rehearsal } = await report("--base", "main");
    assert.ok(rehearsal !== null);
    const [file] = rehearsal.files;
    assert.equal(rehearsal.history, 1);
    assert.equal(file?.outcome, "rehearsed");
    assert.deepEqual(file.statements[0]?.locks, [
      { relation: "public.users", mode: "AccessExclusiveLock", isStrong: true },
    ]);
    const markdown = await ci("--base", "main", "--format", "markdown");
    assert.match(markdown.stdout, /0002\\_add\\_users.*\| public\.users \(ACCESS EXCLUSIVE\) \| \d+ ms \|/);
  });

  it("fails an unsafe migration with exit code 3, at its line, with the way out", async () => {
    repository.write({ "migrations/0002_drop_users_name.sql": UNSAFE });
    repository.commit();
    const found = await report("--base", "HEAD~1");
    assert.equal(found.exitCode, 3);
    const error = found.findings.find(({ severity }) => severity === "error");
    assert.equal(error?.file, "migrations/0002_drop_users_name.sql");
    assert.equal(error.line, 1);
    assert.ok((error.fix ?? "").length > 0);
    assert.equal(found.plan, null);
    assert.match(found.checks.find(({ name }) => name === "rehearsal")?.about ?? "", /^not rehearsed: /);
  });

  it("refuses what a change does to files of the base branch: edited, removed, or merged late", async () => {
    repository.write({ "migrations/0003_create_teams.sql": "CREATE TABLE teams (id bigint PRIMARY KEY);\n" });
    repository.commit();
    repository.git("switch", "--quiet", "--create", "change");
    repository.write({
      "migrations/0001_create_users.sql": USERS.replace("text", "varchar"),
      "migrations/0002_add_users_full_name.sql": ADD,
      "migrations/0003_create_teams.sql": null,
    });
    repository.commit();
    const found = await report("--base", "main");
    assert.equal(found.exitCode, 3);
    for (const rule of ["checksum-mismatch", "migration-missing"]) assert.ok(rules(found).includes(rule), rule);
  });

  it("holds a contract that comes with its expand, and says so", async () => {
    repository.write({ "migrations/0002_add_users_full_name.sql": ADD, "migrations/0003_drop_users_name.sql": DROP });
    repository.commit();
    const { plan, exitCode, findings } = await report("--base", "HEAD~1");
    assert.equal(exitCode, 0, JSON.stringify(findings));
    assert.deepEqual(
      plan?.held.map(({ name, approver }) => [name, approver]),
      [["0003_drop_users_name.sql", null]],
    );
    assert.match(plan.held[0]?.reason ?? "", /is not applied yet/);
  });

  it("finds what may not be under version control or run in production, each at its place", async () => {
    repository.write({
      ".env": "DATABASE_URL=postgres://x\n",
      "src/config.ts": `const token = "${TOKEN}";\n`,
      "prisma/schema.prisma": 'datasource db {\n  provider = "sqlite"\n}\n',
      "package.json": JSON.stringify({ version: "1.0.0", scripts: { postinstall: "prisma migrate reset --force" } }),
      ".env.production.example": "DATABASE_URL=\n",
      "Pulumi.prod.yaml":
        'config:\n  holdfast:approvals:\n    - version: "0099"\n      checksum: "00"\n      by: ann\n',
    });
    repository.commit();
    const found = await report();
    assert.equal(found.exitCode, 3);
    const failed = ["approvals", "variables", "secrets", "sqlite", "seeding", "env-files"];
    assert.deepEqual(outcomes(found, "failed"), failed);
    const places = found.findings.map(({ rule, file, line }) => `${rule} ${file}:${line}`);
    assert.ok(places.includes("approval-unknown Pulumi.prod.yaml:3"), places.join("\n"));
    assert.ok(places.includes("sqlite-outside-tests prisma/schema.prisma:2"));
    const variables = found.findings.filter(({ rule }) => rule === "missing-variable");
    assert.equal(variables.length, 3);
    const all = await Promise.all(["text", "markdown", "github", "sarif"].map((format) => ci("--format", format)));
    for (const { stdout, stderr } of all) assert.ok(!`${stdout}${stderr}`.includes(TOKEN));
  });

  it("lets old findings pass: those of the base branch", async () => {
    repository.write({ "src/config.ts": `const token = "${TOKEN}";\n`, ".env": "A=1\n" });
    repository.commit();
    repository.git("switch", "--quiet", "--create", "change");
    repository.write({ "src/other.ts": "export {};\n", "src/config.ts": `// moved\nconst token = "${TOKEN}";\n` });
    repository.commit();
    const found = await report("--base", "main");
    assert.equal(found.exitCode, 0, JSON.stringify(found.findings));
    assert.deepEqual(found.known.map(({ rule }) => rule).sort(), ["env-file-tracked", "secret-in-file"]);
    repository.write({ "src/other.ts": `export const key = "${TOKEN}";\n` });
    repository.commit();
    const next = await report("--base", "main");
    assert.deepEqual([next.exitCode, next.findings.map(({ file }) => file)], [3, ["src/other.ts"]]);
  });

  it("lets old findings pass: those of a recorded baseline, which holds no secret", async () => {
    repository.write({ "src/config.ts": `const token = "${TOKEN}";\n` });
    repository.commit();
    assert.equal((await ci()).exitCode, 3);
    const recorded = await ci("--record-baseline");
    assert.equal(recorded.exitCode, 0, recorded.stderr);
    const baseline = readFileSync(join(repository.root, "holdfast.ci-baseline.json"), "utf8");
    assert.ok(!baseline.includes(TOKEN));
    assert.equal((JSON.parse(baseline) as unknown[]).length, 1);
    assert.equal((await ci()).exitCode, 0);
    repository.write({ "holdfast.ci-baseline.json": "{}" });
    assert.equal((await ci()).exitCode, 2);
  });

  it("takes the required variables from holdfast.json, and looks into this process where it is told to", async () => {
    const environments = { production: { required: ["DATABASE_URL", "FEATURE_FLAGS_JSON"] } };
    repository.write({ "holdfast.json": JSON.stringify({ ci: { environments } }) });
    assert.deepEqual(rules(await report()), ["missing-variable"]);
    repository.write({ ".env.production": "DATABASE_URL=postgres://x\nexport FEATURE_FLAGS_JSON='{}'\n" });
    assert.equal((await report()).exitCode, 0);
    const env = { DATABASE_URL: "postgres://secret-host/app", FEATURE_FLAGS_JSON: "" };
    const run = await runCli(["ci", "--environment", "production"], { cwd: repository.root, env });
    assert.equal(run.exitCode, 3);
    assert.match(run.stdout, /production requires FEATURE_FLAGS_JSON, which is empty in this process/);
    assert.doesNotMatch(run.stdout + run.stderr, /secret-host/);
    const odd = await ci("--environment", "moon");
    assert.deepEqual([odd.exitCode, /"moon" is no environment/.test(odd.stderr)], [2, true]);
  });

  for (const [what, args, wrong] of [
    ["a format that is none", ["--format", "xml"], /"xml" is no format/],
    ["two formats at once", ["--json", "--format", "github"], /exclude each other/],
    ["a comment of no stack", ["--comment"], /--comment needs --preview/],
    ["a base that is not here", ["--base", "origin/main"], /no branch or commit origin\/main/],
    ["an exception without a reason", ["--allow", "urn:pulumi:a::b::c::d"], /--allow needs --because/],
    ["a file to write without a format", ["--write", "out.txt"], /does not say what to write where/],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const run = await ci(...args);
      assert.equal(run.exitCode, 2);
      assert.match(run.stderr, wrong);
    });
  }

  it("writes several formats in one run, each a document of its own", async () => {
    repository.write({ "src/config.ts": `const token = "${TOKEN}";\n` });
    repository.commit();
    const files = ["json", "sarif", "github", "markdown"].map((format) => `--write=${format}=${format}.out`);
    const run = await ci("--format", "github", ...files);
    assert.equal(run.exitCode, 3);
    const read = (name: string): string => readFileSync(join(repository.root, `${name}.out`), "utf8");
    assert.equal(read("github"), run.stdout);
    assert.match(run.stdout, /^::error file=src\/config\.ts,line=1,col=16,title=secret-in-file::[^\n]+\n$/);
    assert.equal((JSON.parse(read("json")) as CiReport).ok, false);
    assert.equal((JSON.parse(read("sarif")) as { version: string }).version, "2.1.0");
    assert.doesNotMatch(read("json") + read("sarif") + read("markdown"), /^::/m);
  });

  it("works where there is no repository, and says what it could not look at", async () => {
    const bare = createRepository(PROJECT);
    bare.write({ ".git/HEAD": null });
    const run = await runCli(["ci", "--json"], { cwd: bare.root });
    bare.remove();
    const found = run.json() as CiReport;
    assert.equal(run.exitCode, 0, run.stderr);
    assert.ok(outcomes(found, "skipped").includes("secrets"));
  });

  it("ends in under 10 s for the shipped folder", async () => {
    const startedAt = performance.now();
    const env = { HOLDFAST_HOME: dataRoot.path };
    const run = await runCli(["ci", "--json"], { cwd: process.cwd(), env });
    const tookMs = performance.now() - startedAt;
    const found = run.json() as CiReport;
    assert.equal(run.exitCode, 0, JSON.stringify(found.findings));
    assert.equal(found.rehearsal?.files.length, found.plan?.pending.length);
    assert.ok(tookMs < 10_000, `${Math.round(tookMs)} ms`);
  });
});

describe("what ci writes for code scanning and annotations", () => {
  const finding: LintFinding = {
    ...{ rule: "secret-in-file", severity: "warning", file: "a dir/ü,b:c%.ts", line: 3, column: 7 },
    ...{ message: "100% of\r\nit: a, b", fix: "Do::this" },
  };

  it("is SARIF 2.1.0 by the official schema", () => {
    const schema = JSON.parse(
      readFileSync(require.resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"), "utf8"),
    ) as object;
    const ajv = new Ajv({ schemaId: "auto", meta: false, unknownFormats: "ignore" });
    for (const draft of ["json-schema-draft-04.json", "json-schema-draft-06.json", "json-schema-draft-07.json"])
      ajv.addMetaSchema(JSON.parse(readFileSync(require.resolve(`ajv/lib/refs/${draft}`), "utf8")) as object);
    const validate = ajv.compile(schema);
    const isValid = (log: unknown): boolean => validate(log) === true;
    const known = { ...finding, severity: "info", file: "b.sql" } as const;
    const log = JSON.parse(renderSarif({ findings: [finding], known: [known], version: "1.5.0", prefix: "db/" })) as {
      runs: { results: { locations: unknown[]; level: string; baselineState: string }[] }[];
    };
    assert.ok(isValid(log), JSON.stringify(validate.errors));
    assert.ok(isValid(JSON.parse(renderSarif({ findings: [], known: [], version: "1.5.0", prefix: "" }))));
    assert.ok(!isValid({ ...log, version: "2.0.0" }), "the schema refuses nothing");
    const [first, second] = log.runs[0]?.results ?? [];
    assert.deepEqual(
      [first?.level, first?.baselineState, second?.level, second?.baselineState],
      [...["warning", "new", "note", "unchanged"]],
    );
    assert.match(JSON.stringify(first?.locations), /db\/a%20dir\/%C3%BC%2Cb%3Ac%25\.ts/);
  });

  it("are workflow commands that no text of a change can end or extend", () => {
    assert.equal(
      renderAnnotations([finding], "db/"),
      "::warning file=db/a dir/ü%2Cb%3Ac%25.ts,line=3,col=7,title=secret-in-file::100%25 of%0D%0Ait: a, b%0ADo::this",
    );
    const sly = { ...finding, file: "x,line=1::stop", message: "a\n::set-output name=x::y" };
    assert.equal(renderAnnotations([sly], "").split("\n").length, 1);
  });
});
