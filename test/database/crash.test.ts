import assert from "node:assert/strict";
import { HoldfastError } from "../../engine/core/errors.js";
import { ConnectionLost } from "../../engine/core/ports.js";
import { startCuttingProxy, type Cut, type Direction } from "../support/cutting-proxy.js";
import { pictureOf } from "../support/database-picture.js";
import { atKillPoint, deploy, OWNER_ROLE, recordProgress, type Folder } from "../support/engine.js";
import { createDatabase, startTestServer, type TestDatabase } from "../support/postgres.js";
import { until } from "../support/until.js";

const BASE: Folder = { "0001_create_base.sql": "CREATE TABLE base (n int);" };
/** Rows that double, should a file run twice. */
const SHORT: Folder = {
  ...BASE,
  "0002_create_probe.sql":
    "CREATE TABLE probe (n int);\nINSERT INTO probe VALUES (1);\n-- @verify\nSELECT count(*) = 1 FROM probe;",
  "0003_double_probe.sql":
    "DO $$ BEGIN INSERT INTO probe SELECT n + 1 FROM probe; END $$;\n-- @verify\nSELECT count(*) = 2 FROM probe;",
};
const TABLES = ["base", "probe"];
/** Back to where BASE was deployed and nothing more. */
const UNDO = `DROP TABLE IF EXISTS probe; DELETE FROM schema_migrations WHERE version <> '0001';
  DELETE FROM system_versions WHERE version <> '1.0.0'; DELETE FROM holdfast.runs;`;

async function inDatabase<T>(work: (database: TestDatabase) => Promise<T>): Promise<T> {
  const database = await createDatabase({ ownerRole: OWNER_ROLE });
  try {
    await deploy(database, BASE);
    return await work(database);
  } finally {
    await database.drop();
  }
}

const upgrade = { release: "1.1.0" };

function undisturbedPicture(): Promise<unknown> {
  return inDatabase(async (database) => {
    await deploy(database, SHORT, upgrade);
    return pictureOf(database, TABLES);
  });
}

describe("a deploy that is cut off", () => {
  for (const direction of ["to-server", "to-client"] as const satisfies readonly Direction[]) {
    it(`after any message ${direction}: the next one converges to the state of an undisturbed run`, async function () {
      this.timeout(300_000);
      const undisturbed = await undisturbedPicture();
      await inDatabase(async (database) => {
        const client = await database.client();
        /** One run through the proxy, then one without it. */
        const cutAfter = async (cut?: Cut): Promise<number> => {
          await client.query(UNDO);
          const proxy = await startCuttingProxy(database, cut);
          const through = { ...upgrade, connection: { port: proxy.port }, policy: { reconnectMs: 0 } };
          await runOrLoseConnection(deploy(database, SHORT, through));
          await proxy.stop();
          await deploy(database, SHORT, upgrade);
          assert.deepEqual(await pictureOf(database, TABLES), undisturbed, `cut after ${cut?.after} messages`);
          return proxy.seen[direction];
        };
        const messages = await cutAfter();
        assert.ok(messages > 50);
        for (let after = 1; after <= messages; after++) await cutAfter({ direction, after });
        await client.end();
      });
    });
  }
});

/** The one way a cut run may end other than well. */
async function runOrLoseConnection(run: Promise<unknown>): Promise<void> {
  try {
    await run;
  } catch (error) {
    if (error instanceof ConnectionLost) throw new Error("a lost connection reached the user untranslated");
    if (!(error instanceof HoldfastError) || error.code !== "connection_failed") throw error;
  }
}

describe("a deploy whose connection is lost", () => {
  it("goes on by itself: it connects again, takes the lock again and looks at what was done", async () => {
    await inDatabase(async (database) => {
      const client = await database.client();
      const { events, progress } = recordProgress();
      let isCut = false;
      const world = atKillPoint("file-committed", () => {
        if (isCut) return;
        isCut = true;
        void client.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holdfast migrate' AND datname = current_database()",
        );
      });
      const result = await deploy(database, SHORT, { ...upgrade, world, progress });
      await client.end();
      assert.deepEqual(
        result.ran.map(({ version, state }) => [version, state]),
        [
          ["0002", "applied"],
          ["0003", "applied"],
        ],
      );
      assert.ok(events.some((event) => event.kind === "note" && /connecting again/.test(event.message)));
    });
  });

  it("goes on when the server itself crashes and comes back", async () => {
    const server = await startTestServer({ settings: {} });
    try {
      const database = await server.createDatabase({ ownerRole: OWNER_ROLE });
      const client = await database.client();
      const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
      let isKilled = false;
      const world = atKillPoint("file-committed", () => {
        // The postmaster ends every session and recovers when one of them is killed.
        if (!isKilled) process.kill(rows[0]!.pid, "SIGKILL");
        isKilled = true;
      });
      const result = await deploy(database, SHORT, { world });
      assert.equal(result.ran.length, 3);
      await until("the first client has lost its connection", () =>
        client.query("SELECT 1").then(
          () => false,
          () => true,
        ),
      );
      const again = await database.client();
      const count = await again.query<{ n: number }>("SELECT count(*)::int AS n FROM probe");
      assert.equal(count.rows[0]?.n, 2);
      await again.end();
    } finally {
      await server.stop();
    }
  });
});
