import assert from "node:assert/strict";
import fc from "fast-check";
import { compareSets, type SetComparison } from "../../engine/core/compare-sets.js";
import { parseMigrationName } from "../../engine/core/migration-name.js";
import type { HistoryRow, MigrationFile } from "../../engine/core/migration.js";
import { migrationFile } from "../support/migration-file.js";

const RELEASE = "1.2.0";
const file = (name: string, text = `SELECT '${name}';`): MigrationFile => migrationFile(name, text);

/** The row that applying a file leaves. */
function row(of: string | MigrationFile, extra: Partial<HistoryRow> = {}): HistoryRow {
  const { version, order, description, checksum } = typeof of === "string" ? file(of) : of;
  return {
    ...{ version, order, description, checksum, state: "applied", phase: "expand", closes: null },
    ...{ release: "1.0.0", appliedAt: new Date("2026-01-19T09:30:00Z"), durationMs: 1, heldReason: null, dueAt: null },
    ...extra,
  };
}

function compare(
  files: readonly (string | MigrationFile)[],
  history: readonly HistoryRow[],
  release = RELEASE,
): SetComparison {
  const loaded = files.map((one) => (typeof one === "string" ? file(one) : one));
  return compareSets({ files: loaded, history, releases: [{ version: "1.3.0", appliedAt: new Date(0) }], release });
}

const names = (files: readonly MigrationFile[]) => files.map(({ name }) => name);
const codes = ({ faults }: SetComparison) => faults.map(({ code }) => code);

