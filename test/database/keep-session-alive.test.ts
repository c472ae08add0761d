import assert from "node:assert/strict";
import { systemClock } from "../../engine/adapters/system-clock.js";
import { whileKeptAlive } from "../../engine/keep-session-alive.js";
import { openSession, OWNER_ROLE } from "../support/engine.js";
import { createDatabase } from "../support/postgres.js";
import { until } from "../support/until.js";

describe("the lock's session", () => {
  it("is asked something now and then while a long backup is waited for", async () => {
    const database = await createDatabase({ ownerRole: OWNER_ROLE });
    const session = await openSession(database);
    const watcher = await database.client();
    try {
      const lastQuery = async (): Promise<string> => {
        const sql = "SELECT query || query_start AS q FROM pg_stat_activity WHERE pid = $1";
        return (await watcher.query<{ q: string }>(sql, [session.pid])).rows[0]?.q ?? "";
      };
      await session.query("SELECT 2");
      await whileKeptAlive(
        { session, clock: systemClock },
        async () => {
          await until("it was asked", async () => (await lastQuery()).startsWith("SELECT 1"));
          const before = await lastQuery();
          await until("it was asked again", async () => (await lastQuery()) !== before);
        },
        10,
      );
      assert.deepEqual(await session.query("SELECT 3 AS n"), [{ n: "3" }]);
    } finally {
      await session.close();
      await watcher.end();
      await database.drop();
    }
  });

  it("that is lost meanwhile does not lose the backup: whoever uses it next hears of it", async () => {
    const database = await createDatabase({ ownerRole: OWNER_ROLE });
    const session = await openSession(database);
    try {
      await session.query("SELECT 1");
      const kept = await whileKeptAlive(
        { session, clock: systemClock },
        async () => {
          const killer = await database.client();
          await killer.query("SELECT pg_terminate_backend($1)", [session.pid]);
          await killer.end();
          return "kept";
        },
        1,
      );
      assert.equal(kept, "kept");
      await assert.rejects(session.query("SELECT 1"), { name: "ConnectionLost" });
    } finally {
      await session.close();
      await database.drop();
    }
  });
});
