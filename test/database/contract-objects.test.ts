import assert from "node:assert/strict";
import type { Client } from "pg";
import { HoldfastError } from "../../engine/core/errors.js";
import { duePurges } from "../../engine/core/due-purges.js";
import type { Policy } from "../../engine/core/migration.js";
import { applyContract, type ContractOutcome } from "../../engine/steps/contracts/apply-contract.js";
import { purgeRetired } from "../../engine/steps/contracts/purge-retired.js";
import { undoRetired } from "../../engine/steps/contracts/undo-retired.js";
import { takeFingerprint } from "../../engine/steps/take-fingerprint.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";
import { startTestRun, type TestRun } from "../support/test-run.js";

const HEADER = "-- @phase contract\n-- @closes 0001\n";

describe("a contract keeps what it takes away", () => {
  let database: TestDatabase;
  let client: Client;
  let run: TestRun;

  beforeEach(async () => {
    database = await createDatabase({ ownerRole: "app_owner" });
    client = await database.client();
    await client.query("SET ROLE app_owner");
    run = await startTestRun(database, { ownerRole: "app_owner" });
  });

  afterEach(async () => {
    await run.close();
    await client.end();
    await database.drop();
  });

  const contract = (sql: string, policy: Partial<Policy> = {}): Promise<ContractOutcome> => {
    const analysed = run.analyse(HEADER + sql, "0022_change_things.sql");
    assert.deepEqual(analysed.faults, []);
    return applyContract({ ...run.ctx, policy: { ...run.ctx.policy, ...policy } }, analysed, { purgeAtOnce: false });
  };
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
  const purge = async (): Promise<void> => {
    const { history } = await run.ctx.history.load(run.ctx.session);
    await purgeRetired({ ...run.ctx, release: "1.1.0" }, duePurges(history, new Date(), "1.1.0"));
  };
  /** Undo must lead back to the very schema there was. */
  const comesBackWhole = async (sql: string): Promise<void> => {
    const before = await takeFingerprint(run.ctx.session);
    await contract(sql);
    assert.notDeepEqual(await takeFingerprint(run.ctx.session), before, "the contract changed nothing");
    const report = await undoRetired(run.ctx, "0022");
    assert.deepEqual(report.broken, []);
    assert.deepEqual(report.left, []);
    assert.deepEqual((await takeFingerprint(run.ctx.session)).objects, before.objects);
  };

  describe("a table", () => {
    beforeEach(async () => {
      await client.query(`CREATE TABLE users (id int PRIMARY KEY);
        CREATE TABLE logs (id serial PRIMARY KEY, author int REFERENCES users, note text NOT NULL);
        INSERT INTO users VALUES (1), (2);
        INSERT INTO logs (author, note) VALUES (1, 'one'), (2, 'two')`);
    });

    it("moves where the application cannot use it, even with default privileges", async () => {
      await client.query(`RESET ROLE;
        CREATE ROLE app_${database.name} LOGIN;
        ALTER DEFAULT PRIVILEGES FOR ROLE app_owner GRANT USAGE ON SCHEMAS TO app_${database.name};
        GRANT SELECT ON logs TO app_${database.name}`);
      try {
        await contract("DROP TABLE logs;");
        await client.query(`SET ROLE app_${database.name}`);
        await assert.rejects(
          client.query("SELECT * FROM holdfast_retired.retired_0022_0_logs"),
          /permission denied for schema/,
        );
        await assert.rejects(client.query("SELECT * FROM logs"), /does not exist/);
      } finally {
        await client.query(`RESET ROLE; DROP OWNED BY app_${database.name} CASCADE; DROP ROLE app_${database.name}`);
      }
    });

    it("no longer binds the tables it pointed to", async () => {
      await contract("DROP TABLE logs;");
      await client.query("DELETE FROM users WHERE id = 1");
      const report = await undoRetired(run.ctx, "0022");
      assert.deepEqual(report.broken[0]?.rows?.keys, ["id=1"]);
    });

    it("comes back with its rows, keys, sequence and foreign keys", async () => {
      await comesBackWhole("DROP TABLE logs;");
      await client.query("INSERT INTO logs (author, note) VALUES (1, 'three')");
      assert.deepEqual(await rows("SELECT id FROM logs ORDER BY id"), [{ id: 1 }, { id: 2 }, { id: 3 }]);
    });

    it("is purged with all that belongs to it", async () => {
      await contract("DROP TABLE logs;");
      await purge();
      assert.deepEqual(
        await rows("SELECT relname FROM pg_class WHERE relnamespace = 'holdfast_retired'::regnamespace"),
        [],
      );
    });

    it("may go together with the table it belongs to, in either order", async () => {
      await comesBackWhole("DROP TABLE users, logs;");
    });

    it("that was made and dropped twice does not meet its predecessor", async () => {
      await contract("DROP TABLE logs;");
      await client.query("CREATE TABLE logs (id serial PRIMARY KEY)");
      const again = run.analyse(`${HEADER}DROP TABLE logs;`, "0030_drop_logs.sql");
      const message = await refusal(applyContract(run.ctx, again, { purgeAtOnce: false }));
      assert.match(message, /already holds .*logs_pkey.*until the table of that name/s);
    });

    describe("that is partitioned", () => {
      beforeEach(async () => {
        await client.query(`CREATE SCHEMA parts;
          CREATE TABLE events (id int, day int, author int REFERENCES users, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
          CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1) TO (10);
          CREATE TABLE parts.events_2 PARTITION OF events FOR VALUES FROM (10) TO (20) PARTITION BY LIST (id);
          CREATE TABLE parts.events_2_1 PARTITION OF parts.events_2 DEFAULT;
          INSERT INTO events VALUES (1, 1, 1), (2, 11, 2)`);
      });

      it("goes with all its partitions, and comes back with them and their rows", async () => {
        await comesBackWhole("DROP TABLE events;");
        assert.deepEqual(await rows("SELECT tableoid::regclass::text AS part, id FROM events ORDER BY id"), [
          { part: "events_1", id: 1 },
          { part: "parts.events_2_1", id: 2 },
        ]);
      });

      it("is purged with all its partitions", async () => {
        await contract("DROP TABLE events;");
        await purge();
        assert.deepEqual(
          await rows(
            "SELECT relname FROM pg_class WHERE relname ~ '^(retired.*)?events' OR relnamespace = 'holdfast_retired'::regnamespace",
          ),
          [],
        );
      });

      it("lets one partition go, binds nobody by it, and takes it back", async () => {
        await comesBackWhole("DROP TABLE events_1;");
        await contract("DROP TABLE events_1;");
        assert.deepEqual(await rows("SELECT id FROM events"), [{ id: 2 }]);
        await client.query("DELETE FROM logs; DELETE FROM users WHERE id = 1");
        assert.match(await refusal(undoRetired(run.ctx, "0022"), "undo_refused"), /foreign key/);
        await client.query("INSERT INTO users VALUES (1)");
        await undoRetired(run.ctx, "0022");
        assert.deepEqual(await rows("SELECT id FROM events ORDER BY id"), [{ id: 1 }, { id: 2 }]);
      });

      it("purges the one partition that was let go", async () => {
        await contract("DROP TABLE parts.events_2;");
        await purge();
        assert.deepEqual(await rows("SELECT id FROM events"), [{ id: 1 }]);
        assert.deepEqual(await rows("SELECT to_regclass('parts.events_2_1') AS part"), [{ part: null }]);
      });

      it("may be named together with its partitions, in either order", async () => {
        await comesBackWhole("DROP TABLE events, events_1;");
        await comesBackWhole("DROP TABLE events_1, events;");
      });
    });

    it("that is not there any more is no error with IF EXISTS", async () => {
      assert.equal((await contract("DROP TABLE IF EXISTS nothing;")).state, "applied");
    });
  });

  describe("what holds no rows is dropped at once, and made again by undo:", () => {
    const cases: [title: string, setup: string, sql: string][] = [
      ["an index", "CREATE TABLE t (a int, b text); CREATE INDEX by_a ON t (a) WHERE b <> ''", "DROP INDEX by_a;"],
      [
        "a view with options, grants and a comment",
        "CREATE VIEW v WITH (security_barrier) AS SELECT 1 AS one; GRANT SELECT ON v TO PUBLIC; COMMENT ON VIEW v IS 'it''s one'",
        "DROP VIEW v;",
      ],
      [
        "a materialized view and its index",
        "CREATE MATERIALIZED VIEW m AS SELECT 1 AS one; CREATE UNIQUE INDEX by_one ON m (one)",
        "DROP MATERIALIZED VIEW m;",
      ],
      [
        "a function",
        "CREATE FUNCTION f(a int, b text DEFAULT 'x') RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'; REVOKE ALL ON FUNCTION f FROM PUBLIC",
        "DROP FUNCTION f(int, text);",
      ],
      [
        "a function named without arguments",
        "CREATE FUNCTION f(a int[]) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "DROP FUNCTION f;",
      ],
      ["a procedure", "CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'", "DROP PROCEDURE p();"],
      [
        "a trigger, its function and a constraint",
        "CREATE TABLE t (a int CHECK (a > 0)); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE t ENABLE ALWAYS TRIGGER g",
        "DROP TRIGGER g ON t; DROP FUNCTION f(); ALTER TABLE t DROP CONSTRAINT t_a_check;",
      ],
      [
        "a constraint that was not validated",
        "CREATE TABLE t (a int); ALTER TABLE t ADD CHECK (a > 0) NOT VALID",
        "ALTER TABLE t DROP CONSTRAINT t_a_check;",
      ],
      [
        "a deferrable unique key",
        "CREATE TABLE t (a int, UNIQUE (a) DEFERRABLE INITIALLY DEFERRED)",
        "ALTER TABLE t DROP CONSTRAINT t_a_key;",
      ],
      ["a primary key", "CREATE TABLE t (a int PRIMARY KEY)", "ALTER TABLE t DROP CONSTRAINT t_pkey;"],
      [
        "types",
        "CREATE TYPE mood AS ENUM ('sad', 'it''s ok'); CREATE DOMAIN pos AS int DEFAULT 1 CHECK (VALUE > 0); CREATE TYPE pair AS (a int, b text[])",
        "DROP TYPE mood, pair; DROP DOMAIN pos;",
      ],
      ["a sequence", "CREATE SEQUENCE q AS int INCREMENT 5 CYCLE", "DROP SEQUENCE q;"],
      [
        "a policy",
        "CREATE TABLE t (a text); CREATE POLICY own ON t AS RESTRICTIVE FOR UPDATE TO app_owner USING (a = current_user) WITH CHECK (true)",
        "DROP POLICY own ON t;",
      ],
      ["a rule", "CREATE TABLE t (a int); CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING", "DROP RULE r ON t;"],
      [
        "statistics",
        "CREATE TABLE t (a int, b int); CREATE STATISTICS s (dependencies) ON a, b FROM t",
        "DROP STATISTICS s;",
      ],
      ["a schema", "CREATE SCHEMA extra", "DROP SCHEMA extra;"],
      [
        "a view that is made anew without the column",
        "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a, b FROM t",
        "DROP VIEW v; ALTER TABLE t DROP COLUMN b; CREATE VIEW v AS SELECT a FROM t;",
      ],
      [
        "a function that is replaced",
        "CREATE TABLE t (a int, b int); CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM t WHERE b > 0'",
        "CREATE OR REPLACE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM t'; ALTER TABLE t DROP COLUMN b;",
      ],
      [
        "several things in one ALTER TABLE",
        "CREATE TABLE t (a int, b int NOT NULL, c text DEFAULT 'x,y', CONSTRAINT k CHECK (c IN ('x,y', 'z')))",
        "ALTER TABLE t DROP COLUMN b, DROP CONSTRAINT k, DROP COLUMN c;",
      ],
      [
        "two columns of one CHECK",
        "CREATE TABLE t (a int, b int, c int, CHECK (b > c))",
        "ALTER TABLE t DROP COLUMN b, DROP COLUMN c;",
      ],
      [
        "a key and the foreign key that points to it",
        "CREATE TABLE t (a int UNIQUE); CREATE TABLE u (a int REFERENCES t (a))",
        "ALTER TABLE u DROP CONSTRAINT u_a_fkey; ALTER TABLE t DROP CONSTRAINT t_a_key;",
      ],
      [
        "a capitalised column of a capitalised table",
        'CREATE TABLE "Order" (id int, "Total" int NOT NULL)',
        'ALTER TABLE "Order" DROP COLUMN "Total";',
      ],
      [
        "a generated column",
        "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) STORED)",
        "ALTER TABLE t DROP COLUMN b;",
      ],
      [
        "a column of a partitioned table",
        "CREATE TABLE t (a int, b text NOT NULL CHECK (b <> '')) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)",
        "ALTER TABLE t DROP COLUMN b;",
      ],
      [
        "a column whose name has 63 bytes",
        `CREATE TABLE t (a int, ${"ä".repeat(31)}x int NOT NULL)`,
        `ALTER TABLE t DROP COLUMN ${"ä".repeat(31)}x;`,
      ],
    ];
    for (const [title, setup, sql] of cases) {
      it(title, async () => {
        await client.query(setup);
        await comesBackWhole(sql);
      });
    }

    it("a view's grants and comment, a sequence's place", async () => {
      await client.query(
        "CREATE VIEW v AS SELECT 1 AS one; GRANT SELECT ON v TO PUBLIC; COMMENT ON VIEW v IS 'one'; CREATE SEQUENCE q; SELECT nextval('q'), nextval('q')",
      );
      const acl = "SELECT relacl::text, obj_description(oid) FROM pg_class WHERE relname = 'v'";
      const before = await rows(acl);
      await contract("DROP VIEW v; DROP SEQUENCE q;");
      await undoRetired(run.ctx, "0022");
      assert.deepEqual(await rows(acl), before);
      assert.deepEqual(await rows("SELECT nextval('q')::int AS next"), [{ next: 3 }]);
    });
  });

  describe("rows", () => {
    beforeEach(async () => {
      await client.query(`CREATE TABLE users (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) STORED, name text);
        INSERT INTO users (id, name) SELECT n, 'user ' || n FROM generate_series(1, 10) n`);
    });

    it("that are deleted are copied first, exactly those, and come back", async () => {
      const { state } = await contract("DELETE FROM users u WHERE u.id > 7; -- the last ones");
      assert.equal(state, "retired");
      assert.deepEqual(await rows("SELECT count(*)::int AS n FROM users"), [{ n: 7 }]);
      assert.deepEqual(await rows("SELECT name FROM holdfast_retired.retired_0022_0_users ORDER BY id"), [
        { name: "user 8" },
        { name: "user 9" },
        { name: "user 10" },
      ]);
      await undoRetired(run.ctx, "0022");
      assert.deepEqual(await rows("SELECT twice FROM users WHERE id > 8 ORDER BY id"), [{ twice: 18 }, { twice: 20 }]);
      assert.deepEqual(
        await rows("SELECT relname FROM pg_class WHERE relnamespace = 'holdfast_retired'::regnamespace"),
        [],
      );
    });

    it("of a copy are purged like anything retired", async () => {
      await contract("DELETE FROM users WHERE id > 7;");
      await purge();
      assert.deepEqual(
        await rows("SELECT relname FROM pg_class WHERE relnamespace = 'holdfast_retired'::regnamespace"),
        [],
      );
      assert.match(await refusal(undoRetired(run.ctx, "0022"), "undo_refused"), /purged/);
    });

    it("whose key was taken again stop the undo, which changes nothing", async () => {
      await contract("DELETE FROM users WHERE id = 1;");
      await client.query("INSERT INTO users (id, name) VALUES (1, 'another')");
      assert.match(await refusal(undoRetired(run.ctx, "0022"), "undo_refused"), /users_pkey/);
      assert.deepEqual(await rows("SELECT count(*)::int AS n FROM holdfast_retired.retired_0022_0_users"), [{ n: 1 }]);
    });

    it("of an emptied table come back, and its sequence goes on where it was", async () => {
      await client.query(
        "CREATE TABLE notes (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, t text); INSERT INTO notes (t) VALUES ('a'), ('b')",
      );
      await contract("TRUNCATE notes, users RESTART IDENTITY;");
      assert.deepEqual(await rows("SELECT FROM notes UNION ALL SELECT FROM users"), []);
      await undoRetired(run.ctx, "0022");
      assert.deepEqual(await rows("INSERT INTO notes (t) VALUES ('c') RETURNING id"), [{ id: 3 }]);
      assert.deepEqual(await rows("SELECT count(*)::int AS n FROM users"), [{ n: 10 }]);
    });

    it("above the size limit are left to the backup, and that is said", async () => {
      await client.query(
        "INSERT INTO users (id, name) SELECT n, repeat('x', 500) FROM generate_series(11, 5000) n; ANALYZE users",
      );
      const outcome = await contract("DELETE FROM users WHERE id > 10;", { copyLimitBytes: 100_000 });
      assert.equal(outcome.state, "applied");
      assert.ok(run.events.some((event) => event.kind === "note" && event.message.includes("the backup is the copy")));
      assert.deepEqual((await undoRetired(run.ctx, "0022")).left.length, 1);
    });

    it("few of a large table are still copied", async () => {
      await client.query(
        "INSERT INTO users (id, name) SELECT n, repeat('x', 500) FROM generate_series(11, 5000) n; ANALYZE users",
      );
      assert.equal((await contract("DELETE FROM users WHERE id <= 10;", { copyLimitBytes: 100_000 })).state, "retired");
    });

    it("are not copied where the file says so, for a duty to erase", async () => {
      const outcome = await contract("-- @copy none a person asked to be forgotten\nDELETE FROM users WHERE id = 1;");
      assert.equal(outcome.state, "applied");
      assert.deepEqual(await rows("SELECT to_regclass('holdfast_retired.retired_0022_0_users') AS copy"), [
        { copy: null },
      ]);
      assert.deepEqual((await undoRetired(run.ctx, "0022")).left, [
        "rows of public.users: a person asked to be forgotten",
      ]);
    });

    it("of other tables that a foreign key would take along are named, and nothing is deleted", async () => {
      await client.query(`CREATE TABLE pets (id int PRIMARY KEY, owner int REFERENCES users ON DELETE CASCADE);
        CREATE TABLE toys (id int, pet int REFERENCES pets ON DELETE SET NULL);
        INSERT INTO pets VALUES (1, 1); INSERT INTO toys VALUES (1, 1)`);
      assert.match(
        await refusal(contract("DELETE FROM users WHERE id = 1;")),
        /by foreign key, changes pets, toys.*same file, before it/s,
      );
      assert.deepEqual(await rows("SELECT count(*)::int AS n FROM users"), [{ n: 10 }]);
      await contract("UPDATE toys SET pet = NULL;\nDELETE FROM pets WHERE owner = 1;\nDELETE FROM users WHERE id = 1;");
      await undoRetired(run.ctx, "0022");
      assert.deepEqual(await rows("SELECT owner FROM pets"), [{ owner: 1 }]);
    });
  });

  describe("is refused by name:", () => {
    const cases: [title: string, setup: string, sql: string, expected: RegExp][] = [
      ["DROP … CASCADE", "CREATE TABLE t (a int)", "DROP TABLE t CASCADE;", /says CASCADE/],
      ["TRUNCATE … CASCADE", "CREATE TABLE t (a int)", "TRUNCATE t CASCADE;", /says CASCADE/],
      [
        "a DROP inside DO",
        "CREATE TABLE t (a int)",
        "DO $$ BEGIN DROP TABLE t; END $$;",
        /in the DO block.*statements of their own/s,
      ],
      [
        "what a DO block makes up as it runs",
        "",
        "DO $$ BEGIN EXECUTE (SELECT 'DROP TABLE t'); END $$;",
        /cannot be judged/,
      ],
      [
        "a DELETE inside WITH",
        "CREATE TABLE t (a int)",
        "WITH gone AS (DELETE FROM t RETURNING a) SELECT count(*) FROM gone;",
        /inside another statement/,
      ],
      [
        "a search_path of its own",
        "CREATE TABLE t (a int)",
        "SET search_path = pg_catalog; DROP TABLE public.t;",
        /search_path/,
      ],
    ];
    for (const [title, setup, sql, expected] of cases) {
      it(title, async () => {
        if (setup !== "") await client.query(setup);
        assert.match(await refusal(contract(sql)), expected);
      });
    }
  });

  it("says where in the file a statement failed, and nothing of the file stayed", async () => {
    await client.query("CREATE TABLE t (a int, b int)");
    const error: unknown = await contract(
      "ALTER TABLE t DROP COLUMN b;\nALTER TABLE t RENAME COLUMN nope TO nada;",
    ).catch((reason: unknown) => reason);
    assert.ok(error instanceof HoldfastError);
    assert.equal(error.code, "statement_failed");
    assert.deepEqual(error.details.location, { file: "migrations/0022_change_things.sql", line: 4, column: 1 });
    assert.deepEqual(await rows("SELECT b FROM t"), []);
  });
});
