import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileMigrationSource } from "../../engine/adapters/file-migration-source.js";
import { HoldfastError } from "../../engine/core/errors.js";

describe("the migrations folder", () => {
  let root = "";
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "holdfast folder "));
    await mkdir(join(root, "migrations"));
  });
  afterEach(async () => {
    await rm(root, { recursive: true, force: true });
  });

  const write = (name: string, content: string | Uint8Array = "SELECT 1;\n") =>
    writeFile(join(root, "migrations", name), content);
  const load = (directory = "migrations") => fileMigrationSource(directory, root).load();
  const refusals = async (directory?: string): Promise<HoldfastError[]> => {
    const error = await load(directory).then(
      () => assert.fail("the folder was loaded"),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof HoldfastError, String(error));
    const all = [error, ...(error.details.faults ?? [])];
    for (const { details, exitCode } of all) {
      assert.ok(details.next, "no way out");
      assert.equal(exitCode, 2);
    }
    return all;
  };

  it("is loaded in the order of its versions, whatever order the names sort in", async () => {
    for (const name of ["10_c.sql", "0009_b.sql", "1_a.sql", "README.md", "notes.txt"]) await write(name);
    const files = await load();
    assert.deepEqual(
      files.map(({ name }) => name),
      ["1_a.sql", "0009_b.sql", "10_c.sql"],
    );
    assert.deepEqual(files[1], {
      name: "0009_b.sql",
      path: join("migrations", "0009_b.sql"),
      version: "0009",
      order: 9n,
      scheme: "number",
      description: "b",
      text: "SELECT 1;\n",
      checksum: createHash("sha256").update("SELECT 1;\n").digest("hex"),
    });
  });

  it("gives the same checksum for CRLF and a byte-order mark: they are no edit", async () => {
    await write("0001_a.sql", "SELECT 1;\nSELECT 'ü';\n");
    const [before] = await load();
    await write("0001_a.sql", "\uFEFFSELECT 1;\r\nSELECT 'ü';\r\n");
    const [after] = await load();
    assert.deepEqual(after, before);
  });

  it("follows a link to a file", async () => {
    await writeFile(join(root, "elsewhere"), "SELECT 1;");
    await symlink(join(root, "elsewhere"), join(root, "migrations", "0001_a.sql"));
    assert.equal((await load())[0]?.text, "SELECT 1;");
  });

  it("that is missing, or is no folder, is said to be so", async () => {
    const [missing] = await refusals("nowhere");
    assert.equal(missing?.code, "folder_missing");
    assert.match(missing?.message ?? "", /nowhere does not exist/);
    await writeFile(join(root, "file"), "");
    assert.match((await refusals("file"))[0]?.message ?? "", /file is not a folder/);
  });

  it("that is empty, or holds no .sql file, is said to be so", async () => {
    assert.deepEqual(
      (await refusals()).map(({ code, message }) => [code, /is empty/.test(message)]),
      [["folder_empty", true]],
    );
    await write("0001_create_users.txt");
    assert.match((await refusals())[0]?.message ?? "", /holds no \.sql file/);
  });

  it("refuses a .sql file with another name, in any spelling of the ending", async () => {
    await write("0001_a.sql");
    for (const name of ["create_users.sql", "0002_b.SQL", "V3__c.sql"]) await write(name);
    assert.deepEqual(
      (await refusals()).map(({ code, message }) => [code, message.split(" ")[0]?.replace("migrations/", "")]),
      [
        ["invalid_file_name", "0002_b.SQL"],
        ["invalid_file_name", "V3__c.sql"],
        ["invalid_file_name", "create_users.sql"],
      ],
    );
  });

  it("refuses a .sql file in a subfolder, however deep, and names it", async () => {
    await write("0001_a.sql");
    await mkdir(join(root, "migrations", "old", "2020"), { recursive: true });
    await writeFile(join(root, "migrations", "old", "2020", "0002_b.sql"), "SELECT 1;");
    await writeFile(join(root, "migrations", "old", "README"), "");
    const [fault, ...others] = await refusals();
    assert.equal(fault?.code, "invalid_file_name");
    assert.equal(fault?.details.location?.file, join("migrations", "old", "2020", "0002_b.sql"));
    assert.deepEqual(others, []);
  });

  it("refuses two files with one version, also where it is spelled in two ways", async () => {
    for (const name of ["0001_a.sql", "0002_b.sql", "2_c.sql", "00002_d.sql"]) await write(name);
    const faults = await refusals();
    assert.deepEqual(
      faults.map(({ code }) => code),
      ["duplicate_version", "duplicate_version"],
    );
    assert.match(faults[0]?.message ?? "", /00002_d\.sql and .*0002_b\.sql/);
  });

  it("tells two files of one day to number themselves", async () => {
    for (const name of ["migration_2026_01_19_add_a.sql", "migration_2026_01_19_add_b.sql"]) await write(name);
    assert.match((await refusals())[0]?.details.next ?? "", /migration_2026_01_19_02_/);
  });

  it("refuses mixed ways of numbering, naming the files that differ from the rest", async () => {
    for (const name of ["0001_a.sql", "0002_b.sql", "20260119093000_c.sql", "migration_2026_01_19_d.sql"])
      await write(name);
    assert.deepEqual(
      (await refusals()).map(({ code, details }) => [code, details.location?.file]),
      [
        ["mixed_schemes", join("migrations", "migration_2026_01_19_d.sql")],
        ["mixed_schemes", join("migrations", "20260119093000_c.sql")],
      ],
    );
  });

  it("refuses a file that is not UTF-8, and names the line", async () => {
    await write("0001_a.sql", Uint8Array.from([...new TextEncoder().encode("SELECT 1;\nSELECT '"), 0xfc, 0x27, 0x3b]));
    const [fault] = await refusals();
    assert.equal(fault?.code, "invalid_migration");
    assert.deepEqual(fault?.details.location, { file: join("migrations", "0001_a.sql"), line: 2, column: 1 });
  });

  it("refuses a file that cannot be read, and reports all faults of the folder at once", async () => {
    await symlink(join(root, "gone"), join(root, "migrations", "0001_a.sql"));
    await write("0002_b.sql", Uint8Array.from([0xff, 0xfe]));
    await write("c.sql");
    await write("0004_d.sql");
    await write("4_e.sql");
    assert.deepEqual(
      (await refusals()).map(({ code }) => code),
      ["invalid_migration", "invalid_migration", "invalid_file_name", "duplicate_version"],
    );
  });

  it("says so where the folder cannot be read", async () => {
    await symlink(join(root, "loop"), join(root, "loop"));
    assert.match((await refusals("loop"))[0]?.message ?? "", /loop cannot be read \(ELOOP\)/);
  });
});
