import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dumpBackups } from "../../engine/adapters/dump/dump-backups.js";
import { restoreDump } from "../../engine/adapters/dump/restore-dump.js";
import { listCatalogue, catalogueFolder, type CatalogueName } from "../../engine/adapters/backup/catalogue-folder.js";
import { findLocalInstance } from "../../engine/adapters/local/instance-file.js";
import { inspectThrowAway } from "../../engine/bind-inspection.js";
import { asDump, type DumpEntry } from "../../engine/core/dump-entry.js";
import type { ConnectionSettings } from "../../engine/core/connection-settings.js";
import type { ProgressEvent } from "../../engine/core/ports.js";
import { REQUEST } from "../support/backups.js";
import { connectLocal, createDataRoot, type TestDataRoot } from "../support/data-root.js";
import { refusalOf } from "../support/engine.js";
import { clientPrograms, startPostgres16 } from "../support/other-postgres.js";
import type { TestDatabase, TestServer } from "../support/postgres.js";

const SCHEMA = `
  CREATE ROLE shop_owner; CREATE ROLE shop_app;
  CREATE TABLE public.settings (id int, key text, value text);
  INSERT INTO settings VALUES (1, 'holdfast.environment', 'staging');
  CREATE TABLE orders (id bigint PRIMARY KEY, note text);
  ALTER TABLE orders OWNER TO shop_owner;
  GRANT SELECT ON orders TO shop_app;
  CREATE POLICY own ON orders TO shop_app USING (true);
  INSERT INTO orders SELECT n, 'note ' || n FROM generate_series(1, 3000) n;
  CREATE VIEW recent AS SELECT * FROM orders WHERE id > 2900;
  CREATE TABLE "Odd ""Name" (v int); INSERT INTO "Odd ""Name" VALUES (1);`;

