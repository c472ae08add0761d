import assert from "node:assert/strict";
import { isRelated, lineageOf, type Descended } from "../../engine/core/lineage.js";

const database = (resourceId: string, from?: string, ...supersedes: string[]): Descended => ({
  ...{ resourceId, supersedes },
  ...(from !== undefined && { restoredFromResource: from }),
});

describe("which databases go back to one another", () => {
  const dev = database("a");
  const copy = database("b", "a");
  const copyOfCopy = database("c", "b");
  const other = database("x");
  const all = [dev, copy, copyOfCopy, other];

  it("a restore is related to what it was restored from, over any number of steps", () => {
    assert.deepEqual([...lineageOf(copyOfCopy, all)], ["c", "b", "a"]);
    assert.equal(isRelated(dev, copyOfCopy, all), true);
    assert.equal(isRelated(copyOfCopy, dev, all), true);
  });

  it("a database is related to the one it took the place of, also when that is gone", () => {
    const now = database("b", undefined, "a");
    assert.equal(isRelated(now, dev, [now, dev]), true);
    assert.equal(isRelated(now, database("d", "a"), [now]), true);
  });

  it("databases that were made apart are not related, whatever refers to itself", () => {
    assert.equal(isRelated(dev, other, all), false);
    assert.deepEqual([...lineageOf(database("s", "s", "s"), [])], ["s"]);
  });
});
