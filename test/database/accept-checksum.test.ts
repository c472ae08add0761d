import assert from "node:assert/strict";
import { HoldfastError } from "../../engine/core/errors.js";
import { readMigration } from "../../engine/core/read-migration.js";
import { acceptChecksum } from "../../engine/steps/accept-checksum.js";
import { migrationFile } from "../support/migration-file.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";
import { startTestRun, type TestRun } from "../support/test-run.js";

const NAME = "0001_create_users.sql";
const APPLIED = `-- @why people
CREATE TABLE users (id int, name text DEFAULT 'x');

-- @verify
SELECT true;
`;

describe("accept", () => {
  let database: TestDatabase;
  let run: TestRun;

  beforeEach(async () => {
    database = await createDatabase();
    run = await startTestRun(database);
  });

  afterEach(async () => {
    await run.close();
    await database.drop();
  });

  const apply = async (text: string, name = NAME): Promise<void> => {
    const { sql, values } = run.ctx.history.record({
      migration: readMigration(migrationFile(name, text)),
      state: "applied",
      release: "1.0.0",
    });
    await run.ctx.session.execute(sql, values);
  };
  const recorded = async (): Promise<string | null | undefined> =>
    (await run.ctx.history.load(run.ctx.session)).history[0]?.checksum;
  const accept = (text: string, name = NAME): Promise<string> =>
    acceptChecksum(run.ctx, migrationFile(name, text), "a typing error");
  const refusal = async (action: Promise<unknown>): Promise<string> => {
    const error: unknown = await action.then(
      () => assert.fail("it was accepted"),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof HoldfastError, String(error));
    assert.equal(error.code, "accept_refused");
    return error.message;
  };

  const repairs: [title: string, text: string][] = [
    ["a comment", APPLIED.replace("CREATE", "-- the people we know\nCREATE")],
    ["@why", APPLIED.replace("@why people", "@why our people")],
    ["@verify", APPLIED.replace("SELECT true", "SELECT 1 = 1")],
    ["@rollback", `${APPLIED}\n-- @rollback\nDROP TABLE users;\n`],
    [
      "blanks and the case of key words",
      APPLIED.replace("CREATE TABLE users (id int", "create table users\n  (id INT"),
    ],
    ["another spelling of the same type", APPLIED.replace("id int", "id integer")],
  ];
  for (const [title, text] of repairs) {
    it(`takes a repaired file: ${title}`, async () => {
      await apply(APPLIED);
      const before = migrationFile(NAME, APPLIED).checksum;
      assert.equal(await accept(text), before);
      assert.equal(await recorded(), migrationFile(NAME, text).checksum);
      const rows = await run.ctx.session.query("SELECT version, replaced, reason FROM holdfast.accepted_checksums");
      assert.deepEqual(
        rows.map((row) => ({ ...row })),
        [{ version: "0001", replaced: before, reason: "a typing error" }],
      );
    });
  }

  it("goes by what ran, also after an earlier repair", async () => {
    await apply(APPLIED);
    await accept(APPLIED.replace("people", "persons"));
    await accept(APPLIED.replace("people", "human beings"));
    assert.match(await refusal(accept(APPLIED.replace("'x'", "'y'"))), /statements are no longer those that ran/);
  });

  const edits: [title: string, text: string, expected: RegExp][] = [
    ["another default", APPLIED.replace("'x'", "'y'"), /statements are no longer/],
    ["a further statement", APPLIED.replace("-- @verify", "SELECT 1;\n-- @verify"), /statements are no longer/],
    ["another phase", `-- @phase switch\n${APPLIED}`, /@phase has changed/],
  ];
  for (const [title, text, expected] of edits) {
    it(`refuses ${title}, and the record stays`, async () => {
      await apply(APPLIED);
      assert.match(await refusal(accept(text)), expected);
      assert.equal(await recorded(), migrationFile(NAME, APPLIED).checksum);
    });
  }

  it("compares a backfill by its statement, and refuses another batch", async () => {
    const backfill =
      "-- @phase backfill\n-- @batch table=users key=id\nUPDATE users SET name = 'a' WHERE id BETWEEN :from AND :to;\n";
    await apply(backfill, "0002_fill_users.sql");
    await accept(backfill.replace("UPDATE", "-- all of them\nUPDATE"), "0002_fill_users.sql");
    assert.match(
      await refusal(accept(backfill.replace("key=id", "key=id size=10"), "0002_fill_users.sql")),
      /@batch has changed/,
    );
  });

  it("refuses a file that never ran", async () => {
    assert.match(await refusal(accept(APPLIED)), /never applied/);
  });
});
