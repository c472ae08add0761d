import assert from "node:assert/strict";
import { asMigration } from "../../../engine/core/adopt/as-migration.js";
import { readToolFolder } from "../../../engine/core/adopt/read-tool-folder.js";
import type { FolderFile, Tool } from "../../../engine/core/adopt/tool-folder.js";
import { isVersion, parseMigrationName, versionOrder } from "../../../engine/core/migration-name.js";
import { readMigration } from "../../../engine/core/read-migration.js";
import { faultsOf, migrationFile } from "../../support/migration-file.js";

function folder(files: Readonly<Record<string, string>>): FolderFile[] {
  return Object.entries(files).map(([name, text]) => ({ name, path: `db/${name}`, read: () => text }));
}

/** Each migration as Holdfast runs it: version, body and way back, blanks at their ends aside. */
function read(tool: Tool, files: Readonly<Record<string, string>>) {
  const { files: found, faults } = readToolFolder(tool, folder(files));
  assert.deepEqual(
    faults.map(({ message }) => message),
    [],
  );
  return found.map((file) => {
    const { version, description, body, rollback } = readMigration(asMigration(file));
    const down = rollback?.kind === "sql" ? rollback.section.text.trim() : undefined;
    return [version, description, body.text.trim(), down];
  });
}

function refusals(tool: Tool, files: Readonly<Record<string, string>>) {
  return readToolFolder(tool, folder(files)).faults.map(({ code, message }) => `${code}: ${message}`);
}

