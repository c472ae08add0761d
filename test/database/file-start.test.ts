import assert from "node:assert/strict";
import type { Client } from "pg";
import type { KillPoint } from "../../engine/core/kill-points.js";
import type { RunResult, World } from "../../engine/core/run.js";
import { countingSessions } from "../support/counting-sessions.js";
import { atKillPoint, deploy, OWNER_ROLE, recordedBackups, type Folder, type TestRequest } from "../support/engine.js";
import { migrationFile } from "../support/migration-file.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

const NOTE = "INSERT INTO effects (version) VALUES";
const BASE: Folder = {
  "0001_create_effects.sql": `CREATE TABLE effects (version text, xid xid DEFAULT pg_current_xact_id()::xid);
${NOTE} ('0001');
CREATE TABLE orders (id int PRIMARY KEY, total int, by_xid xid);
INSERT INTO orders (id) SELECT generate_series(1, 3000);`,
};
/** One file of each kind that is no contract. */
const KINDS: Folder = {
  ...BASE,
  "0002_note_in_pipeline.sql": `${NOTE} ('0002');`,
  "0003_forget_settings.sql": `${NOTE} ('0003');\nSET work_mem = '8MB';\nRESET ALL;\nSET ROLE NONE;\nDISCARD PLANS;`,
  "0004_fold.sql": `DO $$ BEGIN INSERT INTO public.effects (version) VALUES ('0004'); RESET ALL; END $$;`,
  "0005_index_orders.sql": `${NOTE} ('0005');\nCREATE INDEX CONCURRENTLY orders_total ON orders (total);\n${NOTE} ('0005');`,
  "0006_fill_orders.sql": `-- @phase backfill
-- @batch table=orders key=id size=1000
UPDATE orders SET total = id, by_xid = pg_current_xact_id()::xid WHERE id BETWEEN :from AND :to;`,
  "0007_lock_orders.sql": `ALTER TABLE orders ADD COLUMN status text;\n${NOTE} ('0007');`,
};
const DROP = "-- @phase contract\n-- @closes 0007\nALTER TABLE orders DROP COLUMN total;\n";
const CONTRACT: Folder = { ...KINDS, "0008_drop_orders_total.sql": DROP };

interface FileStart {
  readonly started_at: string | null;
  readonly started_lsn: string | null;
  readonly backup_id: string | null;
}
const NOWHERE: FileStart = { started_at: null, started_lsn: null, backup_id: null };

const killedAt = (point: KillPoint): Partial<World> =>
  atKillPoint(point, () => {
    throw new Error("killed");
  });

