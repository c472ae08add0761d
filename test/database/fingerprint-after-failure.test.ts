import assert from "node:assert/strict";
import { compareSchema } from "../../engine/check.js";
import { deploy, openSession, OWNER_ROLE, refusalOf, type Folder } from "../support/engine.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

const APPLIED: Folder = { "0001_create_users.sql": "CREATE TABLE users (id bigint PRIMARY KEY);\n" };
const FAILING = "INSERT INTO users VALUES (1), (1);\n";

describe("after a run that failed", () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase({ ownerRole: OWNER_ROLE });
    await deploy(database, APPLIED);
  });
  afterEach(() => database.drop());

  const drift = async (): Promise<string[]> => {
    const session = await openSession(database);
    try {
      return (await compareSchema(session)).drift.map(({ object }) => object);
    } finally {
      await session.close();
    }
  };

  it("what its finished files made is no drift", async () => {
    const folder = {
      ...APPLIED,
      "0002_create_notes.sql": "CREATE TABLE notes (id bigint PRIMARY KEY);\n",
      "0003_insert_users.sql": FAILING,
    };
    assert.equal((await refusalOf(deploy(database, folder))).code, "statement_failed");
    assert.deepEqual(await drift(), []);
  });

  it("what somebody did by hand still is one, where no file was finished", async () => {
    const client = await database.client();
    await client.query("ALTER TABLE users ADD COLUMN email text");
    await client.end();
    await refusalOf(deploy(database, { ...APPLIED, "0002_insert_users.sql": FAILING }));
    assert.deepEqual(await drift(), ["column public.users.email"]);
  });
});
