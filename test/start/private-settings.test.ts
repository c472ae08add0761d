import assert from "node:assert/strict";
import { mergeSettings, withApprovals } from "../../cli/start/private-settings.js";

const NOW = new Date("2026-06-01T00:00:00Z");
const KEY = "holdfast:approvals";
const approval = (version: string, expires?: string) => ({
  version,
  checksum: "ab",
  by: "ada",
  ...(expires && { expires }),
});

describe("the private copy of a stack's settings", () => {
  it("follows the checkout: what is new, changed or gone there is so in the copy", () => {
    const copied = { "holdfast:soak": "0", "holdfast:port": 5432 };
    const theirs = { "holdfast:soak": "1 day", "holdfast:release": "1.5.0" };
    assert.deepEqual(mergeSettings(theirs, copied, copied, NOW), theirs);
  });

  it("keeps what was set only in the copy, run after run", () => {
    const theirs = { "holdfast:engine": "embedded" };
    const own = { ...theirs, "holdfast:soak": "2 days" };
    const merged = mergeSettings(theirs, theirs, own, NOW);
    assert.deepEqual(merged, own);
    assert.deepEqual(mergeSettings(theirs, theirs, merged, NOW), own);
  });

  it("lets a setting of the copy win over the checkout's", () => {
    const theirs = { "holdfast:soak": "0" };
    assert.deepEqual(mergeSettings(theirs, theirs, { "holdfast:soak": "1 day" }, NOW), { "holdfast:soak": "1 day" });
  });

  it("holds the checkout's approvals and the typed ones, each once, run after run", () => {
    const reviewed = { [KEY]: [approval("0022")] };
    const typed = withApprovals(reviewed, [{ ...approval("0023"), expires: new Date("2026-06-10T00:00:00Z") }]);
    const both = { [KEY]: [approval("0022"), approval("0023", "2026-06-10T00:00:00.000Z")] };
    assert.deepEqual(typed, both);
    assert.deepEqual(mergeSettings(reviewed, reviewed, typed, NOW), both);
    assert.deepEqual(mergeSettings({}, reviewed, typed, NOW), {
      [KEY]: [approval("0023", "2026-06-10T00:00:00.000Z")],
    });
  });

  it("drops a typed approval that has expired, which would otherwise stop every deploy", () => {
    const typed = { [KEY]: [approval("0023", "2026-05-31T00:00:00Z")] };
    assert.deepEqual(mergeSettings({}, {}, typed, NOW), {});
  });

  it("does not judge the checkout's own approvals", () => {
    const reviewed = { [KEY]: [approval("0022", "2020-01-01T00:00:00Z")] };
    assert.deepEqual(mergeSettings(reviewed, reviewed, reviewed, NOW), reviewed);
  });
});
