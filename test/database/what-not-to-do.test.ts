import assert from "node:assert/strict";
import type { Client } from "pg";
import { deploy, OWNER_ROLE, refusalOf, type Folder } from "../support/engine.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";

const APPLIED: Folder = {
  "0001_create_users.sql": "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n",
  "0002_insert_settings.sql":
    "INSERT INTO settings (key, value) VALUES ('site.title', 'Ours') ON CONFLICT (key) DO NOTHING;\n",
};

/** What the founding documents forbid, as somebody would write it all the same. */
describe("what not to do is refused with its way out, and nothing is lost:", () => {
  let database: TestDatabase;
  let client: Client;

  before(async () => {
    database = await createDatabase({ ownerRole: OWNER_ROLE });
    client = await database.client();
    await deploy(database, APPLIED);
    await client.query("INSERT INTO users VALUES (1, 'Ada')");
  });
  after(async () => {
    await client.end();
    await database.drop();
  });

  const rows: [title: string, sql: string, code: string, next: RegExp][] = [
    [
      "re-import the database, by a dump that drops first",
      "DROP TABLE IF EXISTS users;\nCREATE TABLE users (id bigint PRIMARY KEY, name text);\nINSERT INTO users VALUES (1, 'Ada');\n",
      "unsafe_statement",
      /@phase contract/,
    ],
    [
      "re-import a table, emptied first",
      "TRUNCATE users;\nINSERT INTO users VALUES (2, 'New');\n",
      "unsafe_statement",
      /@phase contract/,
    ],
    [
      "re-import a dump for psql",
      "\\restrict abc\nCOPY users (id, name) FROM stdin;\n1\tAda\n\\.\n",
      "invalid_migration",
      /Remove the line: a migration is plain SQL/,
    ],
    [
      "start from an empty database",
      "DROP DATABASE app;\n",
      "statement_not_supported",
      /where the server itself is managed/,
    ],
    [
      "start from an empty schema",
      "DROP SCHEMA public CASCADE;\n",
      "unsafe_statement",
      /what depends on it first, by name|@phase contract/,
    ],
    ["use DROP TABLE", "DROP TABLE users;\n", "unsafe_statement", /@phase contract.*@closes/],
    [
      "use DROP TABLE where nobody looks",
      "DO $$ BEGIN EXECUTE 'DROP ' || 'TABLE users'; END $$;\n",
      "unsafe_statement",
      /@phase contract/,
    ],
    [
      "overwrite settings",
      "UPDATE settings SET value = 'Theirs';\n",
      "unsafe_statement",
      /Compare the old value|@phase contract/,
    ],
    ["delete data directly", "DELETE FROM users WHERE id = 1;\n", "wrong_phase", /@phase contract/],
    [
      "rename a column",
      "ALTER TABLE users RENAME COLUMN name TO full_name;\n",
      "unsafe_statement",
      /ADD COLUMN full_name|@phase contract/,
    ],
    ["remove a column", "ALTER TABLE users DROP COLUMN name;\n", "unsafe_statement", /@phase contract/],
  ];
  for (const [title, sql, code, next] of rows) {
    it(title, async () => {
      const refused = await refusalOf(deploy(database, { ...APPLIED, "0003_do_it.sql": sql }, { release: "1.1.0" }));
      assert.equal(refused.code, code, refused.message);
      assert.ok(refused.exitCode === 2 || refused.exitCode === 3);
      assert.match(refused.details.next ?? "", next);
      await isWhole();
    });
  }

  it("overwrite what somebody set, by an upsert", async () => {
    const sql =
      "INSERT INTO settings (key, value) VALUES ('site.title', 'Theirs') ON CONFLICT (key) DO UPDATE SET value = excluded.value;\n";
    const refused = await refusalOf(deploy(database, { ...APPLIED, "0003_do_it.sql": sql }, { release: "1.1.0" }));
    assert.equal(refused.exitCode, 3);
    assert.match(refused.details.next ?? "", /DO NOTHING/);
    await isWhole();
  });

  it("modify an old migration file", async () => {
    const edited = { ...APPLIED, "0001_create_users.sql": "CREATE TABLE users (id bigint PRIMARY KEY);\n" };
    const refused = await refusalOf(deploy(database, edited, { release: "1.1.0" }));
    assert.deepEqual([refused.code, refused.exitCode], ["checksum_mismatch", 3]);
    assert.match(refused.details.next ?? "", /new file/);
    await isWhole();
  });

  async function isWhole(): Promise<void> {
    const { rows: found } = await client.query<{ name: string; value: string }>(
      "SELECT name, value FROM users, settings WHERE key = 'site.title'",
    );
    assert.deepEqual(found, [{ name: "Ada", value: "Ours" }]);
  }
});
