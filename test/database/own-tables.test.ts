import assert from "node:assert/strict";
import type { Client } from "pg";
import { deploy, OWNER_ROLE, refusalOf } from "../support/engine.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

const FIRST = { "0001_create_counters.sql": "CREATE TABLE counters (n int);\nINSERT INTO counters VALUES (0);" };
const SECOND = { ...FIRST, "0002_count.sql": "INSERT INTO counters VALUES (1);" };

describe("the engine's own tables, given a column by somebody else", () => {
  let database: TestDatabase;
  let client: Client;

  beforeEach(async () => {
    database = await createDatabase({ ownerRole: OWNER_ROLE });
    client = await database.client();
    await deploy(database, FIRST);
  });

  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  for (const table of ["schema_migrations", "system_versions", "settings"]) {
    it(`stay where they are: ${table} is neither left nor made a second time, and nothing runs twice`, async () => {
      await client.query(`ALTER TABLE ${table} ADD COLUMN note text`);
      await deploy(database, SECOND);
      await deploy(database, SECOND, { release: "1.1.0" });
      assert.deepEqual((await client.query("SELECT n FROM counters ORDER BY n")).rows, [{ n: 0 }, { n: 1 }]);
      const { rows } = await client.query("SELECT schemaname FROM pg_tables WHERE tablename = $1", [table]);
      assert.deepEqual(rows, [{ schemaname: "public" }]);
      const error = await refusalOf(deploy(database, SECOND, { environment: "prod" }));
      assert.equal(error.code, "wrong_environment");
    });
  }

  it("are made anew where the name now means another table", async () => {
    await client.query("DROP TABLE settings; CREATE TABLE settings (name text PRIMARY KEY, setting text)");
    await deploy(database, SECOND);
    const { rows } = await client.query("SELECT value FROM holdfast.settings WHERE key = 'holdfast.environment'");
    assert.deepEqual(rows, [{ value: "dev" }]);
  });
});
