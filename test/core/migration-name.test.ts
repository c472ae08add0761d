import assert from "node:assert/strict";
import fc from "fast-check";
import { HoldfastError } from "../../engine/core/errors.js";
import { isVersion, parseMigrationName, versionOrder } from "../../engine/core/migration-name.js";

const words = fc
  .array(fc.stringMatching(/^[a-z0-9]{1,8}$/), { minLength: 1, maxLength: 4 })
  // `migration_2026_01_19_02_…`: two digits in front are the number of that day.
  .filter(([first = ""]) => !/^\d\d$/.test(first));

describe("a migration's file name", () => {
  const known = [
    ["0001_create_users.sql", "0001", 1n, "number", "create users"],
    ["7_add_x.sql", "7", 7n, "number", "add x"],
    ["20260119_init.sql", "20260119", 20260119n, "number", "init"],
    ["20260119093000_create_users.sql", "20260119093000", 20260119093000n, "timestamp", "create users"],
    ["migration_2026_01_19_add_ai_chat_logs.sql", "2026_01_19", 2026011900n, "date", "add ai chat logs"],
    ["migration_2026_01_19_02_add_x.sql", "2026_01_19_02", 2026011902n, "date", "add x"],
    ["migration_2026_01_19_3d_models.sql", "2026_01_19", 2026011900n, "date", "3d models"],
  ] as const;
  for (const [name, version, order, scheme, description] of known) {
    it(`${name} is read`, () => {
      assert.deepEqual(parseMigrationName(name), { version, order, scheme, description });
    });
  }

  const strange = [
    "create_users.sql",
    "0001.sql",
    "0001_.sql",
    "0001-create-users.sql",
    "0001_create__users.sql",
    "0001_Create_Users.sql",
    "0001_create_users.SQL",
    "0001_create users.sql",
    "V1__create_users.sql",
    "0001_create_users.up.sql",
    "1234567890_create_users.sql",
    "20261301000000_no_such_month.sql",
    "20260230000000_no_such_day.sql",
    "20260119250000_no_such_hour.sql",
    "migration_2026_02_30_no_such_day.sql",
    "migration_2026_01_19.sql",
    "migration_2026_1_9_add_x.sql",
    "._0001_create_users.sql",
    "0001_größe.sql",
    "",
  ];
  for (const name of strange) {
    it(`${name || "an empty name"} is refused, and told how to name it`, () => {
      assert.throws(
        () => parseMigrationName(name),
        (error) =>
          error instanceof HoldfastError &&
          error.code === "invalid_file_name" &&
          error.message.includes(name) &&
          /0001_create_users\.sql/.test(error.details.next ?? ""),
      );
    });
  }

  it("keeps a number as spelled, and orders by its value", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999 }), fc.integer({ min: 0, max: 4 }), words, (value, zeros, parts) => {
        const version = "0".repeat(zeros) + String(value);
        const read = parseMigrationName(`${version}_${parts.join("_")}.sql`);
        assert.deepEqual(read, { version, order: BigInt(value), scheme: "number", description: parts.join(" ") });
      }),
    );
  });

  it("orders dates as time runs, in both dated schemes", () => {
    const dates = fc.date({ min: new Date("1000-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(dates, dates, (a, b) => {
        const stamp = (date: Date) => date.toISOString().replace(/\D/g, "").slice(0, 14);
        const day = (date: Date) => date.toISOString().slice(0, 10).replaceAll("-", "_");
        assert.equal(versionOrder(stamp(a)) < versionOrder(stamp(b)), stamp(a) < stamp(b));
        assert.equal(versionOrder(day(a)) < versionOrder(day(b)), day(a) < day(b));
        assert.equal(parseMigrationName(`${stamp(a)}_x.sql`).scheme, "timestamp");
        assert.equal(parseMigrationName(`migration_${day(a)}_x.sql`).version, day(a));
      }),
    );
  });

  it("never takes an arbitrary text for a name without order, and never fails in another way", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d_a-zA-Z.]{0,30}\.sql$/)), (name) => {
        try {
          const { version, order } = parseMigrationName(name);
          assert.ok(isVersion(version));
          assert.equal(versionOrder(version), order);
          assert.ok(order < 2n ** 63n);
        } catch (error) {
          assert.ok(error instanceof HoldfastError, String(error));
        }
      }),
    );
  });
});
