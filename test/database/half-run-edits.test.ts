import assert from "node:assert/strict";
import type { Client } from "pg";
import { deploy, OWNER_ROLE, refusalOf, type Folder } from "../support/engine.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

const COUNTER: Folder = {
  "0001_create_counters.sql":
    "CREATE TABLE counters (id int PRIMARY KEY, twin int, n int NOT NULL DEFAULT 0 CHECK (id < 60 OR n = 0));\n" +
    "INSERT INTO counters (id, twin) SELECT i, i / 2 FROM generate_series(1, 100) AS i;",
};
const COUNT = "UPDATE counters SET n = n + 1 WHERE id < 60;";

describe("a half-run file that is edited", () => {
  let database: TestDatabase;
  let client: Client;

  beforeEach(async () => {
    database = await createDatabase({ ownerRole: OWNER_ROLE });
    client = await database.client();
    await deploy(database, COUNTER);
  });

  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  const withSecond = (text: string): Folder => ({ ...COUNTER, "0002_count.sql": text });

  /** How often the rows below 60 were counted: 0 or 1, or both while a backfill is half done. */
  const counts = async (): Promise<number[]> => {
    const { rows } = await client.query<{ n: number }>("SELECT DISTINCT n FROM counters WHERE id < 60 ORDER BY n");
    return rows.map(({ n }) => n);
  };

  const failHalfway = async (): Promise<void> => {
    const text = `${COUNT}\nCREATE UNIQUE INDEX CONCURRENTLY counters_twin_key ON counters (twin);`;
    const error = await refusalOf(deploy(database, withSecond(text)));
    assert.equal(error.details.sqlState, "23505");
    assert.deepEqual(await counts(), [1]);
  };

  it("goes on behind its last finished statement, also when all that is left could be one transaction", async () => {
    await failHalfway();
    await deploy(database, withSecond(`${COUNT}\nCREATE INDEX counters_twin_idx ON counters (twin);`));
    assert.deepEqual(await counts(), [1]);
    const { rows } = await client.query(
      "SELECT indexrelid::regclass::text AS name, indisvalid AS valid FROM pg_index WHERE indrelid = 'counters'::regclass AND NOT indisprimary",
    );
    assert.deepEqual(rows, [{ name: "counters_twin_idx", valid: true }]);
  });

  it("leaves no invalid index when the statement that failed is simply taken out", async () => {
    await failHalfway();
    await deploy(database, withSecond(COUNT));
    assert.deepEqual(await counts(), [1]);
    const { rows } = await client.query(
      "SELECT FROM pg_index WHERE indrelid = 'counters'::regclass AND NOT indisvalid",
    );
    assert.equal(rows.length, 0);
    const journal = await client.query("SELECT FROM holdfast.statement_journal");
    assert.equal(journal.rows.length, 0);
  });

  it("cannot become a contract, which would be held, and forgotten to have begun", async () => {
    await failHalfway();
    const contract = "-- @phase contract\n-- @closes 0001\nALTER TABLE counters DROP COLUMN twin;";
    const error = await refusalOf(deploy(database, withSecond(contract)));
    assert.equal(error.code, "checksum_mismatch");
    assert.match(error.message, /0002_count\.sql is half-run: it was begun as expand, and is now contract/);
  });

  it("cannot turn from a backfill into one statement for all rows", async () => {
    const backfill =
      "-- @phase backfill\n-- @batch table=counters key=id size=10\n" +
      "UPDATE counters SET n = n + 1 WHERE id BETWEEN :from AND :to;";
    await refusalOf(deploy(database, withSecond(backfill)));
    assert.ok((await counts()).includes(1), "some batches are done");
    const error = await refusalOf(deploy(database, withSecond(COUNT)));
    assert.equal(error.code, "checksum_mismatch");
    assert.ok(!(await counts()).includes(2), "no row is counted twice");
  });
});
