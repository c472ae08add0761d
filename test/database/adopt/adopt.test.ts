import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Client } from "pg";
import { adopt, type AdoptReport } from "../../../engine/adopt.js";
import { fileMigrationSource } from "../../../engine/adapters/file-migration-source.js";
import { readFolderAs } from "../../../engine/adapters/formats/read-folder-as.js";
import { loadSqlParser } from "../../../engine/adapters/libpg-sql-parser.js";
import { pgHistoryStore } from "../../../engine/adapters/pg-history-store.js";
import { pgSessions } from "../../../engine/adapters/pg-session.js";
import { systemClock } from "../../../engine/adapters/system-clock.js";
import { checkDatabase } from "../../../engine/check.js";
import { deploy, openSession, planDeploy, refusalOf, settingsFor } from "../../support/engine.js";
import { createDatabase, type TestDatabase } from "../../support/postgres.js";
import { ensureDbmate, ensureGolangMigrate } from "./run-tools.js";
import { TOOL_PROJECTS, type Files, type ToolProject } from "./tool-projects.js";

for (const project of TOOL_PROJECTS) {
  const { tool, table, appliedBy } = project;
  describe(`a folder that ${tool} has half applied (${appliedBy})`, function () {
    this.timeout(180_000);
    let database: TestDatabase;
    let client: Client;
    let folder: string;

    before(async () => {
      if (tool === "golang-migrate") await ensureGolangMigrate();
      if (tool === "dbmate") await ensureDbmate();
    });
    beforeEach(async () => {
      database = await createDatabase();
      client = await database.client();
      folder = mkdtempSync(join(tmpdir(), "holdfast-adopt-"));
      write(project.applied);
      await project.apply(folder, database.url);
      write(project.next);
    });
    afterEach(async () => {
      await client.end();
      await database.drop();
      rmSync(folder, { recursive: true });
    });

    function write(files: Files): void {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), text);
      }
    }
    const connection = () => ({ ownerRole: database.user });
    const source = () => fileMigrationSource(folder, "", tool);
    const run = (): Promise<AdoptReport> => adoptFolder(project, database, folder);
    const options = () => ({ connection: connection(), world: { source: source() } });

    it("is taken over: the next file runs once, those before it never, and the tool's table stays byte for byte", async () => {
      const before = await bytesOf(client, table);
      const report = await run();
      assert.equal(report.table, table);
      assert.deepEqual(report.marked, migrationsOf(project.applied));
      assert.deepEqual(report.pending, migrationsOf(project.next));
      const plan = await planDeploy(database, {}, options());
      assert.deepEqual(
        plan.steps.map(({ file }) => file),
        migrationsOf(project.next),
      );
      const ranBefore = (await client.query<{ file: string }>("SELECT file FROM ran ORDER BY at")).rows;
      await deploy(database, {}, options());
      await deploy(database, {}, options());
      const ranAfter = (await client.query("SELECT file FROM ran ORDER BY at")).rows;
      assert.deepEqual(ranAfter, [...ranBefore, { file: "next" }]);
      assert.equal(await bytesOf(client, table), before);
    });

    it("is not taken over twice: a second adopt changes nothing at all", async () => {
      await run();
      const before = await everything(client);
      const report = await run();
      assert.deepEqual(report.marked, []);
      assert.deepEqual(report.known, migrationsOf(project.applied));
      assert.equal(await everything(client), before);
    });

    it("is what check compares history and schema with", async () => {
      await run();
      const session = await openSession(database, connection());
      try {
        const world = { source: source(), history: pgHistoryStore(), loadParser: loadSqlParser };
        const { findings, pending } = await checkDatabase(session, world);
        assert.deepEqual(
          findings.filter(({ level }) => level === "fault"),
          [],
        );
        assert.deepEqual(pending, migrationsOf(project.next));
      } finally {
        await session.close();
      }
    });

    it("is refused where a file that was applied is gone, and nothing is marked", async () => {
      const gone = migrationsOf(project.applied).at(-1) ?? "";
      rmSync(join(folder, gone));
      const before = await everything(client);
      assert.equal((await refusalOf(run())).code, "migration_missing");
      assert.equal(await everything(client), before);
    });

    // golang-migrate keeps one number: all below it has run, as far as anybody can tell.
    if (tool !== "golang-migrate") {
      it("is refused where a file would have had to run before the last one that did", async () => {
        const [name, text] = lateFile(project);
        write({ [name]: text });
        const refusal = await refusalOf(run());
        assert.equal(refusal.code, "out_of_order");
        assert.match(refusal.message, new RegExp(`late.* comes too late: ${tool} has not applied it`));
      });
    }

    if (tool === "flyway" || tool === "prisma") {
      it("is refused where a file was changed after it ran", async () => {
        const [, changed = ""] = migrationsOf(project.applied);
        write({ [changed]: `${project.applied[changed] ?? ""}-- changed\n` });
        const refusal = await refusalOf(run());
        assert.equal(refusal.code, "checksum_mismatch");
        assert.equal(refusal.details.location?.file, join(folder, changed));
      });
    }

    if (tool === "golang-migrate" || tool === "prisma") {
      it("is refused where the tool itself failed in the middle, with the way out", async () => {
        const failing = Object.fromEntries(migrationsOf(project.next).map((name) => [name, "SELECT 1 / 0;\n"]));
        write(failing);
        await assert.rejects(project.apply(folder, database.url));
        const { code, message, details } = await refusalOf(run());
        assert.equal(code, "adopt_refused");
        assert.match(message, tool === "prisma" ? /20240301120000_later failed/ : /is dirty at version 10/);
        assert.match(details.next ?? "", tool === "prisma" ? /migrate resolve --applied/ : /migrate force/);
      });
    }

    // Of Flyway there is only what one run left.
    if (tool !== "flyway") {
      it("can be taken over again after a last run of the tool", async () => {
        await run();
        await project.apply(folder, database.url);
        const { marked, pending } = await run();
        assert.deepEqual([marked, pending], [migrationsOf(project.next), []]);
      });
    }
  });
}

