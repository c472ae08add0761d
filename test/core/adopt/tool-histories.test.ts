import assert from "node:assert/strict";
import { flywayChecksum } from "../../../engine/core/adopt/crc32.js";
import { readHistory } from "../../../engine/core/adopt/read-history.js";
import { readToolFolder } from "../../../engine/core/adopt/read-tool-folder.js";
import type { Tool } from "../../../engine/core/adopt/tool-folder.js";
import { checksumOf, normaliseText } from "../../../engine/core/normalise-text.js";
import type { Row } from "../../../engine/core/ports.js";

/** Names of the applied files, and the faults. */
function read(tool: Tool, names: readonly string[], rows: readonly Row[], known: readonly string[] = []) {
  const files = names.map((name) => ({ name, path: `db/${name}`, read: () => "SELECT 1;" }));
  const folder = readToolFolder(tool, files);
  const { applied, faults } = readHistory({ tool, table: "t", rows }, folder.files, ({ name }) => known.includes(name));
  return [applied.map(({ name }) => name), faults.map(({ code, message }) => `${code}: ${message}`)];
}

const FLYWAY = ["V1__a.sql", "V1.1__b.sql", "V2__c.sql"];
const flyway = (version: string | null, row: Row = {}): Row => ({
  ...{ version, type: "SQL", success: "true", checksum: null, description: "x", script: `${version ?? "R"}.sql` },
  ...row,
});

describe("the history of Flyway", () => {
  it("counts versions, however they are spelled, and in whatever order they ran", () => {
    assert.deepEqual(read("flyway", FLYWAY, [flyway("2"), flyway("1.1.0"), flyway("01")]), [FLYWAY, []]);
  });

  it("counts a baseline as all files up to it, and the schema's own row as none", () => {
    const rows = [flyway(null, { type: "SCHEMA" }), flyway("1.1", { type: "BASELINE" })];
    assert.deepEqual(read("flyway", FLYWAY, rows), [FLYWAY.slice(0, 2), []]);
  });

  it("leaves out what flyway repair took for deleted", () => {
    const rows = [flyway("1"), flyway("1.1"), flyway("9"), flyway("9", { type: "DELETE" })];
    assert.deepEqual(read("flyway", FLYWAY, rows), [FLYWAY.slice(0, 2), []]);
  });

  it("is refused where it holds what cannot be kept, row by row", () => {
    const rows = [
      flyway("1", { checksum: "1" }),
      flyway("1.1", { success: "false" }),
      flyway(null),
      flyway("2", { type: "JDBC", script: "V2__c" }),
      flyway("2", { type: "UNDO_SQL", script: "U2__c.sql" }),
      flyway("3"),
    ];
    assert.deepEqual(read("flyway", FLYWAY.slice(0, 1), rows)[1], [
      "checksum_mismatch: db/V1__a.sql was changed after Flyway applied it.",
      "adopt_refused: 1.1.sql failed (t).",
      "adopt_refused: R.sql is a repeatable migration (t).",
      "adopt_refused: V2__c is a migration of type JDBC (t), which is no SQL.",
      "adopt_refused: U2__c.sql was undone (t).",
      "migration_missing: flyway has applied 3 (x) (t), but its file is not in the folder.",
    ]);
  });

  it("has checksums of lines, whatever ends them", () => {
    // The standard's check value: CRC-32 of 123456789 is cbf43926.
    assert.equal(flywayChecksum("1234\n56789\n"), 0xcbf43926 | 0);
    // What Flyway 11.8.2 wrote for files with a byte-order mark, CR and CR LF.
    const text = normaliseText("\uFEFFCREATE TABLE x (id int);\n\n-- ü\r\nSELECT 1;");
    assert.equal(flywayChecksum(text), 1167751756);
    assert.equal(flywayChecksum(normaliseText("SELECT 2;\r")), 798974111);
  });
});

describe("the history of golang-migrate", () => {
  const names = ["1_a.up.sql", "2_b.up.sql", "10_c.up.sql"];

  it("is one number, up to which everything has run", () => {
    assert.deepEqual(read("golang-migrate", names, [{ version: "2", dirty: "false" }]), [names.slice(0, 2), []]);
    assert.deepEqual(read("golang-migrate", names, []), [[], []]);
  });
});

describe("the history of Prisma", () => {
  const name = "20240131120000_init";
  const row = (changes: Row): Row => ({
    ...{
      migration_name: name,
      checksum: checksumOf("SELECT 1;"),
      started_at: "x",
      finished_at: "x",
      rolled_back_at: null,
    },
    ...changes,
  });
  const files = [`${name}/migration.sql`];

  it("counts what finished, a try before it that was rolled back or not", () => {
    const rolledBack = row({ finished_at: null, rolled_back_at: "x" });
    assert.deepEqual(read("prisma", files, [rolledBack, row({})]), [files, []]);
  });

  it("is refused where the last try failed or was rolled back", () => {
    assert.deepEqual(read("prisma", files, [row({ finished_at: null })])[1], [`adopt_refused: ${name} failed (t).`]);
    assert.deepEqual(read("prisma", files, [row({ finished_at: null, rolled_back_at: "x" })])[1], [
      `adopt_refused: ${name} was rolled back, and has not been applied since (t).`,
    ]);
  });
});

describe("a file that Holdfast has run since", () => {
  it("does not come too late for the tool's history", () => {
    const names = ["V1__a.sql", "V2__b.sql", "V3__c.sql"];
    const rows = [flyway("1"), flyway("3")];
    assert.deepEqual(read("flyway", names, rows)[1], [
      "out_of_order: db/V2__b.sql comes too late: flyway has not applied it, but V3__c.sql, which is higher.",
    ]);
    assert.deepEqual(read("flyway", names, rows, ["V2__b.sql"])[1], []);
  });
});
