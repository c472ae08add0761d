import assert from "node:assert/strict";
import type { Client } from "pg";
import {
  atKillPoint,
  deploy,
  openSession,
  OWNER_ROLE,
  recordProgress,
  refusalOf,
  type Folder,
} from "../support/engine.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

const RUNS = 20;
/** Each file leaves one row behind for each time it runs. */
const FOLDER: Folder = {
  "0001_create_marks.sql": "CREATE TABLE marks (file text);",
  "0002_mark.sql": "INSERT INTO marks VALUES ('0002');",
  "0003_mark_alone.sql": "DO $$ BEGIN INSERT INTO marks VALUES ('0003'); END $$;",
  "0004_index_marks.sql": "CREATE INDEX CONCURRENTLY marks_file_idx ON marks (file);",
  "0005_mark.sql":
    "INSERT INTO marks VALUES ('0005');\n-- @verify\nSELECT count(*) = 1 FROM marks WHERE file = '0005';",
};

describe("deploys at the same time", () => {
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

  it(`${RUNS} of them end well, and each file ran once`, async () => {
    const results = await Promise.all(Array.from({ length: RUNS }, () => deploy(database, FOLDER)));
    assert.deepEqual(results.map(({ ran }) => ran.length).sort(), [...Array<number>(RUNS - 1).fill(0), 5]);
    assert.equal(results.filter(({ backup }) => backup !== null).length, 1);
    const { rows } = await client.query<{ file: string }>("SELECT file FROM marks ORDER BY file");
    assert.deepEqual(
      rows.map(({ file }) => file),
      ["0002", "0003", "0005"],
    );
    const { rows: releases } = await client.query("SELECT version FROM system_versions");
    assert.equal(releases.length, 1);
  });

  it("the second waits for the first, says for whom, and finds nothing to do", async () => {
    const { events, progress } = recordProgress();
    let second: Promise<unknown> = Promise.resolve();
    const world = atKillPoint("lock-taken", () => {
      second = deploy(database, FOLDER, { progress });
    });
    const first = await deploy(database, FOLDER, { world });
    assert.equal(first.ran.length, 5);
    assert.deepEqual(((await second) as typeof first).ran, []);
    const waits = events.filter((event) => event.kind === "waiting-for-deploy");
    assert.match(waits[0]?.kind === "waiting-for-deploy" ? waits[0].holder : "", /holdfast migrate/);
  });

  it("the second gives up when the first takes too long, and names it", async () => {
    const session = await openSession(database);
    await session.query("SELECT pg_advisory_lock((-2809525652527180760)::bigint)");
    const error = await refusalOf(deploy(database, FOLDER, { policy: { deployWaitMs: 150 } }));
    await session.close();
    assert.deepEqual([error.code, error.exitCode], ["lock_not_acquired", 4]);
    assert.match(error.message, new RegExp(`session ${session.pid}`));
  });

  it("no lock is left behind, whether a run fails or ends well", async () => {
    const broken = { ...FOLDER, "0002_mark.sql": "SELECT 1 / 0;" };
    await refusalOf(deploy(database, broken));
    const isFree = async (): Promise<boolean> => {
      const { rows } = await client.query<{ n: string }>(
        "SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
      );
      return rows[0]?.n === "0";
    };
    assert.ok(await isFree());
    await deploy(database, FOLDER);
    assert.ok(await isFree());
  });

  it("a run takes no lock at all when nothing is to be done", async () => {
    await deploy(database, FOLDER);
    const session = await openSession(database);
    await session.query("SELECT pg_advisory_lock((-2809525652527180760)::bigint)");
    const result = await deploy(database, FOLDER, { policy: { deployWaitMs: 0 } });
    await session.close();
    assert.deepEqual(result.ran, []);
  });
});