describe("the folders of other tools", () => {
  it("dbmate's: the part below migrate:up runs, the part below migrate:down leads back", () => {
    const text = "-- migrate:up\nCREATE TABLE a (id int);\n\n-- migrate:down\nDROP TABLE a;\n";
    assert.deepEqual(read("dbmate", { "20240131120000_create_a.sql": text, "README.md": "", "seed.sql": "x" }), [
      ["20240131120000", "create a", "-- migrate:up\nCREATE TABLE a (id int);", "DROP TABLE a;"],
    ]);
  });

  it("dbmate's: transaction:false is read from the marker", () => {
    const text = "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON a (id);\n-- migrate:down\n";
    const [file] = readToolFolder("dbmate", folder({ "1_i.sql": text })).files;
    assert.equal(file?.isOneTransaction, false);
    assert.equal(
      readToolFolder("dbmate", folder({ "1_i.sql": text.replace(" transaction:false", "") })).files[0]
        ?.isOneTransaction,
      true,
    );
  });

  it("dbmate's: a file it would refuse itself is refused with its line", () => {
    assert.deepEqual(refusals("dbmate", { "1_a.sql": "SELECT 1;", "2_b.sql": "SELECT 1;\n-- migrate:up\n" }), [
      "invalid_migration: db/1_a.sql:1:1: no line says -- migrate:up.",
      "invalid_migration: db/2_b.sql:1:1: SQL stands before -- migrate:up.",
    ]);
  });

  it("dbmate's: a second block in one file is refused, instead of being taken for the way down", () => {
    const block = "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n";
    assert.deepEqual(refusals("dbmate", { "1_a.sql": block + block }), [
      "invalid_migration: db/1_a.sql:1:1: a marker stands twice, of which one would be lost.",
    ]);
  });

  it("golang-migrate's: two files are one migration", () => {
    const files = {
      "000001_create_a.up.sql": "CREATE TABLE a (id int);",
      "000001_create_a.down.sql": "DROP TABLE a;",
      "000010_b.up.sql": "SELECT 2;",
      "000002_c.up.sql": "SELECT 3;",
    };
    assert.deepEqual(read("golang-migrate", files), [
      ["000001", "create a", "CREATE TABLE a (id int);", "DROP TABLE a;"],
      ["000002", "c", "SELECT 3;", undefined],
      ["000010", "b", "SELECT 2;", undefined],
    ]);
  });

  it("golang-migrate's: BEGIN and COMMIT around a file are Holdfast's business, line by line where they were", () => {
    const text = "BEGIN;\nCREATE TABLE a (id int);\nCOMMIT;\n";
    const [file] = readToolFolder("golang-migrate", folder({ "1_a.up.sql": text })).files;
    assert.equal(file && asMigration(file).text, "      \nCREATE TABLE a (id int);\n       \n");
    const half = "BEGIN;\nCREATE TABLE a (id int);\n";
    const [left] = readToolFolder("golang-migrate", folder({ "1_a.up.sql": half })).files;
    assert.equal(left && asMigration(left).text, half);
  });

  it("node-pg-migrate's: the way up begins the file, with a marker or without", () => {
    const up = "-- Up Migration\nCREATE TABLE a (id int);\n\n-- Down Migration\nDROP TABLE a;\n";
    assert.deepEqual(
      read("node-pg-migrate", { "1700000000000_create-a.sql": up, "1700000000001_b.sql": "SELECT 2;" }),
      [
        ["1700000000000", "create a", "-- Up Migration\nCREATE TABLE a (id int);", "DROP TABLE a;"],
        ["1700000000001", "b", "SELECT 2;", undefined],
      ],
    );
  });

  it("node-pg-migrate's: a marker may be drawn with more dashes, and stand behind blank lines", () => {
    const text = "\n  --- UP  migration ---\nSELECT 1;\n\n-- - Down Migration\nSELECT 2;\n";
    assert.deepEqual(read("node-pg-migrate", { "1_a.sql": text }), [
      ["1", "a", "--- UP  migration ---\nSELECT 1;", "SELECT 2;"],
    ]);
  });

  it("node-pg-migrate's: JavaScript is refused by name", () => {
    assert.deepEqual(refusals("node-pg-migrate", { "1700000000000_a.js": "" }), [
      "adopt_refused: db/1700000000000_a.js is a migration in JavaScript.",
    ]);
  });

  it("Prisma's: a folder is a migration, and down.sql its way back", () => {
    const files = {
      "20240131120000_init/migration.sql": "CREATE TABLE a (id int);",
      "20240131120000_init/down.sql": "DROP TABLE a;",
      "0_empty/migration.sql": "-- This is an empty migration.",
      "migration_lock.toml": 'provider = "postgresql"\n',
    };
    assert.deepEqual(read("prisma", files), [
      ["0", "empty", "-- This is an empty migration.\nSELECT;", undefined],
      ["20240131120000", "init", "CREATE TABLE a (id int);", "DROP TABLE a;"],
    ]);
    assert.deepEqual(refusals("prisma", { "migration_lock.toml": 'provider = "mysql"' }), [
      "adopt_refused: db/migration_lock.toml is written for mysql.",
    ]);
  });

  it("Flyway's: versions keep their dots, and are ordered number by number", () => {
    const files = {
      "V1__a.sql": "SELECT 1;",
      "V1.10__b.sql": "SELECT 2;",
      "V1_2__c.sql": "SELECT 3;",
      "later/V2__d.sql": "SELECT 4;",
      "notes.txt": "",
    };
    assert.deepEqual(
      read("flyway", files).map(([version]) => version),
      ["V1", "V1_2", "V1.10", "V2"],
    );
  });

  it("Flyway's: two spellings of one version are one version too many", () => {
    assert.deepEqual(refusals("flyway", { "V1__a.sql": "SELECT 1;", "V1.0__b.sql": "SELECT 1;" }), [
      "duplicate_version: db/V1.0__b.sql and db/V1__a.sql have the same version.",
    ]);
  });

  it("Flyway's: what cannot be kept is refused by name", () => {
    const files = {
      "R__views.sql": "",
      "U1__a.sql": "",
      "B5__all.sql": "",
      "afterMigrate.sql": "",
      "beforeEachMigrate__log.sql": "",
      "V2__Import.java": "",
      "V3__a.sql": "SELECT 1;\nSELECT '${name}';",
      "V4_typo.sql": "",
      "V5__a.sql": "SELECT 1;",
      "V5__a.sql.conf": "encoding=latin1",
      [`V${"1.".repeat(6)}1__long.sql`]: "",
    };
    assert.deepEqual(refusals("flyway", files), [
      "adopt_refused: db/B5__all.sql is a baseline migration.",
      "adopt_refused: db/R__views.sql is a repeatable migration.",
      "adopt_refused: db/U1__a.sql is an undo migration.",
      "invalid_migration: db/V1.1.1.1.1.1.1__long.sql:1:1: V1.1.1.1.1.1.1 has more than six numbers, or one of more than 18 digits.",
      "adopt_refused: db/V2__Import.java is a migration that is no SQL.",
      "adopt_refused: db/V3__a.sql:2:9: ${name} is a placeholder, which only Flyway fills in.",
      "invalid_migration: db/V4_typo.sql:1:1: it is not named V<version>__<description>.sql.",
      "adopt_refused: db/V5__a.sql.conf is a script configuration that cannot be kept.",
      "adopt_refused: db/afterMigrate.sql is a callback.",
      "adopt_refused: db/beforeEachMigrate__log.sql is a callback.",
    ]);
  });

  it("an order that only the tool has is refused", () => {
    const up = "-- migrate:up\nSELECT 1;\n-- migrate:down\n";
    assert.deepEqual(refusals("dbmate", { "9_a.sql": up, "10_b.sql": up }), [
      "mixed_schemes: dbmate runs db/10_b.sql before db/9_a.sql, whose number is lower: it orders names as text.",
    ]);
    assert.deepEqual(refusals("golang-migrate", { "9_a.up.sql": "SELECT 1;", "10_b.up.sql": "SELECT 1;" }), []);
  });

  it("comments that look like tags are comments, and Holdfast's own tags count", () => {
    const text = "-- @author ann\n--@todo x\n-- @phase contract\n-- @closes V1\nDROP TABLE a;\nSELECT '-- @x';\n";
    const [file] = readToolFolder("flyway", folder({ "V2__drop_a.sql": text })).files;
    assert.ok(file);
    const { phase, closes, body } = readMigration(asMigration(file));
    assert.deepEqual([phase, closes], ["contract", "V1"]);
    assert.match(body.text, /^--- @author ann\n---@todo x\n[^]*SELECT '-- @x';/);
  });
});

