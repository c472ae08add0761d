import assert from "node:assert/strict";
import type { Client } from "pg";
import { HoldfastError } from "../../engine/core/errors.js";
import type { HistoryRow } from "../../engine/core/migration.js";
import { duePurges } from "../../engine/core/due-purges.js";
import { applyContract, type ContractOutcome } from "../../engine/steps/contracts/apply-contract.js";
import { purgeRetired } from "../../engine/steps/contracts/purge-retired.js";
import { undoRetired, type UndoReport } from "../../engine/steps/contracts/undo-retired.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";
import { startTestRun, type TestRun } from "../support/test-run.js";

const HEADER = "-- @phase contract\n-- @closes 0001\n";

describe("a contract retires before anything is purged", () => {
  let database: TestDatabase;
  let client: Client;
  let run: TestRun;

  beforeEach(async () => {
    database = await createDatabase();
    client = await database.client();
    run = await startTestRun(database);
  });

  afterEach(async () => {
    await run.close();
    await client.end();
    await database.drop();
  });

  const contract = (sql: string, name?: string): Promise<ContractOutcome> => {
    const analysed = run.analyse(HEADER + sql, name ?? "0022_change_things.sql");
    assert.deepEqual(analysed.faults, []);
    return applyContract(run.ctx, analysed, { purgeAtOnce: false });
  };
  const undo = (version = "0022"): Promise<UndoReport> => undoRetired(run.ctx, version);
  const rows = async (sql: string): Promise<unknown[]> => (await client.query<Record<string, unknown>>(sql)).rows;
  const refusal = async (action: Promise<unknown>, code = "contract_refused"): Promise<string> => {
    const error: unknown = await action.then(
      () => assert.fail("it went through"),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof HoldfastError, String(error));
    assert.equal(error.code, code, error.message);
    return `${error.message} ${error.details.next ?? ""}`;
  };
  const history = async (): Promise<HistoryRow[]> => [...(await run.ctx.history.load(run.ctx.session)).history];
  const purge = async (release: string): Promise<unknown> => {
    const due = duePurges(await history(), new Date(), release);
    return purgeRetired({ ...run.ctx, release }, due);
  };

  describe("a column that is NOT NULL without a default", () => {
    beforeEach(async () => {
      await client.query("CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, full_name text)");
      await client.query("INSERT INTO users VALUES (1, 'Ada', 'Ada'), (2, 'Grace', 'Grace')");
    });

    it("is gone for the application, its values are not", async () => {
      const outcome = await contract("ALTER TABLE users DROP COLUMN name;");
      assert.equal(outcome.state, "retired");
      await client.query("INSERT INTO users (id, full_name) VALUES (3, 'Edsger')");
      await assert.rejects(client.query("SELECT name FROM users"), /column "name" does not exist/);
      assert.deepEqual(await rows("SELECT retired_0022_0_name AS name FROM users ORDER BY id"), [
        { name: "Ada" },
        { name: "Grace" },
        { name: null },
      ]);
      const [row] = await history();
      assert.equal(row?.state, "retired");
    });

    it("comes back, and the rows written meanwhile are listed", async () => {
      await contract("ALTER TABLE users DROP COLUMN name;");
      await client.query("INSERT INTO users (id, full_name) VALUES (3, 'Edsger')");
      await client.query("UPDATE users SET full_name = 'Ada L.' WHERE id = 1");
      const report = await undo();
      assert.deepEqual(report.broughtBack, ["column public.users.name"]);
      const [meanwhile] = report.writtenMeanwhile;
      assert.deepEqual(meanwhile?.written.keys, ["id=3", "id=1"]);
      assert.deepEqual(meanwhile.withoutValue, { count: 1, keys: ["id=3"] });
      assert.deepEqual(report.broken[0]?.rows, { count: 1, keys: ["id=3"] });
      assert.equal((await history())[0]?.state, "rolled back");
      // The NOT VALID check holds for whatever is written from now on.
      await assert.rejects(client.query("INSERT INTO users (id) VALUES (4)"), /required_retired_0022_0_name/);
    });

    it("is NOT NULL again once the rows are put right and it is undone once more", async () => {
      await contract("ALTER TABLE users DROP COLUMN name;");
      await client.query("INSERT INTO users (id, full_name) VALUES (3, 'Edsger')");
      await undo();
      await client.query("UPDATE users SET name = full_name WHERE name IS NULL");
      const report = await undo();
      assert.deepEqual(report.broken, []);
      assert.deepEqual(
        await rows("SELECT attnotnull FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'name'"),
        [{ attnotnull: true }],
      );
      assert.deepEqual(
        await rows("SELECT conname FROM pg_constraint WHERE conrelid = 'users'::regclass AND contype = 'c'"),
        [],
      );
    });

    it("is purged by a deploy of a later release, not by the same one", async () => {
      await contract("ALTER TABLE users DROP COLUMN name;");
      assert.deepEqual(await purge("1.0.0"), []);
      assert.deepEqual(await purge("1.1.0"), [{ version: "0022", state: "purged", reason: null }]);
      assert.deepEqual(
        await rows(
          "SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass AND attnum > 0 AND NOT attisdropped",
        ),
        [{ attname: "id" }, { attname: "full_name" }],
      );
      assert.equal((await history())[0]?.state, "applied");
      assert.match(await refusal(undo(), "undo_refused"), /was purged at .*Restore the backup/s);
    });

    it("waits out the soak time before it is purged", async () => {
      const analysed = run.analyse(`${HEADER}ALTER TABLE users DROP COLUMN name;`, "0022_change_things.sql");
      const soaking = { ...run.ctx, policy: { ...run.ctx.policy, soakMs: 3_600_000 } };
      const { purgeDueAt } = await applyContract(soaking, analysed, { purgeAtOnce: false });
      assert.deepEqual(await purge("1.1.0"), []);
      const due = duePurges(await history(), purgeDueAt ?? new Date(0), "1.1.0");
      assert.deepEqual(
        due.map(({ version }) => version),
        ["0022"],
      );
    });

    it("is found for the purge and the undo though its table was renamed since", async () => {
      await contract("ALTER TABLE users DROP COLUMN name;");
      await client.query("ALTER TABLE users RENAME TO people");
      await undo();
      assert.deepEqual(await rows("SELECT name FROM people WHERE id = 1"), [{ name: "Ada" }]);
    });

    it("stays retired where a view came to use it, and the deploy goes on", async () => {
      await contract("ALTER TABLE users DROP COLUMN name;");
      await client.query("CREATE VIEW peek AS SELECT retired_0022_0_name FROM users");
      const [outcome] = (await purge("1.1.0")) as { state: string; reason: string }[];
      assert.equal(outcome?.state, "kept");
      assert.match(outcome.reason, /view peek/);
    });
  });

  it("keeps NOT NULL where a default fills the column for the new release", async () => {
    await client.query("CREATE TABLE users (id int PRIMARY KEY, lang text NOT NULL DEFAULT 'en')");
    await contract("ALTER TABLE users DROP COLUMN lang;");
    await client.query("INSERT INTO users (id) VALUES (1)");
    const report = await undo();
    assert.deepEqual(report.broken, []);
    assert.deepEqual(report.writtenMeanwhile[0]?.written.keys, ["id=1"]);
    assert.deepEqual(await rows("SELECT lang FROM users"), [{ lang: "en" }]);
  });

  it("lets go of CHECKs and foreign keys that would bind writers, and brings them back", async () => {
    await client.query(`CREATE TABLE owners (id int PRIMARY KEY);
      INSERT INTO owners VALUES (1), (2);
      CREATE TABLE pets (id int PRIMARY KEY, owner int REFERENCES owners, age int CHECK (age > 0), old int,
        CONSTRAINT older CHECK (old IS NOT NULL AND old >= age));
      INSERT INTO pets VALUES (1, 1, 3, 3)`);
    await contract("ALTER TABLE pets DROP COLUMN old, DROP COLUMN owner;");
    await client.query("INSERT INTO pets (id, age) VALUES (2, 9)");
    await client.query("DELETE FROM owners WHERE id = 1");
    const report = await undo();
    assert.deepEqual(
      report.broken.map(({ what, rows: found }) => [what, found?.keys]),
      [
        ["pets_owner_fkey on public.pets", ["id=1"]],
        ["older on public.pets", ["id=2"]],
      ],
    );
    await assert.rejects(client.query("INSERT INTO pets VALUES (3, 77, 1, 1)"), /pets_owner_fkey/);
    await client.query("INSERT INTO owners VALUES (1); UPDATE pets SET old = age WHERE id = 2");
    assert.deepEqual((await undo()).broken, []);
    assert.deepEqual(
      await rows(
        "SELECT conname, convalidated FROM pg_constraint WHERE conrelid = 'pets'::regclass AND contype IN ('c','f') ORDER BY 1",
      ),
      [
        { conname: "older", convalidated: true },
        { conname: "pets_age_check", convalidated: true },
        { conname: "pets_owner_fkey", convalidated: true },
      ],
    );
  });

  describe("what stands in the way is named", () => {
    const cases: [title: string, setup: string, contract: string, expected: RegExp][] = [
      [
        "a view",
        "CREATE TABLE t (a int, b int); CREATE VIEW seen AS SELECT b FROM t",
        "ALTER TABLE t DROP COLUMN b;",
        /depends: view seen/,
      ],
      [
        "an incoming foreign key",
        "CREATE TABLE t (a int, b int UNIQUE); CREATE TABLE child (b int REFERENCES t (b))",
        "ALTER TABLE t DROP COLUMN b;",
        /depends: constraint child_b_fkey on table child/,
      ],
      [
        "an incoming foreign key to an identity",
        "CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, b int); CREATE TABLE child (a int REFERENCES t)",
        "ALTER TABLE t DROP COLUMN a;",
        /depends: constraint child_a_fkey on table child/,
      ],
      [
        "a publication that tells rows apart by the key",
        "CREATE TABLE t (a int PRIMARY KEY, b int); CREATE PUBLICATION out FOR TABLE t",
        "ALTER TABLE t DROP COLUMN a;",
        /part of the key t_pkey: publication out tells rows apart by it.*REPLICA IDENTITY/,
      ],
      [
        "a generated column",
        "CREATE TABLE t (a int, b int, c int GENERATED ALWAYS AS (b * 2) STORED)",
        "ALTER TABLE t DROP COLUMN b;",
        /generated column c of t/,
      ],
      [
        "a partition key",
        "CREATE TABLE t (a int, b int) PARTITION BY RANGE (b)",
        "ALTER TABLE t DROP COLUMN b;",
        /partition key.*make a table with another partition key/,
      ],
      [
        "a policy",
        "CREATE TABLE t (a int, b text); CREATE POLICY own ON t USING (b = current_user)",
        "ALTER TABLE t DROP COLUMN b;",
        /policy own on table t/,
      ],
      [
        "a trigger on that column",
        "CREATE TABLE t (a int, b int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER watch BEFORE UPDATE OF b ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "ALTER TABLE t DROP COLUMN b;",
        /trigger watch on table t/,
      ],
      [
        "a type that forbids NULL",
        "CREATE DOMAIN must AS text CHECK (VALUE IS NOT NULL); CREATE TABLE t (a int, b must)",
        "ALTER TABLE t DROP COLUMN b;",
        /must forbids NULL/,
      ],
      [
        "a view of a table",
        "CREATE TABLE t (a int); CREATE VIEW seen AS SELECT * FROM t",
        "DROP TABLE t;",
        /depends: view seen/,
      ],
      [
        "a foreign key to a table",
        "CREATE TABLE t (a int PRIMARY KEY); CREATE TABLE child (a int REFERENCES t)",
        "DROP TABLE t;",
        /child_a_fkey/,
      ],
      [
        "a view of a partition",
        "CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); CREATE VIEW seen AS SELECT * FROM t1",
        "DROP TABLE t;",
        /depends: view seen/,
      ],
      [
        "a table that inherits",
        "CREATE TABLE t (a int); CREATE TABLE t1 () INHERITS (t)",
        "DROP TABLE t1;",
        /inherits.*NO INHERIT/,
      ],
      [
        "a function of a table's row type",
        "CREATE TABLE t (a int); CREATE FUNCTION one(t) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "DROP TABLE t;",
        /function one\(t\)/,
      ],
      [
        "a view of a view",
        "CREATE VIEW v AS SELECT 1 AS one; CREATE VIEW w AS SELECT * FROM v",
        "DROP VIEW v;",
        /view w depends on view v/,
      ],
    ];
    for (const [title, setup, sql, expected] of cases) {
      it(`${title}: refused, and nothing changed`, async () => {
        await client.query(setup);
        assert.match(await refusal(contract(sql)), expected);
        assert.deepEqual(await history(), []);
      });
    }

    it("a dropped view or constraint no longer stands in the way of what the same file drops after it", async () => {
      await client.query("CREATE TABLE t (a int, b int UNIQUE); CREATE VIEW seen AS SELECT b FROM t");
      await contract("DROP VIEW seen;\nALTER TABLE t DROP CONSTRAINT t_b_key;\nALTER TABLE t DROP COLUMN b;");
      await client.query("INSERT INTO t VALUES (1), (1)");
      const report = await undo();
      assert.deepEqual(report.broken, []);
      assert.deepEqual(await rows("SELECT * FROM seen"), [{ b: null }, { b: null }]);
      assert.deepEqual(
        await rows("SELECT pg_get_constraintdef(oid) AS def FROM pg_constraint WHERE conname = 't_b_key'"),
        [{ def: "UNIQUE (b)" }],
      );
    });
  });

  describe("a key that goes with its column", () => {
    it("no longer binds who writes, and stands again after undo", async () => {
      await client.query(`CREATE TABLE t (tenant int, code text, b int, PRIMARY KEY (tenant, code), UNIQUE (code, b));
        CREATE UNIQUE INDEX low ON t (lower(code)) WHERE b > 0;
        INSERT INTO t VALUES (1, 'x', 1), (1, 'y', 2)`);
      const keys = "SELECT indexdef FROM pg_indexes WHERE tablename = 't' ORDER BY 1";
      const before = await rows(keys);
      await contract("ALTER TABLE t DROP COLUMN code;");
      assert.deepEqual(await rows(keys), []);
      const report = await undo();
      assert.deepEqual(report.broken, []);
      assert.deepEqual(await rows(keys), before);
      assert.deepEqual(
        await rows(
          "SELECT conname, pg_get_constraintdef(oid) AS def FROM pg_constraint WHERE conrelid = 't'::regclass AND contype IN ('p', 'u') ORDER BY 1",
        ),
        [
          { conname: "t_code_b_key", def: "UNIQUE (code, b)" },
          { conname: "t_pkey", def: "PRIMARY KEY (tenant, code)" },
        ],
      );
      await assert.rejects(client.query("INSERT INTO t VALUES (1, 'x', 7)"), /t_pkey/);
    });

    it("whose rows written meanwhile break it is told, and whole once they are put right", async () => {
      await client.query("CREATE TABLE t (code text PRIMARY KEY, b int); INSERT INTO t VALUES ('x', 1)");
      await contract("ALTER TABLE t DROP COLUMN code;");
      await client.query("INSERT INTO t (b) VALUES (2), (3)");
      const { broken } = await undo();
      assert.deepEqual(broken.map(({ what }) => what).sort(), ['"code" NOT NULL on public.t', "index public.t_pkey"]);
      await client.query("UPDATE t SET code = 'new ' || b WHERE code IS NULL");
      assert.deepEqual((await undo()).broken, []);
      await assert.rejects(client.query("INSERT INTO t VALUES ('x', 9)"), /t_pkey/);
    });

    for (const [title, column] of [
      ["an identity", "int GENERATED ALWAYS AS IDENTITY"],
      ["a serial", "serial"],
      ["a generated UUID", "uuid DEFAULT gen_random_uuid()"],
    ] as const) {
      it(`of ${title} stays with it, since each row still gets a value of its own`, async () => {
        await client.query(`CREATE TABLE t (id ${column} PRIMARY KEY, b int); INSERT INTO t (b) VALUES (1), (2)`);
        const before = await rows("SELECT id, b FROM t ORDER BY b");
        await contract("ALTER TABLE t DROP COLUMN id;");
        await client.query("INSERT INTO t (b) VALUES (3)");
        await assert.rejects(client.query("SELECT id FROM t"), /column "id" does not exist/);
        assert.deepEqual((await undo()).broken, []);
        assert.deepEqual(await rows("SELECT id, b FROM t WHERE b < 3 ORDER BY b"), before);
        assert.deepEqual(await rows("SELECT count(DISTINCT id)::int AS n FROM t"), [{ n: 3 }]);
        await assert.rejects(
          client.query("INSERT INTO t (id, b) OVERRIDING SYSTEM VALUE SELECT id, 9 FROM t"),
          /t_pkey/,
        );
      });
    }

    it("is purged with it", async () => {
      await client.query(`CREATE TABLE t (code text PRIMARY KEY, b int);
        CREATE TABLE u (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, b int)`);
      await contract("ALTER TABLE t DROP COLUMN code;\nALTER TABLE u DROP COLUMN id;");
      assert.deepEqual(await purge("1.1.0"), [{ version: "0022", state: "purged", reason: null }]);
      assert.deepEqual(await rows("SELECT tablename, indexname FROM pg_indexes WHERE tablename IN ('t', 'u')"), []);
      assert.deepEqual(
        await rows(
          "SELECT table_name, column_name FROM information_schema.columns WHERE table_name IN ('t', 'u') ORDER BY 1",
        ),
        [
          { table_name: "t", column_name: "b" },
          { table_name: "u", column_name: "b" },
        ],
      );
    });
  });

  it("a table with row security and policies takes them along, and undo brings them back", async () => {
    await client.query(`CREATE TABLE t (a int, owner text);
      ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY;
      CREATE POLICY own ON t FOR SELECT USING (owner = current_user)`);
    const policies =
      "SELECT polname, relrowsecurity, relforcerowsecurity FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE relname = 't'";
    const before = await rows(policies);
    await contract("DROP TABLE t;");
    await undo();
    assert.deepEqual(await rows(policies), before);
  });

  it("warns of a publication that lists its columns or filters by one, and keeps it at the purge until it is taken out", async () => {
    await client.query(
      "CREATE TABLE t (a int PRIMARY KEY, b int, c int); CREATE PUBLICATION out FOR TABLE t (a, b) WHERE (a > 0)",
    );
    await contract("ALTER TABLE t DROP COLUMN b;");
    assert.ok(run.events.some((event) => event.kind === "note" && event.message.includes("published by out")));
    const [kept] = (await purge("1.1.0")) as { state: string; reason: string }[];
    assert.equal(kept?.state, "kept");
    assert.match(kept.reason, /publication/);
    await client.query("ALTER PUBLICATION out SET TABLE t");
    assert.deepEqual(await purge("1.1.0"), [{ version: "0022", state: "purged", reason: null }]);
  });

  it("warns of a publication and goes on", async () => {
    await client.query("CREATE TABLE t (a int PRIMARY KEY, b int); CREATE PUBLICATION out FOR TABLE t");
    await contract("ALTER TABLE t DROP COLUMN b;");
    assert.ok(run.events.some((event) => event.kind === "note" && event.message.includes("published by out")));
  });
});