describe("a restore of a dump", function () {
  this.timeout(180_000);
  let server: TestServer;
  let database: TestDatabase;
  let root: TestDataRoot;
  let name: CatalogueName;
  let events: ProgressEvent[];
  const path = process.env["PATH"];

  before(async () => {
    process.env["PATH"] = `${await clientPrograms(16)}:${path ?? ""}`;
    server = await startPostgres16();
    const client = await server.client();
    await client.query("CREATE ROLE small LOGIN PASSWORD 'small'");
    await client.end();
  });
  after(async () => {
    process.env["PATH"] = path;
    await server.stop();
  });
  beforeEach(async () => {
    root = await createDataRoot();
    database = await server.createDatabase();
    const client = await database.client();
    await client.query(SCHEMA);
    await client.end();
    name = { root: root.path, project: "shop", instance: "staging" };
    events = [];
  });
  afterEach(async () => {
    const client = await database.client();
    await client.query("DROP OWNED BY shop_owner, shop_app CASCADE; DROP ROLE shop_owner, shop_app");
    await client.end();
    await database.drop();
    await root.remove();
  });

  const settings = (changes: Partial<ConnectionSettings> = {}): ConnectionSettings => {
    const { host, port, user, password } = database;
    return { host, port, user, password, database: database.name, ...changes };
  };
  const watching = () => ({
    progress: (event: ProgressEvent) => events.push(event),
    signal: new AbortController().signal,
  });
  const backups = () =>
    dumpBackups({
      ...{ connection: settings(), name, environment: "staging", killPoint: () => undefined, now: () => new Date() },
      ...watching(),
      inspect: inspectThrowAway({ isThorough: true, ...watching() }),
    });
  const take = async (): Promise<DumpEntry> => {
    await backups().take(REQUEST);
    const [entry] = (await listCatalogue(catalogueFolder(name))).entries;
    assert.ok(entry !== undefined);
    return asDump(entry);
  };
  const restore = async (as: string, from?: ConnectionSettings) =>
    restoreDump({ ...watching(), name, as, entry: await take(), target: { kind: "backup" }, server: from });

  it("makes a second database beside the first, on the same server, with its owners, rights, policies and statistics", async () => {
    const restored = await restore("staging_before", settings());
    assert.deepEqual([restored.connection.host, restored.connection.database], [database.host, "staging_before"]);
    const client = await server.client("staging_before");
    try {
      const { rows } = await client.query<Record<string, unknown>>(`
        SELECT (SELECT count(*) FROM orders) AS orders, (SELECT value FROM settings) AS environment,
          pg_get_userbyid(relowner) AS owner, has_table_privilege('shop_app', 'orders', 'SELECT') AS may, reltuples
        FROM pg_class WHERE relname = 'orders'`);
      const owner = { owner: "shop_owner", may: true, reltuples: 3000 };
      assert.deepEqual(rows, [{ orders: "3000", environment: "staging_before", ...owner }]);
      const { rows: policies } = await client.query("SELECT roles FROM pg_policies");
      assert.deepEqual(policies, [{ roles: "{shop_app}" }]);
    } finally {
      await client.end();
      await dropBeside("staging_before");
    }
  });

  it("becomes an embedded instance where who logs in may not make databases, and says why", async () => {
    const restored = await restore("staging-before", settings({ user: "small", password: "small" }));
    assert.match(notes(), /small may not make databases on .* embedded database of this machine/);
    const instance = await findLocalInstance({ ...name, name: "staging-before" });
    assert.ok(instance !== undefined);
    assert.equal(restored.resourceId, instance.resourceId);
    const client = await connectLocal(instance);
    try {
      const { rows } = await client.query<Record<string, unknown>>(
        "SELECT relname, pg_get_userbyid(relowner) AS owner FROM pg_class WHERE relkind IN ('r', 'v') AND relnamespace = 'public'::regnamespace ORDER BY 1",
      );
      assert.deepEqual(new Set(rows.map(({ owner }) => owner)), new Set(["app_owner"]));
      const { rows: counted } = await client.query("SELECT count(*) AS n FROM orders");
      assert.deepEqual(counted, [{ n: "3000" }]);
      const { rows: left } = await client.query("SELECT FROM pg_roles WHERE rolname = 'holdfast_loader'");
      assert.equal(left.length, 0);
    } finally {
      await client.end();
    }
  });

  it("becomes an embedded instance where the server is gone", async () => {
    await restore("saved", settings({ port: 1 }));
    assert.match(notes(), /cannot be reached/);
    assert.ok((await findLocalInstance({ ...name, name: "saved" })) !== undefined);
  });

  it("never goes over a database that is there", async () => {
    const refused = await refusalOf(restore(database.name, settings()));
    assert.match(refused.message, /is there already/);
    const client = await database.client();
    const { rows } = await client.query("SELECT count(*) AS n FROM orders");
    await client.end();
    assert.deepEqual(rows, [{ n: "3000" }]);
  });

  it("leaves no database behind when it fails", async () => {
    const entry = await take();
    const [file] = entry.manifest.dump.files;
    writeFileSync(join(entry.path, "dump", file?.name ?? ""), "changed");
    const work = { ...watching(), name, entry, target: { kind: "backup" } as const };
    const refused = await refusalOf(restoreDump({ ...work, as: "broken", server: settings() }));
    assert.equal(refused.code, "backup_damaged");
    const client = await server.client();
    const { rows } = await client.query("SELECT FROM pg_database WHERE datname = 'broken'");
    await client.end();
    assert.equal(rows.length, 0);
    assert.equal((await refusalOf(restoreDump({ ...work, as: "broken" }))).code, "backup_damaged");
    assert.deepEqual(readdirSync(join(root.path, "shop")), ["backups"]);
  });

  it("is proven by a drill on a throw-away server of another version, roles and all", async () => {
    const entry = await take();
    const provenAt = await backups().drill(entry);
    assert.deepEqual(await backups().lastProvenAt(), provenAt);
  });

  it("is not proven by a drill where the server has an extension that the embedded one lacks", async () => {
    const client = await database.client();
    await client.query("CREATE EXTENSION vector; CREATE TABLE embeddings (v vector(3))");
    await client.end();
    const refused = await refusalOf(backups().drill(await take()));
    assert.equal(refused.code, "drill_failed");
    assert.match(`${refused.message} ${refused.details.hint ?? ""}`, /extension "vector" is not available/);
  });

  function notes(): string {
    return events.flatMap((event) => (event.kind === "note" ? [event.message] : [])).join("\n");
  }

  async function dropBeside(beside: string): Promise<void> {
    const client = await server.client();
    await client.query(`DROP DATABASE ${beside} WITH (FORCE)`);
    await client.end();
  }
});
