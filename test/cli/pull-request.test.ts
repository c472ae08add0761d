import assert from "node:assert/strict";
import { join } from "node:path";
import { planDigest } from "../../engine/core/pending-set.js";
import { migrationFile } from "../support/migration-file.js";
import { runCli, type CliRun } from "../support/cli.js";
import { startGitHub, type GitHubServer } from "../support/github-server.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";
import { createRepository, type TestRepository } from "../support/repository.js";

const USERS = "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n";
const ADD = "ALTER TABLE users ADD COLUMN full_name text;\n";
const DROP = "-- @phase contract\n-- @closes 0002\nALTER TABLE users DROP COLUMN name;\n";
const FILES = { "0001_create_users.sql": USERS, "0002_add_users_full_name.sql": ADD, "0003_drop_users_name.sql": DROP };
const [FIRST, SECOND] = Object.entries(FILES).map(([name, text]) => migrationFile(name, text));
const TOKEN = "a-token-of-this-test";
const COMMAND = "urn:pulumi:prod::shop::holdfast:index:SchemaMigrations$command:local:Command::migrations-run";
const MARKER = "<!-- holdfast:shop/prod -->";

/** As `pulumi preview --json` prints it (pkg/display/json.go), cut to what is read; the real engine's is read in test/stack. */
function preview({ steps = [], errors = 0 }: { steps?: object[]; errors?: number } = {}): string {
  const request = { directory: "migrations", environment: "prod", release: "1.1.0", schema: "public", approvals: [] };
  const appliedAt = "2026-02-01T10:00:00.000Z";
  const applied = { version: "0001", checksum: FIRST?.checksum, state: "applied", release: "1.0.0", appliedAt };
  const run = { urn: COMMAND, custom: true, id: "1", type: "command:local:Command" };
  const newState = { ...run, inputs: { environment: { HOLDFAST_REQUEST: JSON.stringify(request) } } };
  const outputs = { stdout: JSON.stringify({ ok: true, appliedMigrations: [applied] }) };
  const all = [
    { op: "update", urn: COMMAND, oldState: { ...run, outputs, modified: "2026-02-01T10:00:01Z" }, newState },
    ...steps,
  ];
  const diagnostics = Array.from({ length: errors }, () => ({ message: "broken", severity: "error" }));
  return JSON.stringify({ config: {}, steps: all, diagnostics, changeSummary: { update: 1 } });
}

const DATABASE = {
  urn: "urn:pulumi:prod::shop::aws:rds/instance:Instance::main",
  custom: true,
  id: "db",
  type: "aws:rds/instance:Instance",
};
const LOSS = { op: "delete", urn: DATABASE.urn, oldState: DATABASE };

