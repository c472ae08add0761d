import assert from "node:assert/strict";
import type { Client } from "pg";
import { compareFingerprints } from "../../engine/core/fingerprint.js";
import type { Approval } from "../../engine/core/migration.js";
import type { Clock } from "../../engine/core/ports.js";
import type { RunResult, World } from "../../engine/core/run.js";
import { systemClock } from "../../engine/adapters/system-clock.js";
import { undoRetired } from "../../engine/steps/contracts/undo-retired.js";
import { takeFingerprint } from "../../engine/steps/take-fingerprint.js";
import {
  deploy,
  OWNER_ROLE,
  openSession,
  recordedBackups,
  refusalOf,
  type Folder,
  type TestRequest,
} from "../support/engine.js";
import { migrationFile } from "../support/migration-file.js";
import { createDatabase, type TestDatabase } from "../support/postgres.js";
import { startTestRun } from "../support/test-run.js";

const CREATE: Folder = {
  "0001_create_users.sql":
    "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL);\nCREATE TABLE pets (id int);\n",
};
const EXPAND: Folder = {
  ...CREATE,
  "0002_add_users_full_name.sql": "ALTER TABLE users ADD COLUMN full_name text;\n",
};
const SWITCH: Folder = {
  ...EXPAND,
  "0003_require_users_full_name.sql": "-- @phase switch\nALTER TABLE users ALTER COLUMN full_name SET DEFAULT '';\n",
};
const DROP_NAME = `-- @phase contract
-- @closes 0002
ALTER TABLE users DROP COLUMN name;

-- @verify
SELECT count(*) = 0 FROM information_schema.columns WHERE table_name = 'users' AND column_name = 'name';
`;
const CONTRACT: Folder = { ...SWITCH, "0004_drop_users_name.sql": DROP_NAME };

/** A database that Holdfast has no way to back up. */
const NO_BACKUP = { backup: undefined } as unknown as Partial<World>;

function clockAhead(ms: number): Clock {
  return { ...systemClock, now: () => new Date(Date.now() + ms) };
}

