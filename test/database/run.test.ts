import assert from "node:assert/strict";
import type { Client } from "pg";
import { ConnectionLost } from "../../engine/core/ports.js";
import {
  atKillPoint,
  deploy,
  OWNER_ROLE,
  recordedBackups,
  recordProgress,
  refusalOf,
  type Folder,
} from "../support/engine.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

const USERS: Folder = {
  "0001_create_users.sql": `CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL);
-- @verify
SELECT count(*) = 1 FROM information_schema.tables WHERE table_name = 'users';`,
  "0002_insert_users.sql": "INSERT INTO users (email) VALUES ('ada@example.org');",
};

describe("a run", () => {
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

  const rows = async (sql: string): Promise<unknown[]> => (await client.query<Record<string, unknown>>(sql)).rows;

  it("runs what is pending, in order, and says what ran", async () => {
    const result = await deploy(database, USERS);
    assert.deepEqual(
      result.ran.map(({ file, state }) => [file, state]),
      [
        ["0001_create_users.sql", "applied"],
        ["0002_insert_users.sql", "applied"],
      ],
    );
    assert.equal(result.schemaVersion, "0002");
    assert.equal(result.backup?.id, "backup-1");
    assert.deepEqual(await rows("SELECT email FROM users"), [{ email: "ada@example.org" }]);
  });

  it("runs a migration once, whatever is deployed after", async () => {
    await deploy(database, USERS);
    const again = await deploy(database, USERS);
    assert.deepEqual([again.ran, again.backup], [[], null]);
    const third = await deploy(database, {
      ...USERS,
      "0003_insert_more.sql": "INSERT INTO users (email) VALUES ('b');",
    });
    assert.deepEqual(
      third.ran.map(({ version }) => version),
      ["0003"],
    );
    assert.deepEqual(await rows("SELECT count(*)::int AS n FROM users"), [{ n: 2 }]);
  });

  it("makes its own tables, owned by the role that cannot log in, and nobody else may write the history", async () => {
    await client.query(`CREATE ROLE app_${database.name}`);
    await client.query(`ALTER DEFAULT PRIVILEGES FOR ROLE ${OWNER_ROLE} GRANT ALL ON TABLES TO app_${database.name}`);
    await deploy(database, USERS);
    const owners = await rows(`SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname IN ('public', 'holdfast')`);
    assert.deepEqual(owners, [{ tableowner: OWNER_ROLE }]);
    const rights =
      await rows(`SELECT t.name, has_table_privilege('app_${database.name}', t.name, 'INSERT, UPDATE') AS may
      FROM (VALUES ('users'), ('settings'), ('schema_migrations'), ('system_versions')) AS t (name)`);
    assert.deepEqual(rights, [
      { name: "users", may: true },
      { name: "settings", may: true },
      { name: "schema_migrations", may: false },
      { name: "system_versions", may: false },
    ]);
    await client.query(`DROP OWNED BY app_${database.name}; DROP ROLE app_${database.name}`);
  });

  it("keeps each change of release, and the environment", async () => {
    await deploy(database, USERS);
    await deploy(database, USERS, { release: "1.1.0", commit: "abc1234" });
    await deploy(database, USERS, { release: "1.1.0" });
    assert.deepEqual(await rows("SELECT version, commit FROM system_versions ORDER BY applied_at"), [
      { version: "1.0.0", commit: null },
      { version: "1.1.0", commit: "abc1234" },
    ]);
    assert.deepEqual(await rows("SELECT key, value FROM settings"), [{ key: "holdfast.environment", value: "dev" }]);
  });

  it("takes a backup before anything pending, and none where nothing is", async () => {
    const backup = recordedBackups();
    await deploy(database, USERS, { world: { backup } });
    await deploy(database, USERS, { release: "1.1.0", world: { backup } });
    assert.deepEqual(
      backup.taken.map(({ pendingVersions }) => pendingVersions),
      [["0001", "0002"]],
    );
  });

  it("runs nothing when the backup fails", async () => {
    const backup = { ...recordedBackups(), take: () => Promise.reject(new Error("disk full")) };
    await assert.rejects(deploy(database, USERS, { world: { backup } }), /disk full/);
    assert.deepEqual(await rows("SELECT to_regclass('users') AS users"), [{ users: null }]);
  });

  it("stops at the statement that fails, names its place, and keeps what came before", async () => {
    const folder = {
      ...USERS,
      "0003_break.sql": "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\n\nSELECT nonsense FROM a;\n",
      "0004_never.sql": "CREATE TABLE never (id int);",
    };
    const error = await refusalOf(deploy(database, folder));
    assert.equal(error.code, "statement_failed");
    assert.deepEqual(error.details.location, { file: "migrations/0003_break.sql", line: 4, column: 8 });
    assert.equal(error.details.sqlState, "42703");
    assert.deepEqual(error.details.applied, ["0001_create_users.sql", "0002_insert_users.sql"]);
    assert.deepEqual(await rows("SELECT version FROM schema_migrations ORDER BY version"), [
      { version: "0001" },
      { version: "0002" },
    ]);
    assert.deepEqual(await rows("SELECT to_regclass('a') AS a, to_regclass('never') AS never"), [
      { a: null, never: null },
    ]);
  });

  it("names also a file whose commit it did not hear of, when a later one fails", async () => {
    let isLost = false;
    const world = atKillPoint("file-committed", () => {
      if (isLost) return;
      isLost = true;
      throw new ConnectionLost("cut off behind the commit");
    });
    const alone = (table: string): string => `DO $$ BEGIN CREATE TABLE ${table} (id int); END $$;`;
    const folder = { "0001_one.sql": alone("one"), "0002_two.sql": alone("two"), "0003_three.sql": "SELECT 1 / 0;" };
    const error = await refusalOf(deploy(database, folder, { world }));
    assert.deepEqual(error.details.applied, ["0001_one.sql", "0002_two.sql"]);
  });

  it("runs nothing while one pending file does not parse", async () => {
    const error = await refusalOf(deploy(database, { ...USERS, "0003_typo.sql": "CREATE TABEL t (id int);" }));
    assert.equal(error.code, "sql_syntax");
    assert.deepEqual(await rows("SELECT to_regclass('users') AS users, to_regclass('schema_migrations') AS history"), [
      { users: null, history: null },
    ]);
  });

  it("reports each file as it goes", async () => {
    const { events, progress } = recordProgress();
    await deploy(database, USERS, { progress });
    assert.deepEqual(
      events.map((event) => (event.kind === "migration" ? `${event.file} ${event.state}` : event.kind)),
      ["0001_create_users.sql applied", "0002_insert_users.sql applied"],
    );
  });
});
