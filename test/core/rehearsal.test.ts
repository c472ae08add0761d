import assert from "node:assert/strict";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import { compareCatalogs } from "../../engine/core/rehearsal/compare-catalogs.js";
import { compareData, type TablePicture } from "../../engine/core/rehearsal/compare-data.js";
import { extensionStatement } from "../../engine/core/rehearsal/extension-statement.js";
import { contradictions, type LockClaim } from "../../engine/core/rehearsal/lock-claims.js";
import type { Probe } from "../../engine/core/rehearsal/probe.js";
import { chooseRollback } from "../../engine/core/rehearsal/rollback-plan.js";
import { seedValues, type SeedColumn } from "../../engine/core/rehearsal/seed-values.js";
import type { LockMode } from "../../engine/core/lock-modes.js";
import type { HistoryRow, MigrationState } from "../../engine/core/migration.js";
import { migrationFile } from "../support/migration-file.js";

describe("a static claim beside what the server did", () => {
  const relations = new Map(
    ["users", "orders"].map((name) => [
      name,
      { oid: name, name: `public.${name}`, kind: "r", file: "1", onTable: null, scans: 0 },
    ]),
  );
  const probe = (locks: Record<string, LockMode>): Probe => ({ relations, locks: new Map(Object.entries(locks)) });
  const claim = (oid: string, mode: LockMode, isCertain = true): LockClaim => ({ by: "a rule", oid, mode, isCertain });
  const told = (locks: Record<string, LockMode>, claims: LockClaim[], isOpaque = false): string[] =>
    contradictions({ old: relations, before: probe({}), after: probe(locks), claims, isOpaque });

  it("agrees where the lock is the one that was expected, or a weaker one of those that stop writers", () => {
    const claims = [claim("users", "AccessExclusiveLock")];
    assert.deepEqual(told({ users: "AccessExclusiveLock" }, claims), []);
    assert.deepEqual(told({ users: "ShareLock", orders: "RowExclusiveLock" }, claims), []);
  });

  it("is contradicted by a strong lock that nobody expected, unless the statement does not show what it does", () => {
    const locks = { orders: "ShareRowExclusiveLock" } as const;
    assert.deepEqual(told(locks, []), [
      "the server locked public.orders SHARE ROW EXCLUSIVE, which Holdfast did not expect",
    ]);
    assert.deepEqual(told(locks, [], true), []);
  });

  it("is contradicted by a stronger lock than was expected", () => {
    assert.deepEqual(told({ users: "AccessExclusiveLock" }, [claim("users", "ShareLock")]), [
      "the server locked public.users ACCESS EXCLUSIVE; a rule expected no more than SHARE",
    ]);
  });

  it("is contradicted where the lock was not taken, if it was said to be certain", () => {
    assert.deepEqual(told({ users: "RowExclusiveLock" }, [claim("users", "ShareLock")]), [
      "a rule expected a lock on public.users that stops writers; the server took ROW EXCLUSIVE",
    ]);
    assert.deepEqual(told({}, [claim("users", "ShareLock", false)]), []);
  });
});

describe("catalogs before and after", () => {
  const compare = (before: Record<string, string>, after: Record<string, string>) =>
    compareCatalogs(new Map(Object.entries(before)), new Map(Object.entries(after)));

  it("differ object by object, by name", () => {
    assert.deepEqual(compare({ "view a": "1", "view b": "1" }, { "view b": "2", "view c": "1" }).differences, [
      { object: "view a", change: "removed" },
      { object: "view b", change: "changed" },
      { object: "view c", change: "added" },
    ]);
  });

  it("differ harmlessly where only a column's place or a constraint's validity is another", () => {
    const column = "column public.users.name";
    const check = "constraint users_check on public.users";
    const { differences, harmless } = compare(
      { [column]: '[1, "text"]', [check]: '["CHECK ((id > 0))", true]' },
      { [column]: '[3, "text"]', [check]: '["CHECK ((id > 0)) NOT VALID", false]' },
    );
    assert.deepEqual(differences, []);
    assert.match(harmless.join("\n"), /another place among the columns\n.* is NOT VALID/);
    assert.equal(compare({ [column]: '[1, "text"]' }, { [column]: '[1, "integer"]' }).differences.length, 1);
    assert.equal(compare({ [check]: '["CHECK (a)", true]' }, { [check]: '["CHECK (b)", true]' }).differences.length, 1);
  });
});

