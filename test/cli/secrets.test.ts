import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createProject, migrations, runCli, runOnTerminal, type CliRun, type TestProject } from "../support/cli.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

/** With what URLs escape, shells quote and patterns misread. */
const SECRET = "pl@nted:S3cret/$1 %x";
/** Every form in which it could slip out. */
const FORMS = [
  SECRET,
  encodeURIComponent(SECRET),
  JSON.stringify(SECRET).slice(1, -1),
  Buffer.from(SECRET).toString("base64").replace(/=+$/, ""),
  Buffer.from(SECRET).toString("hex"),
];

function findSecret(text: string): string | undefined {
  return FORMS.find((form) => text.includes(form));
}

/** The arguments of every process, as any user of this machine can list them. */
function processList(): string {
  return execFileSync("ps", ["-A", "-ww", "-o", "args"], { encoding: "utf8" });
}

describe("a secret that logs in", () => {
  let database: TestDatabase;
  let project: TestProject;
  let url: string;

  before(async () => {
    database = await createDatabase();
    const admin = await database.client();
    await admin.query(`CREATE ROLE secretive LOGIN SUPERUSER PASSWORD '${SECRET}'`);
    await admin.end();
    url = `postgres://secretive:${encodeURIComponent(SECRET)}@${database.host}:${database.port}/${database.name}`;
    project = createProject(
      migrations(
        "CREATE TABLE t1 (id int PRIMARY KEY);\n",
        "SELECT pg_sleep(0.4);\n",
        "INSERT INTO t1 VALUES (1), (1);\n",
      ),
    );
  });
  after(async () => {
    const admin = await database.server.client();
    await database.drop();
    await admin.query("DROP ROLE secretive");
    await admin.end();
    project.remove();
  });

  it("would be found by these searches: each form of it, and in a process's arguments", async () => {
    for (const form of FORMS) assert.equal(findSecret(`before ${form} after`), form);
    const planted = execFileSync("sh", ["-c", "ps -A -ww -o args; : $0", SECRET], { encoding: "utf8" });
    assert.equal(findSecret(planted), SECRET);
    const echoed = await runCli(["sql", `SELECT '${SECRET}' AS echoed`], { env: { DATABASE_URL: database.url } });
    assert.equal(findSecret(echoed.stdout), SECRET);
  });

  const good = () => ({ cwd: project.root, env: { DATABASE_URL: url } });
  const bad = (change: (url: string) => string) => () => ({ cwd: project.root, env: { DATABASE_URL: change(url) } });
  const release = ["--release", "1.0.0"];
  const excused = [...release, "--no-backup-because", "a test"];
  const RUNS: readonly [string, readonly string[], () => { cwd: string; env: Record<string, string> }, number][] = [
    ["a plan", ["plan", ...release], good, 0],
    ["a deploy that fails halfway", ["migrate", ...excused], good, 1],
    ["the deploy again", ["migrate", ...excused], good, 1],
    ["a status", ["status"], good, 0],
    ["a check", ["check"], good, 0],
    ["an info", ["info"], good, 0],
    ["a query that fails", ["sql", "SELECT nothing"], good, 1],
    ["an unknown flag", ["status", "--verbos"], good, 2],
    ["nobody listens", ["info"], bad((one) => one.replace(/:\d+\//, ":1/")), 4],
    ["an unknown host", ["info"], bad((one) => one.replace(/@[^/]+/, "@no-such-host.invalid")), 4],
    ["an unknown database", ["info"], bad((one) => `${one}x`), 4],
    ["an unknown user", ["info"], bad((one) => one.replace("secretive", "nobody_here")), 4],
    ["an address that is none", ["info"], bad((one) => one.replace(/:\d+\//, ":port/")), 2],
    ["another scheme", ["info"], bad((one) => one.replace("postgres", "mysql")), 2],
    ["a parameter nobody knows", ["info"], bad((one) => `${one}?secret=1`), 2],
  ];

  for (const [what, args, options, exitCode] of RUNS) {
    it(`is in no output of ${what}: text, JSON, on a terminal`, async () => {
      const seen: string[] = [];
      const lists: string[] = [];
      const onOutput = (): void => void lists.push(processList());
      const runs: CliRun[] = [
        await runCli(args, { ...options(), onOutput }),
        await runCli([...args, "--json"], options()),
        await runOnTerminal(args, options()),
      ];
      for (const run of runs) {
        seen.push(run.stdout, run.stderr);
        assert.equal(run.exitCode, exitCode, run.stdout + run.stderr);
      }
      assert.equal(findSecret(seen.join("\n")), undefined, seen.join("\n"));
      assert.equal(findSecret(lists.join("\n")), undefined);
    });
  }

  it("is refused, and not repeated, where a person pastes the address as a flag or as a name", async () => {
    for (const args of [
      ["info", "--url", url],
      ["info", `--url=${url}`],
      ["info", url],
      ["info", "x", url],
      [url],
      [`--${url}`],
      ["info", `--${url}`],
    ]) {
      for (const more of [[], ["--json"]]) {
        const { stdout, stderr, exitCode } = await runCli([...args, ...more], { cwd: project.root });
        assert.equal(exitCode, 2);
        assert.equal(findSecret(stdout + stderr), undefined, stdout + stderr);
      }
    }
  });

  it("is in no error about the files it may stand in", async () => {
    project.write({ "holdfast.json": JSON.stringify({ instances: { a: { url }, b: { pasword: SECRET } } }) });
    const strict = await runCli(["status"], { cwd: project.root });
    project.write({ "holdfast.json": `{"instances": {"a": {"url": "${url}"` });
    const broken = await runCli(["status"], { cwd: project.root });
    project.write({ "holdfast.json": null });
    const passwordFile = join(project.root, "pgpass");
    writeFileSync(passwordFile, `*:*:*:secretive:${SECRET.replaceAll(":", "\\:")}x\n`, { mode: 0o600 });
    const bare = url.replace(/:[^:@]*@/, "@");
    const wrong = await runCli(["info", "--url", bare], { env: { PGPASSFILE: passwordFile } });
    assert.deepEqual([strict.exitCode, broken.exitCode, wrong.exitCode], [2, 2, 4]);
    for (const { stdout, stderr } of [strict, broken, wrong])
      assert.equal(findSecret(stdout + stderr), undefined, stderr);
  });

  it("is in nothing the server was sent or keeps: queries, application name, the engine's tables", async () => {
    const admin = await database.client();
    const activity = await admin.query("SELECT * FROM pg_stat_activity");
    const kept: unknown[] = [activity.rows];
    const tables = await admin.query<{ name: string }>(
      "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'holdfast')",
    );
    for (const { name } of tables.rows) kept.push((await admin.query(`SELECT * FROM ${name}`)).rows);
    await admin.end();
    assert.ok(tables.rows.length > 5);
    assert.equal(findSecret(JSON.stringify(kept)), undefined);
  });

  it("is in no file the command left in the project", () => {
    for (const name of readdirSync(project.root, { recursive: true, encoding: "utf8" })) {
      if (name === "pgpass" || !/\.\w+$/.test(name)) continue;
      assert.equal(findSecret(readFileSync(join(project.root, name), "utf8")), undefined, name);
    }
  });
});