describe("another tool's folder that is read as Holdfast's own", () => {
  const own = (text: string) => faultsOf(() => readMigration(migrationFile("0001_create_a.sql", text)));

  it("is refused where it would run forward and back at once, with the setting that is missing", () => {
    const up = "-- migrate:up\nCREATE TABLE a (id int);\n";
    const [fault] = own(`${up}-- migrate:down\nDROP TABLE a;\n`);
    assert.deepEqual([fault?.code, fault?.details.location?.line], ["invalid_migration", 3]);
    assert.match(fault?.details.next ?? "", /"format": "dbmate" in holdfast\.json/);
    const [other] = own("CREATE TABLE a (id int);\n-- Down Migration\nDROP TABLE a;\n");
    assert.match(other?.details.next ?? "", /"format": "node-pg-migrate"/);
    assert.deepEqual(own(`${up}SELECT '\n-- migrate:down\n';\n-- no Down Migration needed\n`), []);
  });

  it("is named where its files have other names", () => {
    for (const name of ["V1__a.sql", "000001_a.up.sql", "1706702400000_a.sql"]) {
      const [fault] = faultsOf(() => parseMigrationName(name));
      assert.match(fault?.details.next ?? "", /holdfast adopt --help/, name);
    }
    const [typo] = faultsOf(() => parseMigrationName("create_a.sql"));
    assert.doesNotMatch(typo?.details.next ?? "", /adopt/);
  });
});

describe("versions with a V in front", () => {
  it("have an order between each other, whatever the number of their dots", () => {
    const versions = ["V0.9", "V1", "V1.0.1", "V1.2", "V1.10", "V2", "V20240131.1", "V20240131120000"];
    const orders = versions.map(versionOrder);
    assert.deepEqual(
      [...orders].sort((a, b) => (a < b ? -1 : 1)),
      orders,
    );
    assert.equal(versionOrder("V1"), versionOrder("V01.0.0"));
  });

  it("stay within what an order is made of", () => {
    assert.ok(isVersion("V1.2.3.4.5.6"));
    for (const text of ["V1.2.3.4.5.6.7", "V", "V1.", "1.2", `V${"1".repeat(19)}`]) assert.ok(!isVersion(text), text);
  });
});