describe("rows before and after", () => {
  const table = (rows: number, digest: string, columns: Record<string, [number, string]>): TablePicture => ({
    ...{ rows, digest },
    columns: new Map(Object.entries(columns).map(([name, [values, of]]) => [name, { values, digest: of }])),
  });
  const compare = (before: TablePicture, after?: TablePicture) =>
    compareData(new Map([["t", before]]), new Map(after === undefined ? [] : [["t", after]]));
  const full = table(3, "abc", { a: [3, "x"], b: [2, "y"] });

  it("are the same, whatever their order", () => {
    assert.deepEqual(compare(full, full), { lost: [], left: [] });
  });

  it("are gone with their table, are fewer, or more", () => {
    assert.deepEqual(
      compare(full).lost.map(({ what }) => what),
      ["3 rows of t are gone"],
    );
    assert.deepEqual(
      compare(full, table(2, "", {})).lost.map(({ what }) => what),
      ["1 row of t is gone"],
    );
    assert.deepEqual(compare(full, table(4, "", {})).left, ["1 row that was not there before stays in t"]);
  });

  it("hold fewer values, others, or the same in other rows", () => {
    const what = (after: TablePicture): string[] => compare(full, after).lost.map((loss) => loss.what);
    assert.deepEqual(what(table(3, "q", { a: [3, "x"], b: [0, ""] })), ["2 values of t.b are gone"]);
    assert.deepEqual(what(table(3, "q", { a: [3, "z"], b: [2, "y"] })), ["the values of t.a are not those of before"]);
    assert.deepEqual(what(table(3, "q", { a: [3, "x"], b: [2, "y"] })), [
      "the values of t stand in other rows than before",
    ]);
  });
});

describe("rows of the rehearsal's own", () => {
  const column = (changes: Partial<SeedColumn>): SeedColumn => ({
    ...{ name: "c", type: "text", base: "text", category: "S", length: null, labels: [], constants: [] },
    ...{ isRequired: false, ...changes },
  });

  it("differ from row to row, keep to a length, a list and a label", () => {
    assert.notEqual(seedValues(column({}), 1)[0], seedValues(column({}), 2)[0]);
    assert.equal(seedValues(column({ type: "varchar(2)", length: 2 }), 1)[0], "'1'::varchar(2)");
    assert.equal(seedValues(column({ constants: ["new", "paid"] }), 2)[0], "'paid'::text");
    assert.deepEqual(seedValues(column({ type: "mood", category: "E", labels: ["it's", "ok"] }), 1), ["'it''s'::mood"]);
    assert.deepEqual(seedValues(column({ type: "shape", base: "shape", category: "U" }), 1), []);
  });
});

describe("statements on extensions", () => {
  it("are told from all others, with the names", async () => {
    const parser = await loadSqlParser();
    const read = (sql: string) => extensionStatement(parser.parse(sql)[0]?.node ?? {});
    assert.deepEqual(read("CREATE EXTENSION IF NOT EXISTS pg_trgm"), { action: "create", names: ["pg_trgm"] });
    assert.deepEqual(read("DROP EXTENSION a, b"), { action: "other", names: ["a", "b"] });
    assert.deepEqual(read("ALTER EXTENSION a UPDATE"), { action: "other", names: ["a"] });
    assert.equal(read("DROP TABLE a"), undefined);
  });
});

describe("which files a rollback takes", () => {
  const files = ["0001_a.sql", "0002_b.sql", "0003_c.sql"].map((name) => migrationFile(name, `SELECT '${name}';\n`));
  const row = (at: number, state: MigrationState): HistoryRow => {
    const { version = "", order = 0n, description = "", checksum = "" } = files[at] ?? {};
    return {
      ...{ version, order, description, state, checksum, phase: "expand", closes: null, release: "1.0.0" },
      ...{ appliedAt: new Date(), durationMs: 1, heldReason: null, dueAt: null },
    };
  };
  const chosen = (rows: readonly HistoryRow[], to?: string): [string[], string | undefined] => {
    const { candidates, stop } = chooseRollback(rows, files, to);
    return [candidates.map(({ file }) => file.version), stop?.reason];
  };

  it("the newest that has run; with a version all after it, newest first", () => {
    const rows = [row(0, "applied"), row(1, "unverified"), row(2, "held")];
    assert.deepEqual(chosen(rows), [["0002"], undefined]);
    assert.deepEqual(chosen([row(0, "applied"), row(1, "applied"), row(2, "applied")], "1"), [
      ["0003", "0002"],
      undefined,
    ]);
  });

  it("until one that is half-run, retired, or another file now", () => {
    assert.deepEqual(chosen([row(0, "applied"), row(1, "started")]), [[], "it is half-run"]);
    assert.deepEqual(chosen([row(0, "applied"), row(1, "retired"), row(2, "applied")], "0001"), [
      ["0003"],
      "what it took away is only retired",
    ]);
    assert.deepEqual(chosen([{ ...row(0, "applied"), checksum: "else" }]), [[], "its file is not the one that ran"]);
  });
});
