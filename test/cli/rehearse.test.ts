import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureLocalInstance } from "../../engine/index.js";
import { createProject, migrations, runCli, runOnTerminal, type CliRun, type TestProject } from "../support/cli.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";
import { until } from "../support/until.js";

const USERS = "CREATE TABLE users (id int PRIMARY KEY, name text);\n\n-- @rollback\nDROP TABLE users;\n";
const LANGUAGE =
  "ALTER TABLE users ADD COLUMN language text;\n\n-- @rollback\nALTER TABLE users DROP COLUMN language;\n";

describe("holdfast rehearse and rollback", function () {
  this.timeout(180_000);
  let root: TestDataRoot;
  let project: TestProject;
  let temporary: string;
  const place = (env: Record<string, string> = {}) => ({
    cwd: project.root,
    env: { HOLDFAST_HOME: root.path, TMPDIR: temporary, ...env },
  });
  const holdfast = (...args: string[]): Promise<CliRun> => runCli(args, place());
  const leftovers = (): string[] => readdirSync(temporary).filter((name) => name.startsWith("holdfast-rehearsal-"));

  before(async () => {
    root = await createDataRoot();
    temporary = mkdtempSync(join(tmpdir(), "hf-"));
    // As root the server runs as another user, who must get in.
    chmodSync(temporary, 0o777);
  });
  after(async () => {
    await root.remove();
    rmSync(temporary, { recursive: true, force: true });
  });
  beforeEach(() => {
    project = createProject({
      "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
      "package.json": '{"version": "1.0.0"}',
      ...migrations(USERS, LANGUAGE),
    });
  });
  afterEach(() => project.remove());

  it("shows offline, in columns, what each statement does and whether each file leads back", async () => {
    const { stdout, stderr, exitCode } = await holdfast("rehearse");
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /^2 files on embedded PostgreSQL 18, in /);
    assert.match(stdout, /^statement +locks +rewrites +scans +rows +time$/m);
    assert.match(stdout, /^0002_step_2\.sql:1 {2}ACCESS EXCLUSIVE public\.users {2}- +- +0 +[\d.]+ ms$/m);
    assert.match(stdout, /^0002_step_2\.sql {2}rehearsed {2}true +restores everything$/m);
    assert.match(stdout, /takes +what was written since: every value of public\.users\.language/);
    assert.deepEqual(leftovers(), []);
  });

  it("fails where a @rollback does not lead back, at its place, also as JSON", async () => {
    project.write({ "migrations/0002_step_2.sql": LANGUAGE.replace("DROP COLUMN language", "ADD COLUMN more int") });
    const { stdout, exitCode } = await holdfast("rehearse");
    assert.equal(exitCode, 3);
    assert.match(stdout, /migrations\/0002_step_2\.sql:4:1: the @rollback does not lead back: .*\[rehearsal_failed\]/);
    const { ok, files } = (await holdfast("rehearse", "--json")).json() as {
      ok: boolean;
      files: { version: string; rollback: { differences: string[] }; error: { code: string; line: number } | null }[];
    };
    assert.deepEqual([ok, files[1]?.error?.code, files[1]?.error?.line], [false, "rehearsal_failed", 4]);
    assert.deepEqual(files[1]?.rollback.differences, [
      "column public.users.language is added",
      "column public.users.more is added",
    ]);
    assert.deepEqual(leftovers(), []);
  });

  it("says what cannot be rehearsed, and how it can", async () => {
    project.write({ "migrations/0003_step_3.sql": "CREATE EXTENSION postgis;\n" });
    const { stdout, exitCode } = await holdfast("rehearse");
    assert.equal(exitCode, 0);
    assert.match(stdout, /cannot +the embedded server has no extension postgis\. .*--rehearse-on URL/);
  });

  it("leaves nothing behind when it is stopped, or killed", async () => {
    project.write({ "migrations/0003_step_3.sql": "SELECT pg_sleep(3);\n" });
    for (const signal of ["SIGINT", "SIGKILL"] as const) {
      let isSent = false;
      const run = runCli(["rehearse"], {
        ...place(),
        onStart: (pid) => {
          const isHeld = (): boolean => leftovers().some((name) => existsSync(join(temporary, name, "data")));
          void until("the server of the rehearsal is made", isHeld).then(() => {
            isSent = process.kill(pid, signal);
          });
        },
      });
      const { exitCode, stderr } = await run;
      assert.ok(isSent);
      assert.equal(exitCode, signal === "SIGINT" ? 4 : null, stderr);
      await until(`${signal}: its files are gone`, () => leftovers().length === 0);
    }
  });

  it("refuses an unknown --from, and an address with a password", async () => {
    assert.match((await holdfast("rehearse", "--from", "0009")).stderr, /No file of the folder has the version 0009/);
    const { stderr, exitCode } = await holdfast("rehearse", "--rehearse-on", "postgres://me:secret@localhost/app");
    assert.equal(exitCode, 2);
    assert.doesNotMatch(stderr, /secret/);
  });

  describe("on a database that is given", () => {
    let database: TestDatabase;
    const on = async (): Promise<CliRun> => {
      const { user, host, port, name, password } = database;
      const url = `postgres://${user}@${host}:${port}/${name}`;
      return runCli(["rehearse", "--json", "--rehearse-on", url], place({ PGPASSWORD: password }));
    };
    const sql = async (text: string): Promise<void> => {
      const client = await database.client();
      await client.query(text);
      await client.end();
    };
    const migrate = () =>
      runCli(["migrate", "--release", "1.0.0", "--no-backup-because", "a test"], place({ DATABASE_URL: database.url }));

    beforeEach(async () => {
      database = await createDatabase();
    });
    afterEach(() => database.drop());

    it("builds an empty one from the files", async () => {
      const run = await on();
      assert.equal(run.exitCode, 0, run.stderr);
      const { server, files } = run.json() as { server: string; files: { outcome: string }[] };
      assert.match(server, new RegExp(`/${database.name}$`));
      assert.deepEqual(
        files.map(({ outcome }) => outcome),
        ["rehearsed", "rehearsed"],
      );
    });

    it("takes a copy that says it is one, and rehearses what is pending there", async () => {
      await migrate();
      await sql(
        "INSERT INTO users VALUES (1, 'Ann'); INSERT INTO settings (key, value) VALUES ('holdfast.environment', 'rehearsal')",
      );
      project.write({
        "migrations/0003_step_3.sql": "UPDATE users SET name = 'x' WHERE id = 1;\n\n-- @rollback\nSELECT 1;\n",
      });
      const { files } = (await on()).json() as { files: { version: string; rollback: { lost: { what: string }[] } }[] };
      assert.deepEqual(
        files.map(({ version, rollback }) => [version, rollback.lost.map(({ what }) => what)]),
        [["0003", ["the values of public.users.name are not those of before"]]],
      );
    });

    const refused: [title: string, prepare: () => Promise<void>, message: RegExp][] = [
      [
        "one of an environment",
        async () => {
          await migrate();
          await sql("INSERT INTO settings (key, value) VALUES ('holdfast.environment', 'prod')");
        },
        /it belongs to environment prod/,
      ],
      [
        "one without a mark",
        async () => {
          await migrate();
        },
        /it holds public\.users, and nothing says that it is a copy/,
      ],
      ["one that Holdfast has never seen", () => sql("CREATE TABLE orders (id int)"), /it holds public\.orders/],
    ];
    for (const [title, prepare, message] of refused) {
      it(`refuses ${title}, and changes nothing there`, async () => {
        await prepare();
        project.write({ "migrations/0003_step_3.sql": "DROP TABLE users;\n" });
        const { exitCode, stderr } = await on();
        assert.equal(exitCode, 3);
        assert.match(stderr, message);
        assert.match(stderr, /\[rehearsal_refused\][^]*UPDATE settings SET value = 'rehearsal'/);
        const client = await database.client();
        const { rows } = await client.query(
          "SELECT to_regclass('users') IS NOT NULL OR to_regclass('orders') IS NOT NULL AS kept",
        );
        await client.end();
        assert.deepEqual(rows, [{ kept: true }]);
      });
    }

    it("refuses one that others are connected to", async () => {
      const client = await database.client();
      const { exitCode, stderr } = await on();
      await client.end();
      assert.equal(exitCode, 3);
      assert.match(stderr, /it is in use: postgres is connected/);
    });
  });

  describe("of an instance", () => {
    before(() => ensureLocalInstance({ root: root.path, project: "shop", name: "dev" }));

    it("rehearses what is pending there; rolls back once its name is typed, and only then", async () => {
      assert.equal((await holdfast("migrate", "dev")).exitCode, 0);
      project.write({ "migrations/0003_step_3.sql": "ALTER TABLE users ADD COLUMN b int;\n" });
      const { history, files } = (await holdfast("rehearse", "dev", "--json")).json() as {
        history: number;
        files: { version: string }[];
      };
      assert.deepEqual([history, files.map(({ version }) => version)], [2, ["0003"]]);

      const unconfirmed = await holdfast("rollback", "dev");
      assert.equal(unconfirmed.exitCode, 3);
      assert.match(unconfirmed.stderr, /takes +every value of public\.users\.language \(0 now\)/);
      assert.match(
        unconfirmed.stderr,
        /was not confirmed; nothing was changed\. \[rollback_refused\][^]*--confirm dev/,
      );
      const mistyped = await runOnTerminal(["rollback", "dev"], {
        ...place(),
        answers: [[/Type dev to roll it back/, "prod"]],
      });
      assert.equal(mistyped.exitCode, 3);

      const typed = await runOnTerminal(["rollback", "dev"], {
        ...place(),
        answers: [[/Type dev to roll it back/, "dev"]],
      });
      assert.equal(typed.exitCode, 0, typed.stdout);
      assert.match(typed.stdout, /dev: 1 file rolled back\.\s+rolled back {2}0002_step_2\.sql/);
      assert.match(typed.stdout, /backup +\S+, a \w+( \w+)?; to go back: holdfast restore dev --backup \S+ --as/);
      const { rows } = (
        await holdfast("sql", "dev", "--json", "SELECT version, state FROM schema_migrations ORDER BY 1")
      ).json() as {
        rows: unknown;
      };
      assert.deepEqual(rows, [
        { version: "0001", state: "applied" },
        { version: "0002", state: "rolled back" },
      ]);
      const again = (await holdfast("rollback", "dev", "--confirm", "dev", "--json")).json() as {
        rolledBack: { version: string }[];
      };
      assert.deepEqual(
        again.rolledBack.map(({ version }) => version),
        ["0001"],
      );
      assert.deepEqual(leftovers(), []);
    });
  });
});
