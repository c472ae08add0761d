import assert from "node:assert/strict";
import type { Client } from "pg";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import { pgHistoryStore } from "../../engine/adapters/pg-history-store.js";
import { pgSessions } from "../../engine/adapters/pg-session.js";
import { systemClock } from "../../engine/adapters/system-clock.js";
import { bindRehearsal } from "../../engine/bind-rehearsal.js";
import type { ByHandRequest } from "../../engine/by-hand.js";
import type { KillPoint } from "../../engine/core/kill-points.js";
import { ConnectionLost } from "../../engine/core/ports.js";
import type { RollbackPlan } from "../../engine/core/rehearsal/rollback-plan.js";
import type { World } from "../../engine/core/run.js";
import { planRollback } from "../../engine/plan-rollback.js";
import { rollBack, type RollbackReport } from "../../engine/roll-back-files.js";
import { createDataRoot, type TestDataRoot } from "../support/data-root.js";
import {
  deploy,
  memorySource,
  openSession,
  OWNER_ROLE,
  recordedBackups,
  refusalOf,
  settingsFor,
  type Folder,
  type RecordedBackups,
} from "../support/engine.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";
import { takeFingerprint } from "../../engine/steps/take-fingerprint.js";

const USERS: Folder = {
  "0001_create_users.sql":
    "CREATE TABLE users (id bigint PRIMARY KEY, name text);\nINSERT INTO users VALUES (1, 'Ann'), (2, 'Bo');\n",
};
const LANGUAGE: Folder = {
  ...USERS,
  "0002_add_users_language.sql":
    "ALTER TABLE users ADD COLUMN language text DEFAULT 'en';\n\n-- @verify\nSELECT true;\n\n-- @rollback\nALTER TABLE users DROP COLUMN language;\n",
};
const PETS: Folder = {
  ...LANGUAGE,
  "0003_create_pets.sql":
    "CREATE TABLE pets (id int, owner bigint REFERENCES users);\n\n-- @rollback\nDROP TABLE pets;\n",
};
const RELAXED: Folder = {
  ...USERS,
  "0002_relax_users_name.sql":
    "ALTER TABLE users ALTER COLUMN name SET DEFAULT 'x';\n\n-- @rollback\nALTER TABLE users ALTER COLUMN name DROP DEFAULT;\n",
};
const INDEXED: Folder = {
  ...USERS,
  "0002_index_users_name.sql":
    "CREATE INDEX CONCURRENTLY users_name_idx ON users (name);\n\n-- @rollback\nDROP INDEX CONCURRENTLY users_name_idx;\n",
};

