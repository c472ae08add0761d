import assert from "node:assert/strict";
import fc from "fast-check";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import { parseMigrationName } from "../../engine/core/migration-name.js";
import type { Phase, VersionScheme } from "../../engine/core/migration.js";
import { newMigration, type NewMigration } from "../../engine/core/new-migration.js";
import { analysed, faultsOf } from "../support/migration-file.js";

const NOW = new Date("2026-01-19T09:30:00Z");
const next = (existing: string[], extra: Partial<NewMigration> = {}) =>
  newMigration({
    existing: existing.map((name) => parseMigrationName(name)),
    description: "add users",
    phase: "expand",
    now: NOW,
    ...extra,
  });

describe("a new migration file", () => {
  const rows: [string[], VersionScheme | undefined, string][] = [
    [[], undefined, "0001_add_users.sql"],
    [["0001_a.sql", "0009_b.sql"], undefined, "0010_add_users.sql"],
    [["9999_a.sql"], undefined, "10000_add_users.sql"],
    [["00007_a.sql"], undefined, "00008_add_users.sql"],
    [[], "timestamp", "20260119093000_add_users.sql"],
    [["20250101000000_a.sql"], undefined, "20260119093000_add_users.sql"],
    [["20261231235959_a.sql"], undefined, "20270101000000_add_users.sql"],
    [[], "date", "migration_2026_01_19_add_users.sql"],
    [["migration_2026_01_19_a.sql"], undefined, "migration_2026_01_19_01_add_users.sql"],
    [["migration_2026_01_19_09_a.sql"], undefined, "migration_2026_01_19_10_add_users.sql"],
    [["migration_2026_02_01_a.sql"], undefined, "migration_2026_02_01_01_add_users.sql"],
  ];
  for (const [existing, scheme, expected] of rows) {
    it(`is ${expected} after ${existing.join(", ") || "nothing"}`, () => {
      assert.equal(next(existing, scheme === undefined ? {} : { scheme }).name, expected);
    });
  }

  it("always comes last, in the folder's own way of numbering", () => {
    const instants = fc.date({ min: new Date("2000-01-01"), max: new Date("2090-12-31"), noInvalidDate: true });
    const phase = fc.constantFrom<Phase>("expand", "backfill", "switch", "contract");
    fc.assert(
      fc.property(
        fc.constantFrom<VersionScheme>("number", "timestamp", "date"),
        fc.array(instants, { minLength: 1, maxLength: 6 }),
        phase,
        (scheme, times, as) => {
          const existing = [];
          for (const now of times) {
            const { name } = newMigration({ existing, description: "x", phase: as, now, scheme });
            const parsed = parseMigrationName(name);
            assert.equal(parsed.scheme, scheme);
            for (const { order } of existing) assert.ok(parsed.order > order, name);
            existing.push(parsed);
          }
        },
      ),
    );
  });

  it("makes a file name of a sentence, and refuses what is none", () => {
    assert.equal(next([], { description: "  Add AI-chat logs " }).name, "0001_add_ai_chat_logs.sql");
    for (const description of ["", "größe", "../x", "a;b"]) {
      assert.deepEqual(
        faultsOf(() => next([], { description })).map(({ code }) => code),
        ["invalid_usage"],
      );
    }
  });

  for (const phase of ["expand", "backfill", "switch", "contract"] as const) {
    it(`cannot be deployed before its ${phase} is written`, async () => {
      const parser = await loadSqlParser();
      const faults = faultsOf(() => analysed(parser, next([], { phase }).text));
      assert.ok(faults.some(({ message }) => /no statement to run/.test(message)));
      assert.ok(faults.every(({ code }) => code === "invalid_migration"));
    });
  }
});