describe("a folder compared with a database's history", () => {
  it("runs everything on an empty history, in order", () => {
    const sets = compare(["10_c.sql", "0002_b.sql", "1_a.sql"], []);
    assert.deepEqual(names(sets.pending), ["1_a.sql", "0002_b.sql", "10_c.sql"]);
    assert.deepEqual([sets.faults, sets.isAhead, sets.unverified, sets.held, sets.retired], [[], false, [], [], []]);
  });

  it("runs nothing where all was applied", () => {
    const sets = compare(["1_a.sql", "2_b.sql"], [row("1_a.sql"), row("2_b.sql")]);
    assert.deepEqual([sets.pending, sets.faults], [[], []]);
  });

  it("runs only what is missing, never by a high-water mark", () => {
    assert.deepEqual(names(compare(["1_a.sql", "2_b.sql", "3_c.sql"], [row("1_a.sql")]).pending), [
      "2_b.sql",
      "3_c.sql",
    ]);
  });

  it("names an edited file and both ways out", () => {
    const sets = compare([file("1_a.sql", "SELECT 2;")], [row("1_a.sql")]);
    assert.deepEqual(codes(sets), ["checksum_mismatch"]);
    const [fault] = sets.faults;
    assert.match(fault?.message ?? "", /migrations\/1_a\.sql was changed after it was applied by release 1\.0\.0/);
    assert.match(fault?.details.next ?? "", /as a new file[^]*holdfast accept <instance> 1 --reason/);
  });

  for (const state of ["applied", "unverified", "retired"] as const) {
    it(`takes an edit of a file that is ${state} for an error`, () => {
      assert.deepEqual(codes(compare([file("1_a.sql", "SELECT 2;")], [row("1_a.sql", { state })])), [
        "checksum_mismatch",
      ]);
    });
    it(`takes the loss of a file that is ${state} for an error`, () => {
      assert.deepEqual(codes(compare(["2_b.sql"], [row("1_a.sql", { state }), row("2_b.sql")])), ["migration_missing"]);
    });
  }

  it("lets a half-run file be mended, and runs it again", () => {
    const sets = compare([file("1_a.sql", "SELECT 2;"), "2_b.sql"], [row("1_a.sql", { state: "started" })]);
    assert.deepEqual([names(sets.pending), codes(sets)], [["1_a.sql", "2_b.sql"], []]);
  });

  it("takes the loss of a half-run file for an error", () => {
    assert.deepEqual(codes(compare(["2_b.sql"], [row("1_a.sql", { state: "started" })])), ["migration_missing"]);
  });

  it("runs a rolled back file again, also mended, and does not call it late; its loss is no error", () => {
    const history = [row("1_a.sql", { state: "rolled back" }), row("2_b.sql")];
    const sets = compare([file("1_a.sql", "SELECT 2;"), "2_b.sql"], history);
    assert.deepEqual([names(sets.pending), codes(sets)], [["1_a.sql"], []]);
    assert.deepEqual(codes(compare(["2_b.sql"], history)), []);
  });

  it("names a renamed file by its old and its new name, also where only the description changed", () => {
    const text = "SELECT 1;";
    const history = [row(file("2_b.sql", text))];
    for (const name of ["3_b.sql", "2_c.sql", "0002_b.sql"]) {
      const sets = compare([file(name, text)], history);
      assert.deepEqual(codes(sets), ["migration_renamed"], name);
      assert.match(sets.faults[0]?.message ?? "", new RegExp(`migrations/${name} .* as 2 \\(b\\)`));
    }
  });

  it("refuses a file merged late, and tells how to renumber it", () => {
    const sets = compare(["1_a.sql", "2_b.sql", "3_c.sql"], [row("1_a.sql"), row("3_c.sql")]);
    assert.deepEqual(codes(sets), ["out_of_order"]);
    assert.match(sets.faults[0]?.message ?? "", /2_b\.sql comes too late: 3 \(c\)/);
    assert.match(sets.faults[0]?.details.next ?? "", /above 3/);
  });

  it("does not take a held file for late, nor a file below a held one", () => {
    const history = [row("1_a.sql"), row("3_c.sql", { state: "held", phase: "contract" })];
    const sets = compare(["1_a.sql", "2_b.sql", "3_c.sql"], history);
    assert.deepEqual([names(sets.pending), codes(sets)], [["2_b.sql"], []]);
    const later = compare(["1_a.sql", "3_c.sql", "4_d.sql"], [...history, row("4_d.sql")]);
    assert.deepEqual([later.pending, codes(later), later.held.map(({ row: { version } }) => version)], [[], [], ["3"]]);
  });

  it("lets a held file be edited or withdrawn: it has not run", () => {
    const history = [row("1_a.sql", { state: "held", phase: "contract" })];
    const edited = compare([file("1_a.sql", "SELECT 2;")], history);
    assert.deepEqual([codes(edited), edited.held.length, edited.pending], [[], 1, []]);
    const withdrawn = compare(["2_b.sql"], history);
    assert.deepEqual([codes(withdrawn), withdrawn.held], [[], []]);
  });

  it("lists what waits for its verification and what is retired", () => {
    const history = [row("1_a.sql", { state: "unverified" }), row("2_b.sql", { state: "retired", phase: "contract" })];
    const sets = compare(["1_a.sql", "2_b.sql", "3_c.sql"], history);
    assert.deepEqual(
      sets.unverified.map(({ file: { name } }) => name),
      ["1_a.sql"],
    );
    assert.deepEqual(
      sets.retired.map(({ version }) => version),
      ["2"],
    );
    assert.deepEqual(names(sets.pending), ["3_c.sql"]);
  });

  it("takes over a row that another system wrote, without checksum and under another description", () => {
    const history = [
      row("0001_create_users.sql", { version: "1", checksum: null, description: "Add users!", release: null }),
    ];
    assert.deepEqual(codes(compare(["0001_create_users.sql", "0002_b.sql"], history)), []);
  });

  it("reports every fault at once", () => {
    const history = [row("1_a.sql"), row("2_b.sql"), row("5_e.sql")];
    const sets = compare([file("2_b.sql", "SELECT 9;"), "3_c.sql", "5_e.sql"], history);
    assert.deepEqual(codes(sets).sort(), ["checksum_mismatch", "migration_missing", "out_of_order"]);
  });

  describe("when an older release is deployed again", () => {
    const newer = (name: string, extra: Partial<HistoryRow> = {}) => row(name, { release: "1.3.0", ...extra });

    it("finds the database ahead, runs nothing, and calls it no error", () => {
      const sets = compare(["1_a.sql"], [row("1_a.sql"), newer("2_b.sql")]);
      assert.deepEqual([sets.isAhead, sets.pending, codes(sets)], [true, [], []]);
      assert.deepEqual(
        sets.newerRows.map(({ version }) => version),
        ["2"],
      );
    });

    it("still takes an edited file, and one that its own release applied and it lacks, for errors", () => {
      const sets = compare([file("1_a.sql", "SELECT 2;")], [row("1_a.sql"), row("2_b.sql"), newer("3_c.sql")]);
      assert.deepEqual(codes(sets).sort(), ["checksum_mismatch", "migration_missing"]);
    });

    for (const release of ["1.2.0", "1.1.0", null]) {
      it(`takes a missing file of release ${release ?? "unknown"} for an error: no newer one brought it`, () => {
        const sets = compare(["1_a.sql"], [row("1_a.sql"), row("2_b.sql", { release })]);
        assert.deepEqual([sets.isAhead, codes(sets)], [false, ["migration_missing"]]);
      });
    }

    it("orders releases as semantic versions do, not as text", () => {
      assert.deepEqual(
        codes(compare(["1_a.sql"], [row("1_a.sql"), row("2_b.sql", { release: "1.10.0" })], "1.9.0")),
        [],
      );
      const sets = compare(["1_a.sql"], [row("1_a.sql"), row("2_b.sql", { release: "1.3.0-rc.1" })], "1.3.0");
      assert.deepEqual(codes(sets), ["migration_missing"]);
    });

    it("refuses new files of a branch that lacks what the newer release applied", () => {
      const sets = compare(["1_a.sql", "3_c.sql"], [row("1_a.sql"), newer("2_b.sql")]);
      assert.deepEqual([codes(sets), sets.pending], [["release_too_old"], []]);
      assert.match(sets.faults[0]?.details.next ?? "", /release 1\.3\.0/);
      assert.deepEqual(codes(compare(["1_a.sql", "3_c.sql"], [row("1_a.sql"), newer("4_d.sql")])), ["out_of_order"]);
    });

    const expand = row("2_b.sql");
    const change = row("3_c.sql", { phase: "switch" });
    const contract = (state: HistoryRow["state"]) => newer("4_d.sql", { phase: "contract", closes: "0002", state });
    const tooOld: [string, string[], HistoryRow[], HistoryRow["state"], string[]][] = [
      ["it has expand and switch", ["1_a.sql", "2_b.sql", "3_c.sql"], [expand, change], "applied", []],
      [
        "it lacks the switch",
        ["1_a.sql", "2_b.sql"],
        [expand, { ...change, release: "1.3.0" }],
        "applied",
        ["release_too_old"],
      ],
      [
        "it lacks the expand",
        ["1_a.sql"],
        [
          { ...expand, release: "1.3.0" },
          { ...change, release: "1.3.0" },
        ],
        "applied",
        ["release_too_old"],
      ],
      [
        "the contract is only retired, but out of sight",
        ["1_a.sql"],
        [{ ...expand, release: "1.3.0" }],
        "retired",
        ["release_too_old"],
      ],
      ["the contract is held", ["1_a.sql"], [{ ...expand, release: "1.3.0" }], "held", []],
      [
        "it lacks an expand between them only",
        ["1_a.sql", "2_b.sql"],
        [expand, { ...change, phase: "expand", release: "1.3.0" }],
        "applied",
        [],
      ],
    ];
    for (const [what, folder, rows, state, expected] of tooOld) {
      it(`${expected.length > 0 ? "refuses it" : "lets it run"} past a contract where ${what}`, () => {
        const sets = compare(folder, [row("1_a.sql"), ...rows, contract(state)]);
        assert.deepEqual(codes(sets), expected);
        assert.equal(
          /holdfast undo/.test(sets.faults[0]?.details.next ?? ""),
          expected.length > 0 && state === "retired",
        );
      });
    }

    it("lets it run where the switch it lacks belongs to an earlier change", () => {
      const rows = [
        newer("2_b.sql", { phase: "switch" }),
        row("3_c.sql"),
        newer("4_d.sql", { phase: "contract", closes: "3" }),
      ];
      assert.deepEqual(codes(compare(["1_a.sql", "3_c.sql"], [row("1_a.sql"), ...rows])), []);
    });
  });

  it("never runs a file twice, never loses one, and never lists one as pending beside a fault about it", () => {
    const versions = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 8 });
    const state = fc.constantFrom<HistoryRow["state"]>(
      "started",
      "applied",
      "unverified",
      "held",
      "retired",
      "rolled back",
    );
    const release = fc.constantFrom("1.0.0", "1.2.0", "1.3.0", null);
    const rows = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 12 }), state, release), {
      selector: ([version]) => version,
      maxLength: 8,
    });
    fc.assert(
      fc.property(versions, rows, (folder, applied) => {
        const files = folder.map((version) => `${version}_m.sql`);
        const history = applied.map(([version, as, by]) => row(`${version}_m.sql`, { state: as, release: by }));
        const sets = compare(files, history);
        const hasRun = new Set(
          applied.filter(([, as]) => as !== "rolled back" && as !== "started").map(([version]) => String(version)),
        );
        for (const { version } of sets.pending) assert.ok(!hasRun.has(version), `${version} would run twice`);
        if (sets.faults.length > 0 || sets.isAhead) return;
        const covered = new Set([...sets.pending.map(({ version }) => version), ...hasRun]);
        for (const name of files) assert.ok(covered.has(parseMigrationName(name).version), `${name} is lost`);
        const orders = sets.pending.map(({ order }) => order);
        assert.deepEqual(
          orders,
          [...orders].sort((a, b) => Number(a - b)),
        );
      }),
      { numRuns: 2000 },
    );
  });
});
