import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { playRunbook } from "../support/play-runbook.js";

/** Its last statement meets a row that production has, and no rehearsal. */
const FAILING = "ALTER TABLE users ADD COLUMN email text;\nINSERT INTO users (id, name) VALUES (1, 'the first one');\n";

playRunbook("failed-migration", {
  stage: async (world) => {
    world.project.write({
      "package.json": '{"name": "shop", "version": "1.1.0"}\n',
      "migrations/0002_create_notes.sql": "CREATE TABLE notes (id bigint PRIMARY KEY);\n",
      "migrations/0003_add_email.sql": FAILING,
      "migrations/0004_create_tags.sql": "CREATE TABLE tags (id bigint PRIMARY KEY);\n",
    });
    const { exitCode, stderr } = await world.holdfast("migrate", "dev");
    assert.equal(exitCode, 1);
    assert.match(stderr, /\[statement_failed, SQLSTATE 23505\]/);
  },
  steps: {
    1: {
      promises: ({ stdout }) => {
        assert.match(stdout, /dev +0002/);
        assert.match(stdout, /pending +0003_add_email\.sql\n +pending +0004_create_tags\.sql/);
      },
    },
    2: {
      promises: ({ stdout }) => {
        assert.match(stdout, /statement_failed +0003_add_email\.sql/);
        const file = /(\/.*\.md)\)?$/m.exec(stdout)?.[1] ?? "";
        assert.match(readFileSync(file, "utf8"), /0003_add_email[^]*0002_create_notes/);
      },
    },
    3: { promises: ({ stdout }) => assert.match(stdout, /dev: sound/) },
    4: { promises: ({ stdout }) => assert.match(stdout, /forward/) },
    5: {
      before: async ({ project }) => {
        project.write({ "migrations/0003_add_email.sql": FAILING.replace(/;\n$/, " ON CONFLICT DO NOTHING;\n") });
        return Promise.resolve();
      },
      promises: ({ stdout }) => assert.doesNotMatch(stdout, /error/),
    },
    6: { promises: ({ stdout }) => assert.match(stdout, /0003_add_email[^]*0004_create_tags/) },
    7: {
      promises: async ({ stdout }, world) => {
        assert.match(stdout, /0003_add_email[^]*0004_create_tags/);
        assert.deepEqual(await world.rows("SELECT to_regclass('tags') AS made"), [{ made: null }], "nothing is run");
      },
    },
    8: {
      promises: ({ stdout }) => {
        assert.match(stdout, /dev is at schema 0004/);
        assert.doesNotMatch(stdout, /0002_create_notes/, "what was finished before is not run again");
      },
    },
    9: { promises: ({ stdout }) => assert.match(stdout, /dev: sound[^]*0 files pending/) },
  },
  end: async (world) => {
    assert.deepEqual(await world.rows("SELECT count(*), count(email) AS emails, min(name) AS first FROM users"), [
      { count: "100", emails: "0", first: "name 1" },
    ]);
  },
});