/** A file between two that have been applied. */
function lateFile({ tool, applied }: ToolProject): readonly [name: string, text: string] {
  const first = migrationsOf(applied)[0] ?? "";
  const late: Readonly<Record<string, string>> = {
    flyway: "V1.0.1__late.sql",
    prisma: "20240131120001_late/migration.sql",
  };
  return [late[tool] ?? first.replace(/^(\d+)0_.*/, "$11_late.sql"), applied[first] ?? ""];
}

/** Down files and settings are no migrations of their own. */
function migrationsOf(files: Files): string[] {
  return Object.keys(files).filter((name) => name.endsWith(".sql") && !/[./]down\.sql$/.test(name));
}

function adoptFolder({ tool }: ToolProject, database: TestDatabase, folder: string): Promise<AdoptReport> {
  const world = {
    source: fileMigrationSource(folder, "", tool),
    sessions: pgSessions({ ...settingsFor(database), ownerRole: database.user }),
    history: pgHistoryStore(),
    loadParser: loadSqlParser,
    clock: systemClock,
    killPoint: () => undefined,
  };
  return adopt({ release: "1.0.0", environment: "dev" }, world, { tool, folder: readFolderAs(tool, folder) });
}

/** Rows with place and transaction, columns, constraints, indexes, owner and grants. */
async function bytesOf(client: Client, table: string): Promise<string> {
  const asked = [
    `SELECT ctid, xmin, xmax, * FROM ${table} ORDER BY ctid`,
    `SELECT relfilenode, relowner, relacl FROM pg_class WHERE oid = '${table}'::regclass`,
    `SELECT attname, atttypid, attnotnull, attisdropped FROM pg_attribute WHERE attrelid = '${table}'::regclass ORDER BY attnum`,
    `SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = '${table}'::regclass ORDER BY oid`,
    `SELECT indexdef FROM pg_indexes WHERE schemaname || '.' || tablename = '${table}' ORDER BY 1`,
  ];
  const found = [];
  for (const query of asked) found.push((await client.query(query)).rows);
  return JSON.stringify(found);
}

/** Every row of every table, with the transaction that wrote it. */
async function everything(client: Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1",
  );
  const found: unknown[] = [];
  for (const { name } of rows)
    found.push([name, (await client.query(`SELECT xmin, * FROM ${name} ORDER BY ctid`)).rows]);
  return JSON.stringify(found);
}
