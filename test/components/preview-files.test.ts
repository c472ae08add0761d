import assert from "node:assert/strict";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import { HoldfastError } from "../../engine/core/errors.js";
import { defaultPolicy, type MigrationFile } from "../../engine/core/migration.js";
import type { ReportedMigration } from "../../engine/core/deploy-summary.js";
import { previewFiles, type PreviewInput } from "../../engine/preview-files.js";
import { migrationFile } from "../support/migration-file.js";

const CREATE = migrationFile("0001_create_users.sql", "CREATE TABLE users (id bigint PRIMARY KEY, name text);");
const ADD = migrationFile("0002_add_users_full_name.sql", "ALTER TABLE users ADD COLUMN full_name text;");
const DROP = migrationFile(
  "0003_drop_users_name.sql",
  "-- @phase contract\n-- @closes 0002\nALTER TABLE users DROP COLUMN name;",
);
const INDEX = migrationFile("0004_index_users_name.sql", "CREATE INDEX CONCURRENTLY users_name ON users (name);");
const OTHER = migrationFile("0005_create_teams.sql", "CREATE TABLE teams (id bigint PRIMARY KEY);");

describe("a preview from files alone", () => {
  it("names every file before the first deploy, and says that it compared with nothing", async () => {
    const preview = await previewFiles(input({ files: [CREATE, ADD, DROP], reported: null }));
    assert.equal(preview.isCompared, false);
    assert.deepEqual(names(preview.pending.map(({ migration }) => migration)), ["0001", "0002", "0003"]);
    assert.deepEqual(preview.held, []);
  });

  it("names only what the last deploy did not find applied", async () => {
    const preview = await previewFiles(input({ files: [CREATE, ADD], reported: [applied(CREATE)] }));
    assert.deepEqual(names(preview.pending.map(({ migration }) => migration)), ["0002"]);
  });

  it("loads no parser where nothing is pending", async () => {
    const loadParser = () => assert.fail("it was loaded");
    const preview = await previewFiles(input({ files: [CREATE], reported: [applied(CREATE)], loadParser }));
    assert.deepEqual(preview.pending, []);
  });

  it("holds a contract that nobody approved, and what names its objects, and lets the rest run", async () => {
    const reported = [applied(CREATE, "1.0.0"), applied(ADD, "1.0.0")];
    const preview = await previewFiles(input({ files: [CREATE, ADD, DROP, INDEX, OTHER], reported, release: "1.1.0" }));
    assert.deepEqual(names(preview.held.map(({ file }) => file)), ["0003", "0004"]);
    assert.match(preview.held[0]!.reason, /not approved/);
    assert.deepEqual(names(preview.pending.map(({ migration }) => migration)), ["0005"]);
  });

  it("runs a contract that was approved by its checksum and is due", async () => {
    const reported = [applied(CREATE, "1.0.0"), applied(ADD, "1.0.0")];
    const approvals = [{ version: "0003", checksum: DROP.checksum, by: "ada" }];
    const preview = await previewFiles(input({ files: [CREATE, ADD, DROP], reported, approvals, release: "1.1.0" }));
    assert.deepEqual(names(preview.pending.map(({ migration }) => migration)), ["0003"]);
  });

  it("refuses an approval of a file that changed since", async () => {
    const reported = [applied(CREATE, "1.0.0"), applied(ADD, "1.0.0")];
    const approvals = [{ version: "0003", checksum: "0".repeat(64), by: "ada" }];
    const found = await faults({ files: [CREATE, ADD, DROP], reported, approvals, release: "1.1.0" });
    assert.deepEqual(codes(found), ["approval_void"]);
  });

  it("tells all faults of all files at once", async () => {
    const found = await faults({
      files: [
        migrationFile("0001_create_users.sql", "CREATE TABLE users (id bigint PRIMARY KEY, name varchar(9));"),
        migrationFile("0006_drop_users.sql", "DROP TABLE users;"),
        migrationFile("0007_break.sql", "CREATE TABEL teams ();"),
        migrationFile("0008_tag.sql", "-- @phaes expand\nSELECT 1;"),
      ],
      reported: [applied(CREATE), applied(ADD)],
    });
    assert.deepEqual(codes(found).sort(), [
      "checksum_mismatch",
      "invalid_migration",
      "migration_missing",
      "sql_syntax",
      "unsafe_statement",
    ]);
    for (const fault of found) assert.ok(fault.details.next, fault.message);
  });

  it("does not judge again what is applied", async () => {
    const old = migrationFile("0001_drop_users.sql", "DROP TABLE users;");
    const preview = await previewFiles(input({ files: [old, OTHER], reported: [applied(old)] }));
    assert.deepEqual(names(preview.pending.map(({ migration }) => migration)), ["0005"]);
  });

  it("of an older release finds the database ahead, which is no fault", async () => {
    const preview = await previewFiles(
      input({ files: [CREATE], reported: [applied(CREATE, "1.0.0"), applied(ADD, "1.1.0")] }),
    );
    assert.equal(preview.isAhead, true);
    assert.deepEqual(preview.pending, []);
  });
});

function input(given: Partial<PreviewInput>): PreviewInput {
  return {
    files: [],
    reported: null,
    release: "1.0.0",
    approvals: [],
    policy: defaultPolicy("dev"),
    now: new Date("2026-01-20T00:00:00Z"),
    loadParser: loadSqlParser,
    ...given,
  };
}

function applied({ version, checksum }: MigrationFile, release = "1.0.0"): ReportedMigration {
  return { version, checksum, state: "applied", release, appliedAt: "2026-01-19T00:00:00Z" };
}

function names(files: readonly { readonly version: string }[]): string[] {
  return files.map(({ version }) => version);
}

function codes(found: readonly HoldfastError[]): string[] {
  return found.map(({ code }) => code);
}

async function faults(given: Partial<PreviewInput>): Promise<HoldfastError[]> {
  try {
    await previewFiles(input(given));
  } catch (error) {
    assert.ok(error instanceof HoldfastError, String(error));
    return [error, ...(error.details.faults ?? [])];
  }
  return assert.fail("nothing was refused");
}
