import assert from "node:assert/strict";
import { checkCloses } from "../../engine/core/check-closes.js";
import { readMigration } from "../../engine/core/read-migration.js";
import { migrationFile } from "../support/migration-file.js";

describe("the expand that a contract closes", () => {
  const folder = [
    migrationFile("0001_expand.sql", "ALTER TABLE t ADD x int;"),
    migrationFile("0002_fill.sql", "-- @phase backfill\n-- @batch table=t key=id\nUPDATE t SET x = 1;"),
    migrationFile("0009_later.sql", "ALTER TABLE t ADD y int;"),
  ];
  const check = (closes: string) =>
    checkCloses(
      readMigration(migrationFile("0005_drop.sql", `-- @phase contract\n-- @closes ${closes}\nDROP TABLE t;`)),
      folder,
    );

  it("is found by its number, however that is spelled", () => {
    assert.equal(check("0001"), undefined);
    assert.equal(check("1"), undefined);
  });

  for (const [closes, message] of [
    ["0003", /names no file of the folder/],
    ["0009", /does not come earlier/],
    ["0005", /names no file/],
    ["0002", /names a backfill file/],
  ] as const) {
    it(`is refused where @closes says ${closes}`, () => {
      const fault = check(closes);
      assert.match(fault?.message ?? "", message);
      assert.deepEqual(fault?.details.location, { file: "migrations/0005_drop.sql", line: 2, column: 12 });
    });
  }
});
