import assert from "node:assert/strict";
import { loadSqlParser } from "../engine/adapters/libpg-sql-parser.js";
import { ALL } from "../test/lint/corpus/index.js";
import { differences } from "../test/lint/corpus/labels.js";
import { probeAll } from "../test/lint/probe/probe-all.js";
import { provenRules, unshownRules } from "../test/lint/probe/rules-shown.js";

describe("the whole corpus of migrations", function () {
  this.timeout(3_600_000);

  it("is labelled by what a server does with each row", async () => {
    assert.deepEqual(differences(await probeAll(await loadSqlParser(), ALL), ALL), []);
  });

  it("and shows each safety rule to be right by one of the rule's own rows", async () => {
    assert.deepEqual(await unshownRules(provenRules()), []);
  });
});
