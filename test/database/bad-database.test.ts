import assert from "node:assert/strict";
import { Client } from "pg";
import { HoldfastError } from "../../engine/core/errors.js";
import { deploy, OWNER_ROLE, refusalOf, type Folder, type TestRequest } from "../support/engine.js";
import { startOldServer } from "../support/old-server.js";
import { startPgBouncer } from "../support/pgbouncer.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";
import { skipBecause } from "../support/skip-because.js";

const FOLDER: Folder = {
  "0001_create_users.sql": "CREATE TABLE users (id bigint PRIMARY KEY);",
  "0002_create_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY);",
};

describe("a database that cannot be migrated", () => {
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
  const refused = (request: TestRequest = {}, folder = FOLDER): Promise<HoldfastError> =>
    refusalOf(deploy(database, folder, request));
  const isUntouched = async (): Promise<void> => {
    const [found] = (await rows(
      "SELECT to_regclass('users') AS users, to_regnamespace('holdfast') AS engine",
    )) as object[];
    assert.deepEqual(found, { users: null, engine: null });
  };

  describe("is told apart by what stands in the way", () => {
    it("a database that is not there", async () => {
      const error = await refused({ connection: { database: "nowhere" } });
      assert.deepEqual([error.code, error.exitCode, error.details.sqlState], ["connection_failed", 4, "3D000"]);
      assert.match(error.message, /no database nowhere/);
    });

    it("a port where nobody listens", async () => {
      const error = await refused({ connection: { port: 1 } });
      assert.deepEqual([error.code, error.exitCode], ["connection_failed", 4]);
      assert.match(error.message, /nobody listens at 127\.0\.0\.1:1/);
    });

    it("a host whose name nobody knows", async () => {
      const error = await refused({ connection: { host: "no-such-host.invalid" } });
      assert.equal(error.code, "connection_failed");
      assert.match(error.message, /no-such-host\.invalid/);
    });

    it("a server that does not answer", async () => {
      const error = await refused({ connection: { host: "10.255.255.1", connectTimeoutMs: 100 } });
      assert.equal(error.code, "connection_failed");
    });

    it("a wrong password, which appears nowhere in the error", async () => {
      const error = await refused({ connection: { password: "s3cret-but-wrong" } });
      assert.deepEqual([error.code, error.exitCode], ["authentication_failed", 4]);
      assert.doesNotMatch(JSON.stringify([error.message, error.details]), /s3cret/);
    });

    it("a server older than PostgreSQL 14", async () => {
      const server = await startOldServer("13.11 (Debian 13.11-1)");
      const error = await refused({ connection: { port: server.port } });
      server.stop();
      assert.deepEqual([error.code, error.exitCode], ["server_too_old", 3]);
      assert.match(error.message, /PostgreSQL 13\b/);
    });

    it("a role that cannot be taken", async () => {
      const error = await refused({ connection: { ownerRole: "no_such_role" } });
      assert.equal(error.code, "permission_denied");
      assert.match(error.message, /no_such_role/);
    });

    it("a read-only database", async () => {
      await client.query(`ALTER DATABASE ${database.name} SET default_transaction_read_only = on`);
      const error = await refused();
      assert.deepEqual([error.code, error.exitCode], ["read_only", 3]);
      await isUntouched();
    });

    it("a schema in which the role may not create, with the GRANT that is missing", async () => {
      const user = `plain_${database.name}`;
      await client.query(`CREATE ROLE ${user} LOGIN PASSWORD 'plain'`);
      const connection = { user, password: "plain", ownerRole: user };
      const first = await refused({ connection });
      assert.deepEqual([first.code, first.exitCode], ["permission_denied", 3]);
      assert.match(first.details.next ?? "", new RegExp(`GRANT CREATE ON SCHEMA "public" TO "${user}"`));
      await client.query(`GRANT CREATE ON SCHEMA public TO ${user}`);
      const second = await refused({ connection });
      assert.match(second.details.next ?? "", new RegExp(`CREATE SCHEMA holdfast AUTHORIZATION "${user}"`));
      await isUntouched();
      await client.query(`CREATE SCHEMA holdfast AUTHORIZATION ${user}`);
      const result = await deploy(database, FOLDER, { connection });
      assert.equal(result.ran.length, 2);
      await client.query(`DROP OWNED BY ${user}; DROP ROLE ${user}`);
    });

    it("another environment's database, also when nothing is pending", async () => {
      await deploy(database, FOLDER, { environment: "prod" });
      const error = await refused({ environment: "staging" });
      assert.deepEqual([error.code, error.exitCode], ["wrong_environment", 3]);
      assert.match(error.message, /belongs to environment prod, and this deploy is for staging/);
      await client.query("UPDATE settings SET value = 'staging' WHERE key = 'holdfast.environment'");
      await deploy(database, FOLDER, { environment: "staging" });
    });
  });

  describe("that Holdfast does not know yet", () => {
    it("is refused where it has tables, and left alone", async () => {
      await client.query("CREATE TABLE customers (id int)");
      const error = await refused();
      assert.deepEqual([error.code, error.exitCode], ["history_without_tables", 3]);
      assert.match(error.message, /public\.customers/);
      assert.match(error.details.next ?? "", /holdfast baseline/);
      await isUntouched();
    });

    for (const [tool, ddl] of [
      ["dbmate or Rails", "CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY)"],
      ["golang-migrate", "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL)"],
    ] as const) {
      it(`is refused where ${tool} keeps its history, by that name`, async () => {
        await client.query(ddl);
        const error = await refused();
        assert.deepEqual([error.code, error.exitCode], ["foreign_history", 3]);
        assert.match(error.message, new RegExp(`public\\.schema_migrations .* belongs to ${tool}`));
        await isUntouched();
      });
    }

    it("is taken over from a bare table of three columns: its rows have run, the rest runs", async () => {
      await client.query(`CREATE TABLE schema_migrations
        (version integer PRIMARY KEY, description text NOT NULL, applied_at timestamp DEFAULT CURRENT_TIMESTAMP)`);
      await client.query(`ALTER TABLE schema_migrations OWNER TO ${OWNER_ROLE}`);
      await client.query("INSERT INTO schema_migrations VALUES (1, 'create users', '2026-01-19 09:30:00')");
      const result = await deploy(database, FOLDER);
      assert.deepEqual(
        result.ran.map(({ version }) => version),
        ["0002"],
      );
      assert.deepEqual(
        await rows(
          "SELECT version, state, applied_at = '2026-01-19 09:30:00Z' AS kept FROM schema_migrations ORDER BY 1",
        ),
        [
          { version: "0002", state: "applied", kept: false },
          { version: "1", state: "applied", kept: true },
        ],
      );
    });

    for (const shape of ["name text, options jsonb", "id int, key text, value jsonb, updated_at date"]) {
      it(`keeps an application's own settings (${shape}), and its marker elsewhere`, async () => {
        await deploy(database, FOLDER);
        await client.query(`DROP TABLE settings; CREATE TABLE settings (${shape})`);
        await deploy(database, { ...FOLDER, "0003_create_carts.sql": "CREATE TABLE carts (id int);" });
        assert.deepEqual(await rows("SELECT value FROM holdfast.settings"), [{ value: "dev" }]);
        assert.deepEqual(await rows("SELECT * FROM settings"), []);
        assert.equal((await refused({ environment: "prod" })).code, "wrong_environment");
      });
    }
  });

  describe("without a way to back up", () => {
    const noWay = { world: { backup: undefined } } as unknown as TestRequest;

    it("is refused, unless somebody says why, which is kept", async () => {
      const error = await refused(noWay);
      assert.deepEqual([error.code, error.exitCode], ["no_backup", 3]);
      await isUntouched();
      await deploy(database, FOLDER, { ...noWay, noBackupBecause: "a throw-away copy" });
      assert.deepEqual(await rows("SELECT DISTINCT no_backup_because AS why FROM schema_migrations"), [
        { why: "a throw-away copy" },
      ]);
    });

    it("needs no excuse where nothing is pending, and takes none where there is a way", async () => {
      await deploy(database, FOLDER);
      await deploy(database, FOLDER, noWay);
      const error = await refused({ noBackupBecause: "in a hurry" }, { ...FOLDER, "0003_x.sql": "SELECT 1;" });
      assert.equal(error.code, "invalid_usage");
    });
  });

  describe("behind a pooler", () => {
    it("is refused in transaction mode, with the way out", async function () {
      const pooler = await startPgBouncer(database, "transaction");
      if (pooler === undefined) return skipBecause(this, "PgBouncer cannot be had here");
      const error = await refused({ connection: { port: pooler.port } });
      const other = new Client({ ...database, database: database.name, port: pooler.port });
      await other.connect();
      const { rows: settings } = await other.query(
        "SELECT current_user::text AS role, current_setting('TimeZone') AS zone",
      );
      await other.end();
      await pooler.stop();
      // The pooler gave the other client the very connection that was refused.
      assert.deepEqual(settings, [{ role: database.user, zone: "Europe/Berlin" }]);
      assert.deepEqual([error.code, error.exitCode], ["pooled_connection", 3]);
      assert.match(error.details.next ?? "", /--session-proxy/);
      await isUntouched();
    });

    it("is migrated in session mode, once that is said", async function () {
      const pooler = await startPgBouncer(database, "session");
      if (pooler === undefined) return skipBecause(this, "PgBouncer cannot be had here");
      const connection = { port: pooler.port };
      assert.equal((await refused({ connection })).code, "pooled_connection");
      const result = await deploy(database, FOLDER, { connection: { ...connection, isSessionProxy: true } });
      await pooler.stop();
      assert.equal(result.ran.length, 2);
    });
  });
});