describe("the comment of a pull request", function () {
  this.timeout(180_000);
  let repository: TestRepository;
  let github: GitHubServer;

  beforeEach(async () => {
    const migrations = Object.entries(FILES).map(([name, text]) => [`migrations/${name}`, text] as const);
    repository = createRepository({
      "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
      ...Object.fromEntries(migrations),
    });
    github = await startGitHub(TOKEN);
    const event = { pull_request: { number: 7, head: { sha: "ab".repeat(20) } } };
    repository.write({ "event.json": JSON.stringify(event), "preview.json": preview() });
  });
  afterEach(async () => {
    await github.close();
    repository.remove();
  });

  const env = (more: Record<string, string> = {}): Record<string, string> => ({
    ...{ GITHUB_REPOSITORY: "acme/shop", GITHUB_SHA: "cd".repeat(20), GITHUB_API_URL: github.url, GITHUB_TOKEN: TOKEN },
    ...{ GITHUB_EVENT_PATH: join(repository.root, "event.json"), ...more },
  });
  const comment = (more?: Record<string, string>, ...args: string[]): Promise<CliRun> =>
    runCli(["ci", "--preview", "preview.json", "--comment", ...args], { cwd: repository.root, env: env(more) });

  it("is written once, and edited in place from then on, wherever among the others it stands", async () => {
    const others = ["first", `${MARKER}\nnot ours`, "third"];
    for (const [at, body] of others.entries()) github.comments.push({ id: at, body, user: { login: "mallory" } });
    const first = await comment();
    assert.equal(first.exitCode, 0, first.stdout + first.stderr);
    assert.match(first.stderr, /The comment of prod on #7 was created/);
    assert.equal(github.comments.length, 4);
    repository.write({ "migrations/0004_create_teams.sql": "CREATE TABLE teams (id bigint PRIMARY KEY);\n" });
    const second = await comment();
    assert.match(second.stderr, /on #7 was edited/);
    assert.equal(github.comments.length, 4);
    assert.match(github.comments[3]?.body ?? "", /0004\\_create\\_teams/);
    assert.deepEqual(
      github.comments.slice(0, 3).map(({ body }) => body),
      others,
    );
    assert.ok(github.asked.filter((one) => one.startsWith("GET")).length >= 3, "it did not turn the pages");
  });

  it("tells the risk to schema and infrastructure together: what runs, what is held, and with what it was compared", async () => {
    repository.write({ "preview.json": preview({ steps: [LOSS] }) });
    const run = await comment();
    assert.equal(run.exitCode, 3);
    const body = github.comments[0]?.body ?? "";
    assert.ok(body.startsWith(`${MARKER}\n`));
    assert.match(body, /### Holdfast: prod: 1 migration will run, 1 held\./);
    assert.match(body, /\| Old release still works \| \*\*yes\*\* \|/);
    assert.match(body, /\| Infrastructure \| \*\*1 resource would be lost\*\* \|/);
    assert.match(body, /compared with what the deploy of 2026-02-01 10:00 UTC reported/);
    const link = `https://github.com/acme/shop/blob/${"ab".repeat(20)}/migrations/0002_add_users_full_name.sql#L1`;
    assert.ok(body.includes(`[0002\\_add\\_users\\_full\\_name.sql](${link}) | expand, in one transaction |`), body);
    assert.match(body, /0003\\_drop\\_users\\_name\.sql\]\([^)]+\) \| [^|]+ \| no date is known \| nobody yet \|/);
    assert.match(body, /\| main \| database \| aws:rds\/instance:Instance \| deleted \|/);
    const files = [SECOND, migrationFile("0003_drop_users_name.sql", DROP)];
    const digest = planDigest(
      files.map((file, at) => ({
        version: file?.version ?? "",
        checksum: file?.checksum ?? "",
        action: at === 0 ? "run" : "hold",
      })),
    );
    assert.ok(body.includes(`| Plan digest | \`${digest}\` |`));
  });

  it("calls nobody, and takes no markup from what a change says", async () => {
    repository.write({ "migrations/0004_note.sql": "-- @phase expand\n-- @oops <img src=x> @acme/team\nSELECT 1;\n" });
    await comment();
    const body = github.comments[0]?.body ?? "";
    const told = body.replaceAll(/^ *```+text$[^]*?^ *```+$/gm, "");
    assert.doesNotMatch(told, /@[a-z]/);
    assert.doesNotMatch(told, /<img/);
  });

  for (const [what, more] of [
    ["a fork's run, which has no token", { GITHUB_TOKEN: "" }],
    ["a token that is not accepted", { GITHUB_TOKEN: "wrong" }],
    ["a push, which is no pull request", { GITHUB_EVENT_PATH: "" }],
  ] as const) {
    it(`is left out for ${what}; the exit code stays that of the checks`, async () => {
      const [fine, bad] = [await comment(more), await comment(more, "--release", "x")];
      assert.equal(fine.exitCode, 0);
      assert.match(fine.stderr, /No comment was written: /);
      assert.doesNotMatch(fine.stderr + fine.stdout, new RegExp(TOKEN));
      assert.equal(bad.exitCode, 2);
      repository.write({ "preview.json": preview({ errors: 1 }) });
      assert.equal((await comment(more)).exitCode, 3);
      assert.deepEqual(github.comments, []);
    });
  }

  it("is left out where the token may only read", async () => {
    github.refusal = 403;
    const run = await comment();
    assert.equal(run.exitCode, 0);
    assert.match(run.stderr, /POST \/repos\/acme\/shop\/issues\/7\/comments was answered with 403/);
  });

  describe("hands its plan to the deploy", () => {
    const reviewed = (...args: string[]): Promise<CliRun> =>
      runCli(["reviewed-plan", "prod", ...args], { cwd: repository.root, env: env({ GITHUB_EVENT_PATH: "" }) });
    const merged = (head: string): object => {
      return { number: 7, head: { sha: head }, merged_at: "2026-02-02T00:00:00Z", merge_commit_sha: "cd".repeat(20) };
    };

    it("of the commit that was merged", async () => {
      await comment();
      github.pulls = [merged("ab".repeat(20))];
      const run = await reviewed();
      assert.equal(run.exitCode, 0, run.stderr);
      assert.match(run.stdout, /^[0-9a-f]{64} 0002=run:[0-9a-f]{8} 0003=hold:[0-9a-f]{8}\n$/);
      const json = (await reviewed("--json")).json() as { digest: string; pullRequest: number };
      assert.deepEqual([json.pullRequest, run.stdout.startsWith(json.digest)], [7, true]);
    });

    for (const [what, change, why] of [
      ["a commit of no pull request", () => (github.pulls = []), /came with no merged pull request/],
      [
        "a comment of an earlier commit",
        () => (github.pulls = [merged("ef".repeat(20))]),
        /comment on #7 is of abababa/,
      ],
      [
        "a comment that somebody else wrote",
        () => ((github.comments[0] as { user: object }).user = { login: "mallory" }),
        /no comment of shop\/prod/,
      ],
    ] as const) {
      it(`but not of ${what}: exit code 3`, async () => {
        await comment();
        github.pulls = [merged("ab".repeat(20))];
        change();
        const run = await reviewed();
        assert.equal(run.exitCode, 3);
        assert.match(run.stderr, why);
        assert.equal(run.stdout, "");
      });
    }
  });
});

describe("a deploy of a reviewed plan on a real database", function () {
  this.timeout(120_000);
  let repository: TestRepository;
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createDatabase();
    repository = createRepository({ "migrations/0001_create_users.sql": USERS });
  });
  afterEach(async () => {
    await database.drop();
    repository.remove();
  });

  const run = (command: string, ...args: string[]): Promise<CliRun> =>
    runCli([command, "--release", "1.0.0", ...args], { cwd: repository.root, env: { DATABASE_URL: database.url } });
  const migrate = (...args: string[]): Promise<CliRun> => run("migrate", "--no-backup-because", "a test", ...args);
  const digestNow = async (): Promise<string> => ((await run("plan", "--json")).json() as { digest: string }).digest;

  it("runs, and refuses what came in meanwhile with exit code 3, nothing run", async () => {
    const digest = await digestNow();
    repository.write({ "migrations/0002_add_users_full_name.sql": ADD });
    const refused = await migrate("--reviewed-plan", digest);
    assert.equal(refused.exitCode, 3);
    assert.match(refused.stderr, /What would run now is not the plan that was reviewed\. \[plan_changed\]/);
    assert.match(refused.stderr, /now: 0001 run, 0002 run/);
    const told = await migrate("--reviewed-plan", `${digest} 0001=run:${FIRST?.checksum.slice(0, 8) ?? ""}`);
    assert.match(told.stderr, /0002: would run, and was not reviewed/);
    assert.equal((await run("migrate", "--dry-run", "--reviewed-plan", digest)).exitCode, 3);
    const client = await database.client();
    const { rows } = await client.query<{ name: string | null }>("SELECT to_regclass('users') AS name");
    assert.deepEqual(rows, [{ name: null }]);
    await client.end();
    const whole = await digestNow();
    const done = await migrate("--reviewed-plan", whole);
    assert.equal(done.exitCode, 0, done.stderr);
    assert.equal((await migrate("--reviewed-plan", whole)).exitCode, 0, "nothing is left to run");
  });

  it("goes on where a first attempt of the same plan failed halfway", async () => {
    repository.write({
      "migrations/0002_add_users_full_name.sql": "-- @phase switch\nALTER TABLE users VALIDATE CONSTRAINT missing;\n",
    });
    const digest = await digestNow();
    const failed = await migrate("--reviewed-plan", digest);
    assert.equal(failed.exitCode, 1, failed.stderr);
    const again = await migrate("--reviewed-plan", digest);
    assert.equal(again.exitCode, 1, "the same plan is not refused as another");
  });

  for (const format of ["markdown", "github", "sarif", "json"] as const) {
    it(`plan --format ${format} is that document alone`, async () => {
      const { stdout, exitCode, stderr } = await run("plan", "--format", format);
      assert.equal(exitCode, 0, stderr);
      const digest = await digestNow();
      if (format === "markdown")
        assert.match(stdout, new RegExp(`compared with the database at [^|]+\\|\\n\\| Plan digest \\| \`${digest}\``));
      if (format === "json") assert.equal((JSON.parse(stdout) as { digest: string }).digest, digest);
      if (format === "sarif") assert.equal((JSON.parse(stdout) as { version: string }).version, "2.1.0");
      if (format === "github") assert.match(stdout, /^(::|\n$|$)/);
    });
  }
});
