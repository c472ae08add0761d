import assert from "node:assert/strict";
import {
  findUnproven,
  isFullStackName,
  pendingHere,
  promotionFaults,
  type StagedMigration,
} from "../../engine/core/promotion.js";
import { migrationFile } from "../support/migration-file.js";

const FROM = "acme/shop/staging";
const FILE = migrationFile("0007_add_orders_status.sql", "ALTER TABLE orders ADD COLUMN status text;\n");
const { version, checksum } = FILE;

describe("what another stack has proven", () => {
  const rows: [title: string, staged: StagedMigration[] | string, why: RegExp | undefined][] = [
    ["applied and verified there, with the same text", [{ version, checksum, state: "applied" }], undefined],
    ["spelled another way there", [{ version: "7", checksum: checksum.toUpperCase(), state: "applied" }], undefined],
    ["a contract that is retired there", [{ version, checksum, state: "retired" }], undefined],
    ["not there", [{ version: "0006", checksum, state: "applied" }], /has not been applied there/],
    ["there with another text", [{ version, checksum: "0".repeat(64), state: "applied" }], /another checksum/],
    ["held there", [{ version, checksum, state: "held" }], /is held there/],
    ["not verified there", [{ version, checksum, state: "unverified" }], /is unverified there/],
    ["half-run there", [{ version, checksum, state: "started" }], /is started there/],
    ["undone there", [{ version, checksum, state: "rolled back" }], /is rolled back there/],
    ["there, and nobody says in which state", [{ version, checksum }], /earlier Holdfast/],
    ["on a stack that does not exist", "cannot be looked up there: unknown stack", /unknown stack/],
  ];
  for (const [title, staged, why] of rows) {
    it(`${title}: ${why === undefined ? "may run" : "refused"}`, () => {
      const faults = promotionFaults(findUnproven([FILE], FROM, staged), [FILE]);
      assert.equal(faults.length, why === undefined ? 0 : 1);
      if (why === undefined) return;
      assert.deepEqual([faults[0]?.code, faults[0]?.exitCode], ["not_promoted", 3]);
      assert.match(faults[0]?.message ?? "", why);
      assert.match(faults[0]?.message ?? "", /what acme\/shop\/staging has applied and verified, and 0007_add/);
      assert.match(faults[0]?.details.next ?? "", /pulumi up --stack acme\/shop\/staging/);
    });
  }

  it("asks nothing of a file that waits anyway, and nothing where no stack is named", () => {
    const promotion = findUnproven([FILE], FROM, []);
    assert.deepEqual(promotionFaults(promotion, []), []);
    assert.deepEqual(promotionFaults(undefined, [FILE]), []);
  });

  it("is asked of pending files only, so that nothing changes here while nothing is pending", () => {
    const report = (state: string) => [{ version: "7", state }];
    for (const state of ["applied", "retired", "unverified"]) assert.deepEqual(pendingHere([FILE], report(state)), []);
    for (const state of ["held", "started", "rolled back"])
      assert.deepEqual(pendingHere([FILE], report(state)), [FILE]);
    assert.deepEqual(pendingHere([FILE], null), [FILE]);
    assert.deepEqual(findUnproven([], FROM, "gone"), { from: FROM, unproven: [] });
  });

  it("knows a stack's full name", () => {
    assert.deepEqual(
      ["acme/shop/staging", "organization/my.shop/test-1", "staging", "shop/staging", "a/b/c/d", "a//c", ""].filter(
        isFullStackName,
      ),
      ["acme/shop/staging", "organization/my.shop/test-1"],
    );
  });
});