describe("a contract in a deploy", () => {
  let database: TestDatabase;
  let client: Client;

  beforeEach(async () => {
    database = await createDatabase({ ownerRole: OWNER_ROLE });
    client = await database.client();
  });

  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  const approve = (folder: Folder, version = "0004"): Approval => {
    const [name = "", text = ""] = Object.entries(folder).find(([file]) => file.startsWith(version)) ?? [];
    return {
      version,
      checksum: migrationFile(name, text).checksum,
      by: "ada",
      expires: new Date(Date.now() + 3_600_000),
    };
  };
  const run = (folder: Folder, release: string, request: TestRequest = {}): Promise<RunResult> =>
    deploy(database, folder, { release, ...request });
  const states = ({ appliedMigrations }: RunResult): string[] =>
    appliedMigrations.map(({ version, state }) => `${version} ${state}`);
  const fingerprint = async (): Promise<Readonly<Record<string, string>>> => {
    const session = await openSession(database);
    const { objects } = await takeFingerprint(session);
    await session.close();
    return objects;
  };
  /** Releases 1.0.0 to 1.3.0 one after the other, with a row; 1.4.0 brings the contract. */
  const upToSwitch = async (): Promise<void> => {
    await run(CREATE, "1.0.0");
    await client.query("INSERT INTO users VALUES (1, 'Ada')");
    await run(EXPAND, "1.1.0");
    await run(SWITCH, "1.2.0");
  };

  it("is held until somebody approves it, then retired, then purged by a later release", async () => {
    await upToSwitch();
    const held = await run(CONTRACT, "1.3.0");
    assert.deepEqual(
      held.held.map(({ version, reason }) => [version, reason]),
      [["0004", "it is not approved"]],
    );
    const approvals = [approve(CONTRACT)];
    const retired = await run(CONTRACT, "1.3.0", { approvals });
    assert.equal(states(retired).at(-1), "0004 retired");
    assert.deepEqual((await run(CONTRACT, "1.3.0", { approvals })).ran, []);
    const purged = await run(CONTRACT, "1.4.0", { approvals });
    assert.deepEqual(purged.purged, ["0004"]);
    assert.equal(states(purged).at(-1), "0004 applied");
  });

  it("waits for the soak time before it is purged, whatever release comes", async () => {
    await upToSwitch();
    const request = { approvals: [approve(CONTRACT)], policy: { soakMs: 3_600_000 } };
    await run(CONTRACT, "1.3.0", request);
    assert.equal(states(await run(CONTRACT, "1.4.0", request)).at(-1), "0004 retired");
    const later = { ...request, world: { clock: clockAhead(3_700_000) } };
    assert.deepEqual((await run(CONTRACT, "1.5.0", later)).purged, ["0004"]);
  });

  it("is destroyed only behind a fresh backup that a drill has proven", async () => {
    await upToSwitch();
    const backup = recordedBackups();
    await run(CONTRACT, "1.3.0", { approvals: [approve(CONTRACT)], world: { backup } });
    assert.deepEqual([backup.taken.at(-1)?.pendingVersions, backup.drills], [["0004"], 1]);
    await run(CONTRACT, "1.4.0", { world: { backup } });
    assert.deepEqual([backup.taken.at(-1)?.pendingVersions, backup.taken.length], [["0004"], 2]);
  });

  it("never runs under --no-backup-because, nor is anything purged there", async () => {
    await upToSwitch();
    const noWayBack = { noBackupBecause: "a copy of a copy", world: NO_BACKUP };
    const refused = await refusalOf(run(CONTRACT, "1.3.0", { ...noWayBack, approvals: [approve(CONTRACT)] }));
    assert.equal(refused.code, "no_backup");
    await run(CONTRACT, "1.3.0", { approvals: [approve(CONTRACT)] });
    const after = await run(CONTRACT, "1.4.0", noWayBack);
    assert.equal(states(after).at(-1), "0004 retired");
  });

  describe("behind a backfill", () => {
    const FILL = `-- @phase backfill
-- @batch table=users key=id
UPDATE users SET full_name = name WHERE full_name IS NULL AND id BETWEEN :from AND :to;

-- @verify
SELECT count(*) = 0 FROM users WHERE full_name IS NULL;
`;
    const FILLED: Folder = { ...EXPAND, "0003_fill_users_full_name.sql": FILL };
    const DROPPED: Folder = { ...FILLED, "0004_drop_users_name.sql": DROP_NAME };
    const names = async (): Promise<unknown[]> =>
      (await client.query<{ name: string }>("SELECT name FROM users ORDER BY id")).rows;

    beforeEach(async () => {
      await run(CREATE, "1.0.0");
      await client.query("INSERT INTO users VALUES (1, 'Ada')");
      await run(EXPAND, "1.1.0");
    });

    it("that this very deploy would complete: it is held, and runs in the next one", async () => {
      const request = { approvals: [approve(DROPPED)] };
      const held = await run(DROPPED, "1.2.0", request);
      assert.deepEqual(states(held).slice(2), ["0003 applied", "0004 held"]);
      assert.match(held.held[0]?.reason ?? "", /approved, and waits: backfill 0003_fill_users_full_name\.sql/);
      assert.deepEqual(await names(), [{ name: "Ada" }]);
      assert.equal(states(await run(DROPPED, "1.2.0", request)).at(-1), "0004 retired");
    });

    it("that is not verified: nothing runs behind it", async () => {
      const wrong = { ...FILLED, "0003_fill_users_full_name.sql": FILL.replace("count(*) = 0", "count(*) = 7") };
      const folder = { ...wrong, "0004_drop_users_name.sql": DROP_NAME };
      assert.equal((await refusalOf(run(wrong, "1.2.0"))).code, "verify_failed");
      const refused = await refusalOf(run(folder, "1.3.0", { approvals: [approve(folder)] }));
      assert.deepEqual([refused.code, refused.exitCode], ["verify_failed", 3]);
      assert.deepEqual(await names(), [{ name: "Ada" }]);
    });

    it("that is no longer true, since the old release wrote meanwhile: refused before anything runs, and held without the approval", async () => {
      await run(FILLED, "1.2.0");
      await client.query("INSERT INTO users VALUES (2, 'Grace')");
      const backup = recordedBackups();
      const request = { approvals: [approve(DROPPED)], world: { backup } };
      const refused = await refusalOf(run(DROPPED, "1.3.0", request));
      assert.deepEqual([refused.code, refused.exitCode, backup.taken], ["verify_failed", 3, []]);
      assert.match(refused.message, /0003_fill_users_full_name\.sql:6:1: .* now gives false, and contract 0004_drop/);
      assert.equal(states(await run(DROPPED, "1.3.0")).at(-1), "0004 held");
      await client.query("UPDATE users SET full_name = name");
      assert.equal(states(await run(DROPPED, "1.3.0", request)).at(-1), "0004 retired");
    });
  });

  it("leads to the same schema by every way: step by step, in one step, and on an empty database", async () => {
    await run(CONTRACT, "1.3.0");
    const fresh = await fingerprint();
    assert.ok(!Object.keys(fresh).some((name) => name.includes("users.name")));

    await startOver();
    await upToSwitch();
    await run(CONTRACT, "1.3.0", { approvals: [approve(CONTRACT)] });
    await run(CONTRACT, "1.4.0");
    assert.deepEqual(
      compareFingerprints({ serverMajor: 18, objects: fresh }, { serverMajor: 18, objects: await fingerprint() }),
      [],
    );

    await startOver();
    await run(CREATE, "1.0.0");
    const [held] = (await run(CONTRACT, "1.3.0")).held;
    assert.match(held?.reason ?? "", /expand 0002/);
    await run(CONTRACT, "1.4.0", { approvals: [approve(CONTRACT)] });
    await run(CONTRACT, "1.5.0");
    assert.deepEqual(
      compareFingerprints({ serverMajor: 18, objects: fresh }, { serverMajor: 18, objects: await fingerprint() }),
      [],
    );
  });

  it("that is held holds later files of the same table, and nothing else; all run once it does", async () => {
    await upToSwitch();
    const folder: Folder = {
      ...CONTRACT,
      "0005_add_users_lang.sql": "ALTER TABLE users ADD COLUMN lang text;\n",
      "0006_add_pets_name.sql": "ALTER TABLE pets ADD COLUMN name text;\n",
    };
    const result = await run(folder, "1.3.0");
    assert.deepEqual(states(result).slice(3), ["0004 held", "0005 held", "0006 applied"]);
    const after = await run(folder, "1.3.0", { approvals: [approve(folder)] });
    assert.deepEqual(states(after).slice(3), ["0004 retired", "0005 applied", "0006 applied"]);
  });

  it("whose approval is void, expired, too early or wanting under --include-held stops the deploy before anything runs", async () => {
    await run(CREATE, "1.0.0");
    await client.query("INSERT INTO users VALUES (1, 'Ada')");
    await run(SWITCH, "1.2.0");
    const early = await refusalOf(run(CONTRACT, "1.2.0", { approvals: [approve(CONTRACT)] }));
    assert.deepEqual([early.code, early.exitCode], ["not_due", 3]);
    assert.deepEqual((await client.query("SELECT count(*)::int AS n FROM schema_migrations")).rows, [{ n: 3 }]);
    const checksum = "0".repeat(64);
    const expires = new Date(Date.now() - 1);
    for (const [code, request] of [
      ["approval_void", { approvals: [{ ...approve(CONTRACT), checksum }] }],
      ["approval_expired", { approvals: [{ ...approve(CONTRACT), expires }] }],
      ["approval_missing", { includeHeld: true }],
    ] as const) {
      const refused = await refusalOf(run(CONTRACT, "1.3.0", request));
      assert.deepEqual([refused.code, refused.exitCode], [code, 3]);
    }
    await client.query("SELECT name FROM users");
  });

  it("approved in the very deploy that brings its expand waits for the next release, however often this one is deployed", async () => {
    await run(CREATE, "1.0.0");
    await client.query("INSERT INTO users VALUES (1, 'Ada')");
    const request = { approvals: [approve(CONTRACT)] };
    for (const release of ["1.1.0", "1.1.0"]) {
      assert.equal(states(await run(CONTRACT, release, request)).at(-1), "0004 held");
    }
    assert.equal(states(await run(CONTRACT, "1.2.0", request)).at(-1), "0004 retired");
  });

  describe("and an older release deployed again", () => {
    const retire = async (): Promise<void> => {
      await upToSwitch();
      await run(CONTRACT, "1.3.0", { approvals: [approve(CONTRACT)] });
    };

    it("that had the switch already: nothing runs, and that is no error", async () => {
      await retire();
      const again = await run(SWITCH, "1.2.0");
      assert.deepEqual([again.isAhead, again.ran], [true, []]);
    });

    for (const [missing, folder] of [
      ["the expand", CREATE],
      ["the switch", EXPAND],
    ] as const) {
      it(`that lacks ${missing} still lives on what the contract removed: refused, with the ways out`, async () => {
        await retire();
        const refused = await refusalOf(run(folder, "1.0.5"));
        assert.deepEqual([refused.code, refused.exitCode], ["release_too_old", 3]);
        assert.match(refused.details.next ?? "", /undo <instance> 0004/);
      });
    }

    it("lives again once the contract is undone", async () => {
      await retire();
      await undo();
      const again = await run(EXPAND, "1.1.0");
      assert.equal(again.isAhead, true);
      assert.deepEqual((await client.query("SELECT name FROM users")).rows, [{ name: "Ada" }]);
    });
  });

  it("that was undone is held until it is approved anew", async () => {
    await upToSwitch();
    const approvals = [approve(CONTRACT)];
    await run(CONTRACT, "1.3.0", { approvals });
    await undo();
    const [held] = (await run(CONTRACT, "1.3.0", { approvals })).held;
    assert.match(held?.reason ?? "", /undone and needs a new approval/);
    await client.query("SELECT name FROM users");
    const renewed = [{ ...approve(CONTRACT), expires: new Date(Date.now() + 7_200_000) }];
    assert.equal(states(await run(CONTRACT, "1.3.0", { approvals: renewed })).at(-1), "0004 retired");
  });

  it("of an index that is dropped concurrently runs outside a transaction, and undo builds it again", async () => {
    await upToSwitch();
    await client.query("CREATE INDEX by_name ON users (name)");
    const folder: Folder = {
      ...SWITCH,
      "0004_drop_by_name.sql": "-- @phase contract\n-- @closes 0002\nDROP INDEX CONCURRENTLY by_name;\n",
    };
    assert.equal(states(await run(folder, "1.3.0", { approvals: [approve(folder)] })).at(-1), "0004 applied");
    assert.deepEqual((await client.query("SELECT to_regclass('by_name') AS index")).rows, [{ index: null }]);
    await undo();
    assert.deepEqual((await client.query("SELECT to_regclass('by_name')::text AS index")).rows, [{ index: "by_name" }]);
  });

  it("leaves a fingerprint that does not see what is retired", async () => {
    await upToSwitch();
    await run(CONTRACT, "1.3.0", { approvals: [approve(CONTRACT)] });
    const retired = await fingerprint();
    await run(CONTRACT, "1.4.0");
    assert.deepEqual(await fingerprint(), retired);
  });

  async function undo(): Promise<void> {
    const bench = await startTestRun(database, { ownerRole: OWNER_ROLE });
    await undoRetired(bench.ctx, "0004");
    await bench.close();
  }

  async function startOver(): Promise<void> {
    await client.end();
    await database.drop();
    database = await createDatabase({ ownerRole: OWNER_ROLE });
    client = await database.client();
  }
});
