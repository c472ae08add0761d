import assert from "node:assert/strict";
import { loadSqlParser } from "../engine/adapters/libpg-sql-parser.js";
import { ALL } from "../test/lint/corpus/index.js";
import { differences } from "../test/lint/corpus/labels.js";
import { probeAll } from "../test/lint/probe/probe-all.js";

describe("the whole corpus of migrations", function () {
  this.timeout(3_600_000);

  it("is labelled by what a server does with each row", async () => {
    assert.deepEqual(differences(await probeAll(await loadSqlParser(), ALL), ALL), []);
  });
});
