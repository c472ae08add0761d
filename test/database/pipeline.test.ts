import assert from "node:assert/strict";
import type { Client } from "pg";
import { countingSessions } from "../support/counting-sessions.js";
import { deploy, OWNER_ROLE, recordProgress, refusalOf, type Folder, type TestRequest } from "../support/engine.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

const FILES = 600;

describe("files sent together", () => {
  let database: TestDatabase;
  let client: Client;

  beforeEach(async () => {
    database = await createDatabase({ ownerRole: OWNER_ROLE });
    client = await database.client();
  });

  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  const names = async (): Promise<string[]> => {
    const { rows } = await client.query<{ version: string }>("SELECT version FROM schema_migrations ORDER BY version");
    return rows.map(({ version }) => version);
  };

  it(`${FILES} of them need few round trips, and each has a transaction of its own`, async () => {
    const folder = Object.fromEntries(
      Array.from({ length: FILES }, (_, index) => {
        const number = String(index + 1).padStart(4, "0");
        return [
          `${number}_create_t${index}.sql`,
          `CREATE TABLE t${index} (xid xid8 DEFAULT pg_current_xact_id());
          INSERT INTO t${index} DEFAULT VALUES;`,
        ];
      }),
    );
    const { sessions, count } = countingSessions(database);
    const result = await deploy(database, folder, { world: { sessions } });
    assert.equal(result.ran.length, FILES);
    assert.ok(count() < 40, `${count()} round trips`);
    const { rows } = await client.query<{ n: string }>("SELECT count(DISTINCT xmin::text) AS n FROM schema_migrations");
    assert.equal(Number(rows[0]?.n), FILES);
  });

  it("nothing to do takes one round trip", async () => {
    const folder = { "0001_create_t.sql": "CREATE TABLE t (id int);" };
    await deploy(database, folder);
    const { sessions, count } = countingSessions(database);
    const loadParser = () => assert.fail("the parser was loaded");
    await deploy(database, folder, { world: { sessions, loadParser } });
    assert.equal(count(), 1);
    await client.query("DELETE FROM settings");
    await deploy(database, folder, {
      environment: undefined,
      world: { sessions, loadParser },
    } as unknown as TestRequest);
    assert.equal(count(), 2, "a database without a marker takes no more");
  });

  it("are flushed to the disk by the last one, as the database is set up to", async () => {
    await client.query(`ALTER DATABASE ${database.name} SET synchronous_commit = remote_write`);
    const mode = (table: string): string =>
      `CREATE TABLE ${table} (mode text DEFAULT current_setting('synchronous_commit'));\nINSERT INTO ${table} DEFAULT VALUES;`;
    await deploy(database, {
      "0001_create_t1.sql": mode("t1"),
      "0002_create_t2.sql": mode("t2"),
      "0003_create_t3.sql": mode("t3"),
    });
    const { rows } = await client.query("SELECT t1.mode AS t1, t2.mode AS t2, t3.mode AS t3 FROM t1, t2, t3");
    assert.deepEqual(rows, [{ t1: "off", t2: "off", t3: "remote_write" }]);
  });

  it("leave no commit unflushed behind one that fails", async () => {
    await client.query(`ALTER DATABASE ${database.name} SET synchronous_commit = on`);
    await client.query(
      "CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.commit := current_setting('synchronous_commit'); RETURN NEW; END $$",
    );
    const folder = { "0001_create_t.sql": "CREATE TABLE t (id int);" };
    await deploy(database, folder);
    await client.query("CREATE TRIGGER noted BEFORE UPDATE ON holdfast.runs FOR EACH ROW EXECUTE FUNCTION noted()");
    const broken = { "0002_create_u.sql": "CREATE TABLE u (id int);", "0003_fail.sql": "SELECT 1 / 0;" };
    await refusalOf(deploy(database, { ...folder, ...broken }));
    assert.deepEqual(await names(), ["0001", "0002"]);
    const { rows } = await client.query("SELECT commit FROM holdfast.runs ORDER BY id DESC LIMIT 1");
    assert.deepEqual(rows, [{ commit: "on" }], "the end of the run, which follows, is written durably");
  });

  it("stop at the fifth of nine that fails: four stay, the rest never ran", async () => {
    const folder: Record<string, string> = {};
    for (let number = 1; number <= 9; number++)
      folder[`000${number}_create_t${number}.sql`] = `CREATE TABLE t${number} (id int);`;
    folder["0005_create_t5.sql"] = "CREATE TABLE t5 (id int);\nINSERT INTO t5 SELECT 1 / 0;";
    const { events, progress } = recordProgress();
    const error = await refusalOf(deploy(database, folder, { progress }));
    assert.deepEqual([error.code, error.details.sqlState], ["statement_failed", "22012"]);
    assert.deepEqual(error.details.location, { file: "migrations/0005_create_t5.sql", line: 2, column: 1 });
    assert.equal(error.details.applied?.length, 4);
    assert.equal(events.filter((event) => event.kind === "migration" && event.state === "applied").length, 4);
    assert.deepEqual(await names(), ["0001", "0002", "0003", "0004"]);
    const after = await deploy(database, { ...folder, "0005_create_t5.sql": "CREATE TABLE t5 (id int);" });
    assert.equal(after.ran.length, 5);
  });

  it("say what a constraint checked at COMMIT has against a file", async () => {
    const folder = {
      "0001_create_t.sql": `CREATE TABLE t (id int PRIMARY KEY, parent int REFERENCES t DEFERRABLE INITIALLY DEFERRED);
INSERT INTO t VALUES (1, 2);`,
      "0002_create_u.sql": "CREATE TABLE u (id int);",
    };
    const error = await refusalOf(deploy(database, folder));
    assert.deepEqual([error.code, error.details.sqlState], ["statement_failed", "23503"]);
    assert.deepEqual(await names(), []);
  });

  it("go on one by one where somebody else holds a row, until it is free", async () => {
    const first: Folder = { "0001_create_t.sql": "CREATE TABLE t (id int, n int);\nINSERT INTO t VALUES (1, 0);" };
    await deploy(database, first);
    await client.query("BEGIN");
    await client.query("UPDATE t SET n = 10 WHERE id = 1");
    const { events, progress } = recordProgress();
    const run = deploy(
      database,
      {
        ...first,
        "0002_create_u.sql": "CREATE TABLE u (id int);",
        "0003_update_t.sql": "UPDATE t SET n = n + 1 WHERE id = 1;",
        "0004_create_v.sql": "CREATE TABLE v (id int);",
      },
      {
        progress: (event) => {
          progress(event);
          if (event.kind === "lock-retry") void client.query("COMMIT");
        },
      },
    );
    const result = await run;
    assert.deepEqual(
      result.ran.map(({ version }) => version),
      ["0002", "0003", "0004"],
    );
    assert.ok(events.some(({ kind }) => kind === "lock-retry"));
    const { rows } = await client.query<{ n: number }>("SELECT n FROM t");
    assert.equal(rows[0]?.n, 11);
  });
});
