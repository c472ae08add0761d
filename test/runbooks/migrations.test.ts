import assert from "node:assert/strict";
import { playRunbook } from "../support/play-runbook.js";

playRunbook("migrations", {
  stage: async ({ project }) => {
    project.write({
      "package.json": '{"name": "shop", "version": "1.1.0"}\n',
      "migrations/0002_add_email.sql":
        "ALTER TABLE users ADD COLUMN email text;\n\n-- @rollback\nALTER TABLE users DROP COLUMN email;\n",
    });
    return Promise.resolve();
  },
  steps: {
    1: { promises: ({ stdout }) => assert.doesNotMatch(stdout, /error/) },
    2: { promises: ({ stdout }) => assert.match(stdout, /0002_add_email\.sql/) },
    3: { promises: ({ stdout }) => assert.match(stdout, /pending +0002_add_email\.sql/) },
    4: { promises: ({ stdout }) => assert.match(stdout, /proven/) },
    5: {
      promises: async ({ stdout }, world) => {
        assert.match(stdout, /0002_add_email\.sql/);
        assert.match((await world.holdfast("status", "dev")).stdout, /pending +0002/, "nothing was run");
      },
    },
    6: { promises: ({ stdout, stderr }) => assert.match(stderr + stdout, /Back[^]*dev is at schema 0002/) },
    7: { promises: ({ stdout }) => assert.match(stdout, /waiting +active +longest\n0 /) },
    8: { promises: ({ stdout }) => assert.match(stdout, /dev: sound/) },
    9: { promises: ({ stdout }) => assert.match(stdout, /dev +\S+-v0001/) },
  },
  end: async (world) => {
    assert.deepEqual(await world.rows("SELECT count(*), count(email) AS emails FROM users"), [
      { count: "100", emails: "0" },
    ]);
  },
});