describe("where a file began", () => {
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

  const startOf = async (version: string): Promise<FileStart | undefined> => {
    const { rows } = await client.query<FileStart>(
      "SELECT started_at::text, started_lsn::text, backup_id FROM schema_migrations WHERE version = $1",
      [version],
    );
    return rows[0];
  };
  const runContract = (request: TestRequest = {}): Promise<RunResult> => {
    const [name = "", text = ""] = Object.entries(CONTRACT).at(-1) ?? [];
    const { checksum } = migrationFile(name, text);
    return deploy(database, CONTRACT, {
      release: "1.1.0",
      approvals: [{ version: "0008", checksum, by: "ada" }],
      ...request,
    });
  };

  interface Placed {
    readonly version: string;
    /** Every record of the file lies at its start or behind it, and before the next file's. */
    readonly is_before_own: boolean;
    readonly is_before_next: boolean;
    /** The same by the clock: the instants of its commits. */
    readonly is_in_time: boolean;
  }

  /** By the records of the WAL itself, which know the transactions that wrote them. */
  const places = async (): Promise<Placed[]> => {
    await client.query("CREATE EXTENSION pg_walinspect");
    // Flushed, whatever the server makes of commits.
    await client.query("SELECT pg_logical_emit_message(false, 'test', 'read on', true)");
    const { rows } = await client.query<Placed>(`
      WITH starts AS (SELECT version, started_at, started_lsn, lead(started_lsn) OVER (ORDER BY version) AS next_lsn,
          lead(started_at) OVER (ORDER BY version) AS next_at FROM schema_migrations),
        done AS (SELECT version, xid FROM effects UNION SELECT '0006', by_xid FROM orders WHERE by_xid IS NOT NULL
          UNION SELECT version, xmin FROM holdfast.contracts),
        wal AS MATERIALIZED (SELECT start_lsn, xid,
            CASE WHEN record_type = 'COMMIT' THEN split_part(description, ';', 1)::timestamptz END AS committed_at
          FROM pg_get_wal_records_info((SELECT min(started_lsn) - 100000 FROM starts), pg_current_wal_flush_lsn()))
      SELECT version, min(start_lsn) >= started_lsn AS is_before_own,
        coalesce(max(start_lsn) < next_lsn, next_lsn IS NULL) AS is_before_next,
        min(committed_at) > started_at AND coalesce(max(committed_at) < next_at, next_at IS NULL) AS is_in_time
      FROM starts JOIN done USING (version) JOIN wal USING (xid) GROUP BY version, started_lsn, next_lsn, started_at, next_at ORDER BY version`);
    return rows;
  };
  const placed = (version: string): Placed => ({
    version,
    is_before_own: true,
    is_before_next: true,
    is_in_time: true,
  });

  it("lies behind all that the file before it did, and before anything of its own, for a file of each kind", async () => {
    await deploy(database, KINDS);
    await runContract({ policy: { soakMs: 3_600_000 } });
    assert.deepEqual(
      await places(),
      Object.keys(CONTRACT).map((name) => placed(name.slice(0, 4))),
    );
  });

  it("is its own for each of 250 files that go out in one message", async () => {
    const names = Array.from({ length: 250 }, (_, index) => String(index + 2).padStart(4, "0"));
    await deploy(database, {
      ...BASE,
      ...Object.fromEntries(names.map((name) => [`${name}_note.sql`, `${NOTE} ('${name}');`])),
    });
    assert.deepEqual(await places(), ["0001", ...names].map(placed));
  });

  it("names the backup that was taken before the batch the file belongs to", async () => {
    const backup = recordedBackups();
    await deploy(database, BASE, { world: { backup } });
    await deploy(database, KINDS, { world: { backup } });
    const { rows } = await client.query<{ id: string; files: string }>(
      "SELECT backup_id AS id, count(*) AS files FROM schema_migrations GROUP BY backup_id ORDER BY backup_id",
    );
    assert.deepEqual(rows, [
      { id: "backup-1", files: "1" },
      { id: "backup-2", files: "6" },
    ]);
    assert.equal((await startOf("0006"))?.backup_id, "backup-2");
    const without = { "0100_create_t.sql": "CREATE TABLE t (id int);" };
    const noBackup = { backup: undefined } as unknown as Partial<World>;
    await deploy(database, { ...KINDS, ...without }, { world: noBackup, noBackupBecause: "a test" });
    assert.equal((await startOf("0100"))?.backup_id, null);
  });

  it("stays where the first batch began when a backfill goes on, and is taken anew where none was done", async () => {
    await deploy(database, BASE);
    const { "0006_fill_orders.sql": fill = "" } = KINDS;
    const files = { ...BASE, "0002_fill_orders.sql": fill };
    await assert.rejects(deploy(database, files, { world: killedAt("backfill-file-started") }), /killed/);
    const untouched = await startOf("0002");
    await assert.rejects(deploy(database, files, { world: killedAt("backfill-batch-committed") }), /killed/);
    const first = await startOf("0002");
    assert.notEqual(first?.started_at, untouched?.started_at, "no row was touched before");
    await deploy(database, files);
    assert.deepEqual(await startOf("0002"), first);
  });

  it("stays where the first statement began when a file outside a transaction goes on", async () => {
    await deploy(database, BASE);
    const files = { ...BASE, "0002_index.sql": KINDS["0005_index_orders.sql"] ?? "" };
    await assert.rejects(deploy(database, files, { world: killedAt("outside-statement-finished") }), /killed/);
    const first = await startOf("0002");
    await deploy(database, files);
    assert.deepEqual(await startOf("0002"), first);
  });

  it("of a contract is that of its retiring: while it is held there is none, and its purge changes nothing", async () => {
    await deploy(database, KINDS);
    await deploy(database, CONTRACT);
    assert.deepEqual(await startOf("0008"), NOWHERE);
    await runContract();
    const retired = await startOf("0008");
    assert.match(retired?.started_lsn ?? "", /^[0-9A-F]+\/[0-9A-F]+$/);
    const { purged } = await deploy(database, CONTRACT, { release: "1.2.0" });
    assert.deepEqual(purged, ["0008"]);
    assert.deepEqual(await startOf("0008"), retired);
  });

  it("is an instant alone on a server that does not tell its position", async () => {
    await client.query("REVOKE EXECUTE ON FUNCTION pg_current_wal_insert_lsn() FROM PUBLIC");
    await deploy(database, KINDS);
    await runContract();
    const { rows } = await client.query(
      "SELECT count(started_at)::int AS instants, count(started_lsn)::int AS positions, count(*)::int AS files FROM schema_migrations",
    );
    assert.deepEqual(rows, [{ instants: 8, positions: 0, files: 8 }]);
  });

  it("takes no further query where nothing is to be done on a database that has no column for it yet, and one is made with the next file", async () => {
    await deploy(database, BASE);
    await client.query(
      "ALTER TABLE schema_migrations DROP COLUMN started_at, DROP COLUMN started_lsn, DROP COLUMN backup_id",
    );
    await client.query(
      "DROP TABLE holdfast.file_start; COMMENT ON SCHEMA holdfast IS 'Private tables of Holdfast, layout of before'",
    );
    const { sessions, count } = countingSessions(database);
    await deploy(database, BASE, { world: { sessions } });
    assert.equal(count(), 1);
    await deploy(database, KINDS);
    assert.deepEqual(await startOf("0001"), NOWHERE);
    assert.notEqual((await startOf("0003"))?.started_lsn, null);
  });
});
