import assert from "node:assert/strict";
import { createProject, migrations, runCli, runOnTerminal, type TestProject } from "../support/cli.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

const EXCUSE = ["--no-backup-because", "a test"];
const ESCAPE = String.fromCharCode(27);

describe("on a terminal", () => {
  let database: TestDatabase;
  let project: TestProject;
  const at = (release: string) => ["migrate", "--release", release, ...EXCUSE];
  const place = () => ({ cwd: project.root, env: { DATABASE_URL: database.url } });

  beforeEach(async () => {
    database = await createDatabase();
    project = createProject(
      migrations(
        "CREATE TABLE users (id int PRIMARY KEY, name text);\n",
        "INSERT INTO users VALUES (1, 'Jane Roe'), (1, 'John Doe');\n",
      ),
    );
  });
  afterEach(async () => {
    await database.drop();
    project.remove();
  });

  it("DETAIL and literals are shown to the person, and to nobody who reads a log", async () => {
    const screen = await runOnTerminal(at("1.0.0"), place());
    assert.match(screen.stdout, /INSERT INTO users VALUES \(1, 'Jane Roe'\)/);
    assert.match(screen.stdout, /detail +Key \(id\)=\(1\) already exists/);
    assert.equal(screen.exitCode, 1);
    const log = await runCli(at("1.0.0"), place());
    assert.doesNotMatch(log.stderr + log.stdout, /Jane Roe|John Doe|Key \(id\)=/);
    assert.match(log.stderr, /INSERT INTO users VALUES/);
    assert.match(log.stderr, /detail +not shown here, since it may hold row values/);
    assert.equal(log.exitCode, 1);
  });

  it("there are colours, unless NO_COLOR asks for none; elsewhere there never are", async () => {
    assert.ok((await runOnTerminal(["info"], place())).stdout.includes(ESCAPE));
    const { cwd, env } = place();
    assert.ok(!(await runOnTerminal(["info"], { cwd, env: { ...env, NO_COLOR: "1" } })).stdout.includes(ESCAPE));
    assert.ok(!(await runCli(["info"], place())).stdout.includes(ESCAPE));
  });

  it("a bar shows how far a backfill is", async () => {
    project.write({
      "migrations/0002_step_2.sql":
        "INSERT INTO users SELECT g FROM generate_series(1, 300) g;\n" +
        "CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.004); RETURN NEW; END $$;\n" +
        "CREATE TRIGGER slowly BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION slowly();\n",
      "migrations/0003_fill.sql":
        "-- @phase backfill\n-- @batch table=users key=id size=50\nUPDATE users SET name = 'x' WHERE id BETWEEN :from AND :to;\n",
    });
    const { stdout, exitCode } = await runOnTerminal(at("1.0.0"), place());
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /\d+ % {2}0003_fill\.sql: \d+ of about 3\d\d rows/);
  });

  it("a missing password is asked for, and not shown", async () => {
    const { env, cwd } = place();
    const url = env.DATABASE_URL.replace(`:${database.password}@`, "@");
    const { stdout, exitCode } = await runOnTerminal(["sql", "SELECT 40 + 2 AS answer"], {
      cwd,
      env: { DATABASE_URL: url },
      answers: [[/Password of postgres at 127\.0\.0\.1: $/, database.password]],
    });
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /42/);
    assert.ok(!stdout.includes(database.password), "it was echoed");
  });

  it("Ctrl-C at a question ends the command: nothing happened, exit code 4", async () => {
    const { env, cwd } = place();
    const url = env.DATABASE_URL.replace(`:${database.password}@`, "@");
    const { stdout, exitCode } = await runOnTerminal(["sql", "SELECT 1"], {
      cwd,
      env: { DATABASE_URL: url },
      answers: [[/Password/, String.fromCharCode(3)]],
    });
    assert.match(stdout, /\[interrupted\]/);
    assert.equal(exitCode, 4);
  });
});
