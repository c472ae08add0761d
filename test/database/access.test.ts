import assert from "node:assert/strict";
import type { Client } from "pg";
import { accessCatalog } from "../support/access-catalog.js";
import { createAdminDatabase, type AdminDatabase } from "../support/access.js";
import { pgSessions } from "../../engine/adapters/pg-session.js";
import { findHolders, findLockedRelations } from "../../engine/steps/find-holders.js";
import { deploy } from "../support/engine.js";
import { startTestServer, type TestServer } from "../support/postgres.js";

const FOLDER = { "0001_create_notes.sql": "CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY, body text);" };
const LATER = { ...FOLDER, "0002_create_tags.sql": "CREATE TABLE tags (tag text);" };

describe("roles and grants by an admin who is no superuser, as on RDS", function () {
  this.timeout(60_000);
  let server: TestServer;
  let database: AdminDatabase;
  let root: Client;

  before(async () => {
    server = await startTestServer({});
  });
  after(() => server.stop());
  beforeEach(async () => {
    database = await createAdminDatabase(server);
    root = await database.superuser();
  });
  afterEach(async () => {
    await root.end();
    await dropAll(await server.client());
  });

  /** Roles belong to the whole server: each test begins without them. */
  async function dropAll(client: Client): Promise<void> {
    await client.query(`DROP DATABASE ${database.name} WITH (FORCE)`);
    const { rows } = await client.query<{ name: string }>(
      "SELECT quote_ident(rolname) AS name FROM pg_roles WHERE rolname ~ '^(app_|auditor|stranger)'",
    );
    for (const { name } of rows) await client.query(`DROP ROLE ${name}`);
    await client.query(`DROP ROLE ${database.admin.user}`);
    await client.end();
  }
  const migrate = async (folder: Record<string, string>): Promise<void> => {
    const client = await database.login("app_migrator");
    const { user, password } = client as unknown as { user: string; password: string };
    await client.end();
    const at = { ...{ host: server.host, port: server.port, user, name: database.name }, password };
    await deploy({ ...at, server, url: "", client: () => database.superuser(), drop: () => Promise.resolve() }, folder);
  };
  const may = async (role: string, table: string, privilege: string): Promise<boolean> => {
    const { rows } = await root.query<{ may: boolean }>("SELECT has_table_privilege($1, $2, $3) AS may", [
      ...[role, table, privilege],
    ]);
    return rows[0]!.may;
  };

  it("are made in one go, and a second time there is nothing to do", async () => {
    const first = await database.apply();
    assert.ok(first.differences.length > 10);
    assert.deepEqual((await database.apply()).differences, []);
  });

  it("leave the admin with no more than it had: it takes the owner's role only while that is needed", async () => {
    await database.apply({ schemas: ["public", "billing"] });
    const { rows } = await root.query(
      `SELECT inherit_option OR set_option AS has_rights FROM pg_auth_members
       WHERE member = $1::regrole AND roleid = 'app_owner'::regrole`,
      [database.admin.user],
    );
    assert.ok(rows.every(({ has_rights: has }: { has_rights: boolean }) => !has));
  });

  it("let the migrator deploy, and reach what it makes later at once", async () => {
    await database.apply();
    await migrate(FOLDER);
    await migrate(LATER);
    const service = await database.login("app_service");
    try {
      await service.query("INSERT INTO notes (body) VALUES ('one'); INSERT INTO tags VALUES ('a')");
      await assert.rejects(service.query("DROP TABLE tags"), /must be owner/);
    } finally {
      await service.end();
    }
    assert.deepEqual((await database.apply()).differences, [], "the engine left nothing to mend");
  });

  for (const order of ["roles before tables", "tables before roles"]) {
    it(`keep the history and the settings from the application: ${order}`, async () => {
      if (order === "tables before roles") {
        await root.query(`CREATE ROLE app_owner; GRANT app_owner TO ${database.admin.user} WITH ADMIN TRUE`);
        await root.query("GRANT CREATE ON SCHEMA public TO app_owner");
        await root.query(`GRANT CREATE ON DATABASE ${database.name} TO app_owner`);
        const at = { host: server.host, port: server.port, user: server.user, password: server.password };
        const name = database.name;
        await deploy(
          { ...at, name, server, url: "", client: () => database.superuser(), drop: () => Promise.resolve() },
          FOLDER,
        );
        await database.apply();
      } else {
        await database.apply();
        await migrate(FOLDER);
      }
      for (const table of ["schema_migrations", "system_versions"]) {
        assert.equal(await may("app_service", table, "SELECT"), true);
        assert.equal(await may("app_service", table, "INSERT, UPDATE, DELETE, TRUNCATE"), false, table);
      }
      assert.equal(await may("app_service", "settings", "DELETE"), false);
      for (const privilege of ["SELECT", "INSERT", "UPDATE"]) {
        assert.equal(await may("app_service", "settings", privilege), true, privilege);
      }
      const { rows } = await root.query("SELECT has_schema_privilege('app_service', 'holdfast', 'USAGE') AS may");
      assert.deepEqual(rows, [{ may: false }]);
      assert.deepEqual((await database.apply()).differences, []);
    });
  }

  it("let nobody into the engine's tables who had been given everything by default", async () => {
    await database.apply();
    await root.query(`CREATE ROLE stranger;
      ALTER DEFAULT PRIVILEGES FOR ROLE app_owner GRANT ALL ON TABLES TO stranger;
      ALTER DEFAULT PRIVILEGES FOR ROLE app_owner GRANT ALL ON SEQUENCES TO stranger`);
    await migrate(FOLDER);
    assert.equal(await may("stranger", "notes", "DELETE"), true);
    assert.equal(await may("stranger", "schema_migrations", "INSERT, UPDATE, DELETE"), false);
    assert.equal(await may("stranger", "settings", "DELETE, TRUNCATE"), false);
    assert.equal(await may("stranger", "holdfast.runs", "SELECT"), false);
    await root.query("DROP OWNED BY stranger");
  });

  it("come back to what the data says, whatever was granted or revoked by hand", async () => {
    await database.apply();
    await migrate(FOLDER);
    const before = await accessCatalog(root);
    await root.query(`REVOKE SELECT ON notes FROM app_service; GRANT TRUNCATE ON notes TO app_read_only;
      GRANT DELETE ON settings TO app_service; GRANT UPDATE ON schema_migrations TO PUBLIC;
      REVOKE USAGE ON SCHEMA public FROM app_read_only; GRANT CREATE ON SCHEMA public TO PUBLIC;
      ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA public REVOKE SELECT ON TABLES FROM app_service;
      ALTER ROLE app_read_only NOLOGIN; REVOKE pg_monitor FROM app_migrator`);
    const { differences } = await database.apply();
    assert.ok(differences.length >= 8, differences.map(({ sql }) => sql).join("\n"));
    assert.deepEqual(await accessCatalog(root), before);
  });

  it("are added and retired without a change of any object's owner or rows", async () => {
    const auditor = { name: "auditor", tables: ["SELECT"] };
    await database.apply({ roles: [auditor] });
    await migrate(FOLDER);
    assert.equal(await may("auditor", "notes", "SELECT"), true);
    await database.apply({ roles: [{ ...auditor, retired: true }] });
    assert.equal(await may("auditor", "notes", "SELECT"), false);
    const { rows } = await root.query("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'auditor'");
    assert.deepEqual(rows, [{ rolcanlogin: false }]);
    await migrate(LATER);
    assert.equal(await may("auditor", "tags", "SELECT"), false);
    assert.deepEqual((await database.apply({ roles: [{ ...auditor, retired: true }] })).differences, []);
    await root.query("DROP OWNED BY auditor");
  });

  it("wait for a deploy that is under way", async () => {
    await database.apply();
    await migrate(FOLDER);
    await root.query("REVOKE SELECT ON notes FROM app_service");
    const deployer = await database.superuser();
    await deployer.query("SELECT pg_advisory_lock(-2809525652527180760)");
    const waiting = database.apply();
    const first = await Promise.race([
      waiting.then(() => "done"),
      new Promise((resolve) => setTimeout(resolve, 400, "waits")),
    ]);
    assert.equal(first, "waits");
    await deployer.end();
    await waiting;
    assert.equal(await may("app_service", "notes", "SELECT"), true);
  });

  it("let the migrator see who holds a lock and since when, so that a deploy stalls nobody", async () => {
    await database.apply();
    await migrate(FOLDER);
    const [service, login] = await Promise.all([database.login("app_service"), database.login("app_migrator")]);
    const { password } = login as unknown as { password: string };
    await login.end();
    const at = { host: server.host, port: server.port, database: database.name, user: "app_migrator", password };
    const session = await pgSessions({ ...at, ownerRole: "app_owner" }).open("migrate");
    try {
      await service.query("BEGIN; SELECT FROM notes");
      const [holder] = await findHolders(session, await findLockedRelations(session, ["notes"]));
      assert.equal(holder?.user, "app_service");
      assert.equal(typeof holder?.ageMs, "number");
    } finally {
      await session.close();
      await service.end();
    }
  });

  it("refuse with the statement that the login may not run, and keep nothing of it", async () => {
    await root.query("CREATE ROLE app_owner");
    await assert.rejects(database.apply(), (error: { code?: string; message: string; details?: { next?: string } }) => {
      assert.equal(error.code, "permission_denied");
      assert.match(error.message, /may not run .*app_owner/);
      return true;
    });
    const { rows } = await root.query("SELECT FROM pg_roles WHERE rolname = 'app_service'");
    assert.deepEqual(rows, []);
  });
});