describe("holdfast rollback", function () {
  this.timeout(120_000);
  let root: TestDataRoot;
  let database: TestDatabase;
  let client: Client;
  let backups: RecordedBackups;

  before(async () => {
    root = await createDataRoot();
  });
  after(() => root.remove());

  beforeEach(async () => {
    database = await createDatabase({ ownerRole: OWNER_ROLE });
    client = await database.client();
    backups = recordedBackups();
  });
  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  const worldOf = (folder: Folder, changes: Partial<World> = {}): World => ({
    source: memorySource(folder),
    sessions: pgSessions(settingsFor(database)),
    history: pgHistoryStore(),
    loadParser: loadSqlParser,
    backup: backups,
    clock: systemClock,
    killPoint: () => undefined,
    ...changes,
  });
  const request: ByHandRequest = { environment: "dev" };
  const plan = (folder: Folder, to?: string): Promise<RollbackPlan> => {
    const rehearsal = bindRehearsal({ root: root.path, source: memorySource(folder) });
    return planRollback(request, { world: worldOf(folder), rehearsal }, to);
  };
  const back = async (folder: Folder, to?: string, changes?: Partial<World>): Promise<RollbackReport> =>
    rollBack(request, worldOf(folder, changes), await plan(folder, to));
  const states = async (): Promise<string[]> =>
    (
      await client.query<{ row: string }>(
        "SELECT version || ' ' || state AS row FROM schema_migrations ORDER BY version",
      )
    ).rows.map(({ row }) => row);
  const objects = async (): Promise<readonly string[]> => {
    const session = await openSession(database);
    const { objects: all } = await takeFingerprint(session).finally(() => session.close());
    return Object.keys(all);
  };

  it("rolls the newest file back, after a backup and a drill of it; the next deploy runs it again", async () => {
    await deploy(database, LANGUAGE);
    const report = await back(LANGUAGE);
    assert.deepEqual(
      report.rolledBack.map(({ file }) => file),
      ["0002_add_users_language.sql"],
    );
    assert.deepEqual([backups.taken.length, backups.drills, report.backup?.id], [1, 1, "backup-1"]);
    assert.deepEqual(await states(), ["0001 applied", "0002 rolled back"]);
    assert.ok(!(await objects()).includes("column public.users.language"));
    const again = await deploy(database, LANGUAGE, { release: "1.1.0" });
    assert.deepEqual(
      again.ran.map(({ version }) => version),
      ["0002"],
    );
    assert.deepEqual(await states(), ["0001 applied", "0002 applied"]);
  });

  it("rolls all back after a version, newest first", async () => {
    await deploy(database, PETS);
    const report = await back(PETS, "0001");
    assert.deepEqual(
      report.rolledBack.map(({ version }) => version),
      ["0003", "0002"],
    );
    assert.deepEqual(await states(), ["0001 applied", "0002 rolled back", "0003 rolled back"]);
  });

  it("is no drift, and a release without the files runs on what is left", async () => {
    await deploy(database, LANGUAGE);
    await back(LANGUAGE);
    const result = await deploy(database, USERS, { release: "0.9.0" });
    assert.deepEqual([result.ran, result.isAhead], [[], false]);
    const { rows } = await client.query(
      "SELECT objects ? 'column public.users.language' AS kept FROM holdfast.fingerprints",
    );
    assert.deepEqual(rows, [{ kept: false }]);
  });

  it("says first what is lost, counted on the database itself", async () => {
    await deploy(database, PETS);
    await client.query("INSERT INTO users VALUES (3, 'Cy', 'fr'); INSERT INTO pets VALUES (1, 1), (2, 1)");
    const { steps, stop } = await plan(PETS, "1");
    assert.equal(stop, null);
    assert.deepEqual(
      steps.map(({ version, lostSince }) => [version, lostSince.map(({ what, present }) => [what, present])]),
      [
        ["0003", [["every row of public.pets", 2]]],
        ["0002", [["every value of public.users.language", 3]]],
      ],
    );
    assert.ok(steps.every(({ appliedAt }) => appliedAt instanceof Date));
    assert.deepEqual(await states(), ["0001 applied", "0002 applied", "0003 applied"]);
  });

  it("runs what cannot have a transaction", async () => {
    await deploy(database, INDEXED);
    await back(INDEXED);
    assert.deepEqual(await states(), ["0001 applied", "0002 rolled back"]);
    assert.ok(!(await objects()).includes("index public.users_name_idx"));
    assert.equal((await client.query("SELECT FROM holdfast.statement_journal")).rowCount, 0);
  });

  for (const point of ["outside-before-statement", "outside-before-journal"] as const) {
    it(`killed there at ${point}, the next rollback finishes it`, async () => {
      await deploy(database, INDEXED);
      const dying = (reached: KillPoint): void => {
        if (reached === point) throw new ConnectionLost("killed");
      };
      await assert.rejects(back(INDEXED, undefined, { killPoint: dying }), ConnectionLost);
      assert.deepEqual(await states(), ["0001 applied", "0002 applied"]);
      await back(INDEXED);
      assert.deepEqual(await states(), ["0001 applied", "0002 rolled back"]);
      assert.ok(!(await objects()).includes("index public.users_name_idx"));
    });
  }

  describe("stops where only the backup leads back:", () => {
    it("after the steps before it, and says so", async () => {
      const folder = {
        ...USERS,
        "0002_mail.sql": "SELECT 1;\n\n-- @rollback restore the mails are sent\n",
        ...{ "0003_create_pets.sql": PETS["0003_create_pets.sql"] ?? "" },
      };
      await deploy(database, folder);
      const report = await back(folder, "0001");
      assert.deepEqual(
        report.rolledBack.map(({ version }) => version),
        ["0003"],
      );
      assert.deepEqual(
        [report.stop?.version, report.stop?.reason],
        ["0002", "only the backup leads back (the mails are sent)"],
      );
      assert.deepEqual(await states(), ["0001 applied", "0002 applied", "0003 rolled back"]);
    });

    const refusals: [title: string, text: string, message: RegExp][] = [
      [
        "at once, where it is the newest",
        "SELECT 1;\n\n-- @rollback restore the mails are sent\n",
        /only the backup leads back \(the mails are sent\)/,
      ],
      ["where the file says nothing", "SELECT 1;\n", /it has no @rollback, so only the backup leads back/],
      [
        "where the rehearsal shows that the @rollback is wrong",
        "ALTER TABLE users ADD COLUMN a int;\n\n-- @rollback\nSELECT 1;\n",
        /its rehearsal failed: .*column public\.users\.a is added/,
      ],
    ];
    for (const [title, text, message] of refusals) {
      it(title, async () => {
        const folder = { ...USERS, "0002_change_users.sql": text };
        await deploy(database, folder);
        const { code, message: said } = await refusalOf(plan(folder));
        assert.equal(code, "rollback_refused");
        assert.match(said, message);
        assert.deepEqual(backups.taken, []);
      });
    }

    it("where the file is not the one that ran, or is not here", async () => {
      await deploy(database, LANGUAGE);
      const edited = { ...USERS, "0002_add_users_language.sql": "SELECT 1;\n\n-- @rollback\nSELECT 1;\n" };
      assert.match((await refusalOf(plan(edited))).message, /its file is not the one that ran/);
      assert.match((await refusalOf(plan(USERS))).message, /its file is not in this folder/);
    });
  });

  it("refuses a version that has not run, and a database where nothing has", async () => {
    await deploy(database, USERS);
    assert.match((await refusalOf(plan(USERS, "0009"))).message, /Version 0009 has not run/);
    assert.match((await refusalOf(plan(USERS, "0001"))).message, /Nothing has run on this database after 0001/);
  });

  it("refuses what was deployed after it was rehearsed", async () => {
    await deploy(database, LANGUAGE);
    const planned = await plan(LANGUAGE);
    await deploy(database, PETS, { release: "1.1.0" });
    const { code, message } = await refusalOf(rollBack(request, worldOf(PETS), planned));
    assert.deepEqual(
      [code, message],
      ["rollback_refused", "The database has changed since the rollback was rehearsed."],
    );
    assert.deepEqual(backups.taken, []);
  });

  it("refuses another environment's database", async () => {
    await deploy(database, LANGUAGE);
    const rehearsal = bindRehearsal({ root: root.path, source: memorySource(LANGUAGE) });
    const { code } = await refusalOf(planRollback({ environment: "prod" }, { world: worldOf(LANGUAGE), rehearsal }));
    assert.equal(code, "wrong_environment");
  });

  describe("takes nothing that no proven backup has:", () => {
    const without = (folder: Folder): World => {
      const { backup, ...world } = worldOf(folder);
      assert.ok(backup !== undefined);
      return world;
    };

    it("refused without a backup, also where somebody says why", async () => {
      await deploy(database, LANGUAGE);
      const planned = await plan(LANGUAGE);
      for (const excuse of [{}, { noBackupBecause: "a test" }]) {
        const { code } = await refusalOf(rollBack({ ...request, ...excuse }, without(LANGUAGE), planned));
        assert.equal(code, "no_backup");
      }
    });

    it("refused where no backup of this kind was proven of late", async () => {
      await deploy(database, LANGUAGE);
      const backup = { ...backups, whyUnproven: () => Promise.resolve("no snapshot was proven") };
      const { code, message } = await refusalOf(rollBack(request, worldOf(LANGUAGE, { backup }), await plan(LANGUAGE)));
      assert.deepEqual([code, message], ["rollback_refused", "The rollback takes data, and no snapshot was proven."]);
    });

    it("without a backup only where nothing is lost, and with the reason kept", async () => {
      await deploy(database, RELAXED);
      const planned = await plan(RELAXED);
      assert.equal((await refusalOf(rollBack(request, without(RELAXED), planned))).code, "no_backup");
      await rollBack({ ...request, noBackupBecause: "a test" }, without(RELAXED), planned);
      assert.deepEqual(await states(), ["0001 applied", "0002 rolled back"]);
      const { rows } = await client.query(
        "SELECT no_backup_because AS why FROM holdfast.runs ORDER BY id DESC LIMIT 1",
      );
      assert.deepEqual(rows, [{ why: "a test" }]);
    });
  });

  it("leaves nothing of a step the server refuses", async () => {
    await deploy(database, LANGUAGE);
    const planned = await plan(LANGUAGE);
    await client.query("CREATE VIEW speakers AS SELECT language FROM users");
    const { code, message } = await refusalOf(rollBack(request, worldOf(LANGUAGE), planned));
    assert.equal(code, "statement_failed");
    assert.match(
      message,
      /0002_add_users_language\.sql:7:1: cannot drop column language of table users because other objects depend on it/,
    );
    assert.deepEqual(await states(), ["0001 applied", "0002 applied"]);
  });
});
