import assert from "node:assert/strict";
import type { Client } from "pg";
import { duePurges } from "../../engine/core/due-purges.js";
import { applyContract } from "../../engine/steps/contracts/apply-contract.js";
import { purgeRetired } from "../../engine/steps/contracts/purge-retired.js";
import { undoRetired } from "../../engine/steps/contracts/undo-retired.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";
import { startTestRun, type TestRun } from "../support/test-run.js";
import { startClients } from "../support/traffic.js";

/** A rename on its last step: the old column is NOT NULL without default, and a trigger keeps both equal. */
const SETUP = `
CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, full_name text NOT NULL);
INSERT INTO users SELECT n, 'user ' || n, 'user ' || n FROM generate_series(1, 2000) n;
CREATE FUNCTION sync_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.full_name := coalesce(NEW.full_name, NEW.name);
    NEW.name := coalesce(NEW.name, NEW.full_name);
  ELSIF NEW.name IS DISTINCT FROM OLD.name THEN
    NEW.full_name := NEW.name;
  ELSE
    NEW.name := NEW.full_name;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sync_name BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION sync_name()`;

const CONTRACT = `-- @phase contract
-- @closes 0001
DROP TRIGGER sync_name ON users;
DROP FUNCTION sync_name();
ALTER TABLE users DROP COLUMN name;
`;

const OLD_RELEASE =
  "INSERT INTO users (id, name) VALUES ($1, 'old') ON CONFLICT (id) DO UPDATE SET name = 'old ' || users.id";
const NEW_RELEASE =
  "INSERT INTO users (id, full_name) VALUES ($1, 'new') ON CONFLICT (id) DO UPDATE SET full_name = 'new ' || users.id";
/** Far above what was measured, far below what a queue behind a lock would cost. */
const STALL_LIMIT_MS = 1000;

describe("a contract under traffic", () => {
  let database: TestDatabase;
  let client: Client;
  let run: TestRun;

  beforeEach(async () => {
    database = await createDatabase();
    client = await database.client();
    await client.query(SETUP);
    run = await startTestRun(database);
  });

  afterEach(async () => {
    await run.close();
    await client.end();
    await database.drop();
  });

  const contract = async (): Promise<void> => {
    await applyContract(run.ctx, run.analyse(CONTRACT, "0022_drop_users_name.sql"), { purgeAtOnce: false });
  };

  it("no client of the new release sees an error or waits long while it is retired, undone, retired again and purged", async () => {
    const clients = await startClients(database, 4, NEW_RELEASE, 4000);
    await clients.hasDone(200);
    await contract();
    await clients.hasDone(200);
    await undoRetired(run.ctx, "0022");
    await clients.hasDone(200);
    await contract();
    await clients.hasDone(200);
    const { history } = await run.ctx.history.load(run.ctx.session);
    await purgeRetired({ ...run.ctx, release: "1.1.0" }, duePurges(history, new Date(), "1.1.0"));
    await clients.hasDone(200);
    const { errors, slowestMs } = await clients.stop();
    assert.deepEqual(errors, []);
    assert.ok(slowestMs < STALL_LIMIT_MS, `a client waited ${Math.round(slowestMs)} ms`);
  });

  it("after an undo the old release writes again, and its writes reach the new column", async () => {
    await contract();
    const newer = await startClients(database, 2, NEW_RELEASE, 4000);
    await newer.hasDone(3000);
    const { writtenMeanwhile } = await undoRetired(run.ctx, "0022");
    const older = await startClients(database, 2, OLD_RELEASE, 4000);
    await older.hasDone(300);
    const [old, recent] = [await older.stop(), await newer.stop()];
    assert.deepEqual(recent.errors, []);
    // Only a row without the old value stops the old release, until it is put right: they are listed by undo.
    assert.deepEqual(
      old.errors.filter(({ message }) => !message.includes("required_retired_0022")),
      [],
    );
    // What the new release wrote while there was no column to keep equal, and nobody has written since: undo counted it all.
    const putRight = await client.query("UPDATE users SET name = full_name WHERE name IS DISTINCT FROM full_name");
    assert.ok((writtenMeanwhile[0]?.written.count ?? 0) >= (putRight.rowCount ?? 0));
    assert.ok((putRight.rowCount ?? 0) > 0, "the test wrote nothing while the column was retired");
    assert.deepEqual((await undoRetired(run.ctx, "0022")).broken, []);
    const again = await startClients(database, 2, OLD_RELEASE, 4000);
    await again.hasDone(500);
    assert.deepEqual((await again.stop()).errors, []);
    const { rows } = await client.query(
      "SELECT count(*)::int AS apart FROM users WHERE name IS DISTINCT FROM full_name",
    );
    assert.deepEqual(rows, [{ apart: 0 }]);
  });
});
