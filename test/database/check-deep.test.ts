import assert from "node:assert/strict";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "pg";
import { pgSessions } from "../../engine/adapters/pg-session.js";
import type { Session } from "../../engine/core/ports.js";
import type { ProgressEvent } from "../../engine/core/ports.js";
import { lookDeep, type DeepReport } from "../../engine/steps/check/look-deep.js";
import { startTestServer, type TestDatabase, type TestServer } from "../support/postgres.js";

/** Never shared: its files are damaged. */
const SETTINGS = { autovacuum: "off", fsync: "off" };

describe("a deep check", function () {
  this.timeout(120_000);
  let server: TestServer;
  let database: TestDatabase;
  let client: Client;
  let session: Session;
  let events: ProgressEvent[];

  const look = (): Promise<DeepReport> => {
    events = [];
    return lookDeep({
      ...{ session, limitMs: 60_000, progress: (event) => events.push(event) },
      signal: new AbortController().signal,
    });
  };
  const told = ({ findings }: DeepReport) => findings.map(({ about, level, subject }) => [about, level, subject]);
  const login = (user: string, password: string) => {
    const { host, port, name } = database;
    return pgSessions({ host, port, user, password, database: name }).open("read-only");
  };

  before(async () => {
    server = await startTestServer({ settings: SETTINGS });
  });
  beforeEach(async () => {
    database = await server.createDatabase();
    client = await database.client();
    await client.query(`
      CREATE TABLE users (id serial PRIMARY KEY, mail text UNIQUE);
      INSERT INTO users (mail) SELECT 'user' || each FROM generate_series(1, 2000) AS each;
      CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "user, id" int REFERENCES users);
      INSERT INTO orders ("user, id") SELECT each FROM generate_series(1, 2000) AS each;
      ANALYZE`);
    session = await login(server.user, server.password);
  });
  afterEach(async () => {
    await session.close();
    await client.end();
    await database.drop();
  });
  after(() => server.stop());

  it("finds nothing in a sound database, tells what it looked at, and leaves nothing", async () => {
    const report = await look();
    assert.deepEqual(report.findings, []);
    assert.ok(report.indexes > 100 && report.tables > 60, `${report.indexes} indexes, ${report.tables} tables`);
    assert.deepEqual([report.foreignKeys, report.rowsSampled, report.sequences], [1, 2000, 2]);
    const subjects = events.flatMap((event) => (event.kind === "check" ? [event.subject] : []));
    assert.ok(
      ["public.users", "public.users_pkey", "orders_user, id_fkey"].every(
        (one) => subjects.includes(one) || subjects.includes(`"${one}"`),
      ),
    );
    const { rows } = await client.query(
      "SELECT (SELECT count(*) FROM pg_extension WHERE extname = 'amcheck') AS extensions, (SELECT count(*) FROM pg_locks WHERE pid = $1 AND locktype = 'relation') AS locks",
      [session.pid],
    );
    assert.deepEqual(rows, [{ extensions: "0", locks: "0" }]);
  });

  it("uses amcheck where it is installed, and keeps it", async () => {
    await client.query("CREATE EXTENSION amcheck");
    assert.deepEqual((await look()).findings, []);
    const { rows } = await client.query("SELECT extname FROM pg_extension WHERE extname = 'amcheck'");
    assert.equal(rows.length, 1);
  });

  it("finds an index that lacks rows of its table", async () => {
    // As after a restore on a machine that sorts otherwise, or a lost page of the index.
    await client.query("UPDATE pg_index SET indisready = false WHERE indexrelid = 'users_mail_key'::regclass");
    await client.query("INSERT INTO users (mail) VALUES ('unseen')");
    await client.query("UPDATE pg_index SET indisready = true WHERE indexrelid = 'users_mail_key'::regclass");
    const report = await look();
    assert.deepEqual(told(report), [["index", "fault", "index public.users_mail_key"]]);
    assert.match(report.findings[0]!.message, /does not fit its table: .*lacks matching index tuple/);
    assert.match(report.findings[0]!.next, /REINDEX INDEX CONCURRENTLY public\.users_mail_key/);
  });

  it("finds a page that cannot be read, in a table and in what it keeps out of line", async () => {
    await client.query("CREATE TABLE notes (body text); ALTER TABLE notes ALTER body SET STORAGE EXTERNAL");
    await client.query("INSERT INTO notes SELECT repeat('n', 20000) FROM generate_series(1, 20)");
    await client.query("CHECKPOINT");
    await breakPage("users");
    await breakPage(
      (
        await client.query<{ name: string }>(
          "SELECT reltoastrelid::regclass::text AS name FROM pg_class WHERE relname = 'notes'",
        )
      ).rows[0]!.name,
    );
    const report = await look();
    const unreadable = report.findings.filter(({ about }) => about === "data").map(({ message }) => message);
    assert.ok(
      unreadable.some((message) => /^Table public\.users cannot be read whole: .*invalid page in block/.test(message)),
      unreadable.join("\n"),
    );
    assert.ok(
      unreadable.some((message) => /^What table public\.notes keeps out of line .* cannot be read whole/.test(message)),
    );
    assert.ok(report.tables > 50, "the other tables are read all the same");
  });

  /** The second page on the disk, while no copy of it is in memory. */
  async function breakPage(relation: string): Promise<void> {
    const { rows } = await client.query<{ path: string }>("SELECT pg_relation_filepath($1) AS path", [relation]);
    await client.query("CREATE EXTENSION IF NOT EXISTS pg_buffercache");
    await client.query(
      "SELECT pg_buffercache_evict(bufferid) FROM pg_buffercache WHERE relfilenode = pg_relation_filenode($1)",
      [relation],
    );
    const file = openSync(join(server.dataDirectory, rows[0]!.path), "r+");
    writeSync(file, Buffer.from("damaged"), 0, 7, 8192 + 5000);
    closeSync(file);
  }

  it("finds rows whose foreign key leads nowhere, however they came in, and says how many it looked at", async () => {
    await client.query(
      `SET session_replication_role = replica; DELETE FROM users WHERE id <= 7; RESET session_replication_role`,
    );
    const report = await look();
    assert.deepEqual(told(report), [["reference", "fault", `constraint "orders_user, id_fkey" on orders`]]);
    assert.match(report.findings[0]!.message, /^7 of 2000 rows looked at in orders reference nothing in users/);
    const [query = ""] = /SELECT \*[^;]+/.exec(report.findings[0]!.next) ?? [];
    assert.equal((await client.query(query)).rowCount, 7, "the query it names shows them");
  });

  it("only warns where the constraint was never validated", async () => {
    await client.query(`ALTER TABLE orders DROP CONSTRAINT "orders_user, id_fkey"; DELETE FROM users WHERE id <= 7`);
    await client.query(`ALTER TABLE orders ADD CONSTRAINT "to" FOREIGN KEY ("user, id") REFERENCES users NOT VALID`);
    assert.deepEqual(told(await look()), [["reference", "warning", `constraint "to" on orders`]]);
  });

  it("looks at a sample of a large table", async () => {
    await client.query(
      `INSERT INTO orders ("user, id") SELECT 1 + each % 2000 FROM generate_series(1, 100000) AS each; ANALYZE orders`,
    );
    const { rowsSampled, findings } = await look();
    assert.deepEqual(findings, []);
    assert.ok(rowsSampled > 1000 && rowsSampled <= 10_000, `${rowsSampled} rows`);
  });

  it("finds a sequence that gives numbers which are taken", async () => {
    await client.query("INSERT INTO users (id, mail) VALUES (5000, 'loaded')");
    await client.query("INSERT INTO orders (id) OVERRIDING SYSTEM VALUE VALUES (9000)");
    const report = await look();
    assert.deepEqual(told(report), [
      ["sequence", "fault", "sequence public.orders_id_seq"],
      ["sequence", "fault", "sequence public.users_id_seq"],
    ]);
    for (const { next } of report.findings) await client.query(next);
    assert.deepEqual((await look()).findings, [], "what it says to do helps");
  });

  it("says what it could not look at, where the login may not", async () => {
    await client.query("CREATE ROLE onlooker LOGIN PASSWORD 'x'; GRANT SELECT ON users TO onlooker");
    await session.close();
    session = await login("onlooker", "x");
    const report = await look();
    assert.deepEqual(
      report.findings.map(({ about, level }) => [about, level]).filter(([, level]) => level === "fault"),
      [],
    );
    const messages = report.findings.map(({ message }) => message).join("\n");
    assert.match(messages, /The indexes were not compared with their tables: permission denied/);
    assert.match(messages, /\d+ tables were not read: this login may not/);
    await session.close();
    session = await login(server.user, server.password);
    await client.query("DROP OWNED BY onlooker; DROP ROLE onlooker");
  });
});
