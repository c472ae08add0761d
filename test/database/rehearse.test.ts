import assert from "node:assert/strict";
import { join } from "node:path";
import { fileMigrationSource } from "../../engine/adapters/file-migration-source.js";
import { bindRehearsal } from "../../engine/bind-rehearsal.js";
import type { RehearsalReport, RehearsedFile } from "../../engine/core/rehearsal/rehearsal-report.js";
import { rehearse } from "../../engine/rehearse.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";
import type { Folder } from "../support/engine.js";
import { fileOf, rehearseFolder } from "../support/rehearse.js";

const USERS = `CREATE TABLE users (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE, age integer, note text);
CREATE INDEX users_age_idx ON users (age);
`;
const BASE: Folder = { "0001_create_users.sql": USERS };

describe("a rehearsal", function () {
  this.timeout(120_000);
  let root: TestDataRoot;

  before(async () => {
    root = await createDataRoot();
  });
  after(() => root.remove());

  const rehearsed = (folder: Folder): Promise<RehearsalReport> => rehearseFolder(root.path, { ...BASE, ...folder });
  /** One file after the base. */
  const only = async (text: string): Promise<RehearsedFile> =>
    fileOf(await rehearsed({ "0002_change_users.sql": text }), "0002");

  it("goes up, down and up again over every shipped migration", async () => {
    const source = fileMigrationSource(join(__dirname, "..", "..", "migrations"), "");
    const report = await rehearse({}, bindRehearsal({ root: root.path, source }));
    assert.equal(report.files.length, (await source.load()).length);
    for (const file of report.files) {
      const { name, outcome, verify, rollback, contradictions, error } = file;
      assert.equal(outcome, "rehearsed", `${name}: ${error?.message ?? ""}`);
      assert.deepEqual([name, verify, contradictions], [name, true, []]);
      assert.match(rollback.outcome, /^(restores everything|only the backup leads back)$/, name);
    }
    assert.ok(report.files.filter(({ rollback }) => rollback.outcome === "restores everything").length > 10);
  });

  describe("tells what the server did for a statement:", () => {
    const cases: [sql: string, locks: string[], rewrites: string[], scans: string[]][] = [
      ["ALTER TABLE users ADD COLUMN city text", ["AccessExclusiveLock public.users"], [], []],
      [
        "ALTER TABLE users ADD COLUMN seen timestamptz DEFAULT clock_timestamp()",
        ["AccessExclusiveLock public.users"],
        ["public.users"],
        ["public.users"],
      ],
      [
        "ALTER TABLE users ALTER COLUMN age TYPE bigint",
        ["AccessExclusiveLock public.users"],
        ["public.users"],
        ["public.users"],
      ],
      [
        "ALTER TABLE users ALTER COLUMN note TYPE varchar(100)",
        ["AccessExclusiveLock public.users"],
        ["public.users"],
        ["public.users"],
      ],
      [
        'ALTER TABLE users ALTER COLUMN email TYPE text COLLATE "C"',
        ["AccessExclusiveLock public.users"],
        ["public.users_email_key"],
        ["public.users"],
      ],
      [
        "ALTER TABLE users ALTER COLUMN id SET NOT NULL, ADD CHECK (id > 0)",
        ["AccessExclusiveLock public.users"],
        [],
        ["public.users"],
      ],
      ["ALTER TABLE users ADD CHECK (id > 0) NOT VALID", ["AccessExclusiveLock public.users"], [], []],
      ["CREATE INDEX ON users (note)", ["ShareLock public.users"], [], ["public.users"]],
      ["CREATE INDEX CONCURRENTLY ON users (note)", ["ShareUpdateExclusiveLock public.users"], [], ["public.users"]],
      [
        "REINDEX INDEX CONCURRENTLY users_age_idx",
        ["ShareUpdateExclusiveLock public.users"],
        ["public.users_age_idx"],
        ["public.users"],
      ],
      ["VACUUM users", ["ShareUpdateExclusiveLock public.users"], [], []],
      ["CREATE TABLE pets (owner bigint REFERENCES users)", ["ShareRowExclusiveLock public.users"], [], []],
      ["UPDATE users SET note = 'x' WHERE id = 2", ["RowExclusiveLock public.users"], [], []],
      ["UPDATE users SET note = 'x' WHERE note IS NULL", ["RowExclusiveLock public.users"], [], ["public.users"]],
      ["CREATE TABLE other (id int); ALTER TABLE other ADD COLUMN a int; DROP TABLE other", [], [], []],
    ];
    for (const [sql, locks, rewrites, scans] of cases) {
      it(sql, async () => {
        const { statements, error, reason } = await only(`${sql};\n`);
        assert.equal(error ?? reason, null);
        const all = {
          locks: statements.flatMap((one) => one.locks),
          rewrites: statements.flatMap((one) => one.rewrites),
        };
        assert.deepEqual(
          all.locks
            .filter(({ relation }) => !/_key|_pkey|_idx/.test(relation))
            .map(({ mode, relation }) => `${mode} ${relation}`),
          locks,
        );
        assert.deepEqual([all.rewrites, statements.flatMap((one) => one.scans)], [rewrites, scans]);
      });
    }

    it("where it stands, how long it took, how many rows it wrote", async () => {
      const { statements } = await only("\nSELECT pg_sleep(0.05);\n  UPDATE users SET note = 'x' WHERE id > 0;\n");
      assert.deepEqual(
        statements.map(({ line, column, rows }) => [line, column, rows]),
        [
          [2, 1, 1],
          [3, 3, 3],
        ],
      );
      assert.ok((statements[0]?.durationMs ?? 0) >= 50);
    });

    it("a backfill's batches, all rows together", async () => {
      const { statements, error } = await only(
        "-- @phase backfill\n-- @batch table=users key=id size=2\nUPDATE users SET note = 'x' WHERE id BETWEEN :from AND :to;\n",
      );
      assert.equal(error, null);
      assert.deepEqual(
        statements.map(({ rows, scans, locks }) => [rows, scans, locks.map(({ mode }) => mode)]),
        [[3, [], ["RowExclusiveLock"]]],
      );
    });
  });

  describe("catches a rollback that does not lead back:", () => {
    const wrong: [title: string, up: string, down: string, differences: string[]][] = [
      [
        "a column that stays",
        "ALTER TABLE users ADD COLUMN a text, ADD COLUMN b text",
        "ALTER TABLE users DROP COLUMN a",
        ["column public.users.b is added"],
      ],
      [
        "an index that is another one",
        "DROP INDEX users_age_idx",
        "CREATE INDEX users_age_idx ON users (age DESC)",
        ["index public.users_age_idx is changed"],
      ],
      [
        "a type that is another one",
        "ALTER TABLE users ALTER COLUMN age TYPE bigint",
        "ALTER TABLE users ALTER COLUMN age TYPE smallint",
        ["column public.users.age is changed"],
      ],
      [
        "a privilege that is still given",
        "GRANT SELECT ON users TO PUBLIC",
        "SELECT 1",
        ["privileges on public.users is changed"],
      ],
      [
        "a comment that stays",
        "COMMENT ON TABLE users IS 'people'",
        "SELECT 1",
        ["comment on table public.users is added"],
      ],
    ];
    for (const [title, up, down, differences] of wrong) {
      it(title, async () => {
        const { outcome, error, rollback } = await only(`${up};\n\n-- @rollback\n${down};\n`);
        assert.deepEqual([outcome, rollback.outcome, rollback.differences], ["failed", "differs", differences]);
        assert.equal(error?.code, "rehearsal_failed");
        assert.match(error.message, /^migrations\/0002_change_users\.sql:4:1: the @rollback does not lead back: /);
      });
    }

    it("one the server refuses, with its words and its place", async () => {
      const { error, rollback } = await only("SELECT 1;\n\n-- @rollback\nDROP TABLE userz;\n");
      assert.equal(rollback.outcome, "differs");
      assert.match(
        error?.message ?? "",
        /0002_change_users\.sql:4:\d+: the @rollback failed: table "userz" does not exist\.$/,
      );
    });

    it("one after which the file cannot run again", async () => {
      const { error } = await only("INSERT INTO users (email) VALUES ('a@b');\n\n-- @rollback\nSELECT 1;\n");
      assert.match(error?.message ?? "", /the file, run again after its @rollback, failed: duplicate key/);
    });

    it("and goes on with the files behind it, on a database made anew", async () => {
      const report = await rehearsed({
        "0002_add_users_a.sql":
          "ALTER TABLE users ADD COLUMN a text;\n\n-- @rollback\nALTER TABLE users DROP COLUMN a, DROP COLUMN note;\n",
        "0003_add_users_b.sql":
          "UPDATE users SET a = note;\nALTER TABLE users ADD COLUMN b text;\n\n-- @rollback\nALTER TABLE users DROP COLUMN b;\n",
      });
      assert.deepEqual(
        report.files.map(({ outcome }) => outcome),
        ["rehearsed", "failed", "rehearsed"],
      );
    });

    it("but not what nobody can put back in place: it is a note", async () => {
      const { outcome, rollback, notes } = await only(
        "-- @phase contract\n-- @closes 0001\nALTER TABLE users DROP COLUMN age;\n\n-- @rollback\nALTER TABLE users ADD COLUMN age integer;\nCREATE INDEX users_age_idx ON users (age);\n",
      );
      assert.equal(outcome, "rehearsed");
      assert.match(notes.join("\n"), /column public\.users\.age stands at another place/);
      assert.equal(rollback.outcome, "loses data");
    });
  });

  describe("names what a rollback loses:", () => {
    const lossy: [up: string, down: string, lost: string[]][] = [
      [
        "UPDATE users SET note = 'x' WHERE id > 0",
        "SELECT 1",
        ["the values of public.users.note are not those of before"],
      ],
      ["UPDATE users SET age = NULL WHERE age > 1", "SELECT 1", ["2 values of public.users.age are gone"]],
      ["DELETE FROM users WHERE id = 1", "SELECT 1", ["1 row of public.users is gone"]],
      [
        "ALTER TABLE users DROP COLUMN note",
        "ALTER TABLE users ADD COLUMN note text",
        ["3 values of public.users.note are gone"],
      ],
      [
        "UPDATE users SET age = 4 - age WHERE age > 0",
        "SELECT 1",
        ["the values of public.users stand in other rows than before"],
      ],
    ];
    for (const [up, down, lost] of lossy) {
      it(up, async () => {
        const { outcome, error, rollback } = await only(
          `-- @phase contract\n-- @closes 0001\n${up};\n\n-- @rollback\n${down};\n`,
        );
        assert.deepEqual([error, outcome, rollback.outcome], [null, "rehearsed", "loses data"]);
        assert.deepEqual(
          rollback.lost.map(({ what }) => what),
          lost,
        );
      });
    }

    it("and, beside a rollback that restores everything, what people write meanwhile", async () => {
      const { rollback } = await only(
        "CREATE TABLE pets (id int);\nALTER TABLE users ADD COLUMN pet int;\n\n-- @rollback\nALTER TABLE users DROP COLUMN pet;\nDROP TABLE pets;\nDELETE FROM users WHERE email = 'pet';\n",
      );
      assert.equal(rollback.outcome, "restores everything");
      assert.deepEqual(
        rollback.lostSince.map(({ what }) => what),
        ["every row of public.pets", "every value of public.users.pet", "what line 7 deletes in users"],
      );
    });

    it("and says where only the backup leads back, or nobody has said", async () => {
      const restore = await only("SELECT 1;\n\n-- @rollback restore the mails are sent\n");
      assert.deepEqual(
        [restore.rollback.outcome, restore.rollback.reason],
        ["only the backup leads back", "the mails are sent"],
      );
      assert.equal((await only("SELECT 1;\n")).rollback.outcome, "none");
    });
  });

  it("asks the @verify queries, and fails a file of which one is not true", async () => {
    const { outcome, verify, error } = await only("SELECT 1;\n\n-- @verify\nSELECT count(*) = 17 FROM users;\n");
    assert.deepEqual([outcome, verify, error?.code], ["failed", false, "verify_failed"]);
    assert.match(error?.message ?? "", /0002_change_users\.sql:4:1: the @verify query gave false/);
  });

  it("fails a file the server refuses at its place, and says of those behind it that they cannot be rehearsed", async () => {
    const report = await rehearsed({
      "0002_break.sql": "SELECT 1;\nSELECT nothing;\n",
      "0003_later.sql": "SELECT 1;\n",
    });
    const [, broken, later] = report.files;
    assert.match(broken?.error?.message ?? "", /0002_break\.sql:2:8: column "nothing" does not exist/);
    assert.deepEqual(
      [later?.outcome, later?.reason],
      ["cannot rehearse", "0002_break.sql, which comes before it, failed"],
    );
  });

  it("takes what is not pending as the history, which it only runs", async () => {
    const folder = { "0002_add_users_a.sql": "ALTER TABLE users ADD COLUMN a text;\n" };
    const report = await rehearseFolder(root.path, { ...BASE, ...folder }, { request: { from: "2" } });
    assert.deepEqual([report.history, report.files.map(({ version }) => version)], [1, ["0002"]]);
    const none = await rehearseFolder(root.path, BASE, { request: { pending: new Set() } });
    assert.deepEqual(none.files, []);
  });

  it("runs a file without rows of its own where they break it, and says so", async () => {
    const { outcome, notes } = await only(
      "ALTER TABLE users ADD CHECK (age > 1000);\n\n-- @verify\nSELECT count(*) = 0 FROM users;\n",
    );
    assert.equal(outcome, "rehearsed");
    assert.match(notes.join(), /without rows of the rehearsal's own/);
  });

  describe("runs by a role like that of a migrator on RDS:", () => {
    it("what RDS offers as an extension can be made and dropped", async () => {
      const { error, rollback } = await only(
        "CREATE EXTENSION pg_stat_statements;\n\n-- @rollback\nDROP EXTENSION pg_stat_statements;\n",
      );
      assert.deepEqual([error, rollback.outcome], [null, "restores everything"]);
    });

    it("nothing else that takes a superuser", async () => {
      for (const sql of [
        "CREATE EXTENSION file_fdw",
        "COPY users TO PROGRAM 'cat'",
        "CREATE LANGUAGE sqlx HANDLER plpgsql_call_handler",
      ]) {
        const { error } = await only(`${sql};\n`);
        assert.equal(error?.details.sqlState, "42501", sql);
      }
    });

    it("an extension the embedded server lacks cannot be rehearsed, nor what needs it; all else is", async () => {
      const report = await rehearsed({
        "0002_create_postgis.sql": "CREATE EXTENSION postgis;\n",
        "0003_add_users_place.sql": "ALTER TABLE users ADD COLUMN place geography;\n",
        "0004_add_users_city.sql": "ALTER TABLE users ADD COLUMN city text;\n",
      });
      assert.deepEqual(
        report.files.map(({ outcome, reason }) => [outcome, reason]),
        [
          ["rehearsed", null],
          ["cannot rehearse", "the embedded server has no extension postgis"],
          [
            "cannot rehearse",
            '0002_create_postgis.sql could not be rehearsed before it: migrations/0003_add_users_place.sql:1:36: type "geography" does not exist',
          ],
          ["rehearsed", null],
        ],
      );
    });

    it("a role that comes from elsewhere is made, and told", async () => {
      const { outcome, notes, rollback } = await only(
        "GRANT SELECT ON users TO app_reader;\n\n-- @rollback\nREVOKE SELECT ON users FROM app_reader;\n",
      );
      assert.deepEqual([outcome, rollback.outcome], ["rehearsed", "restores everything"]);
      assert.deepEqual(notes, ["role app_reader was made for the rehearsal: no file makes it"]);
    });
  });
});
