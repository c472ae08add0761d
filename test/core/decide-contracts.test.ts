import assert from "node:assert/strict";
import { loadSqlParser } from "../../engine/adapters/libpg-sql-parser.js";
import { decideContracts, type ContractDecision, type ContractInput } from "../../engine/core/decide-contracts.js";
import { duePurges } from "../../engine/core/due-purges.js";
import { defaultPolicy, type Approval, type HistoryRow } from "../../engine/core/migration.js";
import { pendingFile } from "../../engine/core/pending-file.js";
import type { SqlParser } from "../../engine/core/ports.js";
import { analysed } from "../support/migration-file.js";

const NOW = new Date("2026-03-01T12:00:00Z");
const HOUR = 3_600_000;

const DROP = "-- @phase contract\n-- @closes 0001\nALTER TABLE users DROP COLUMN name;\n";
const DELETE = "-- @phase contract\n-- @closes 0001\nDELETE FROM users WHERE id < 0;\n";

describe("when a contract runs", () => {
  let parser: SqlParser;
  before(async () => {
    parser = await loadSqlParser();
  });

  const pending = (files: Record<string, string>): ContractInput["pending"] =>
    Object.entries(files).map(([name, text]) => pendingFile(analysed(parser, text, name), parser));
  const expand = (changes: Partial<HistoryRow> = {}): HistoryRow => ({
    ...{ version: "0001", order: 1n, description: "add full name", state: "applied", checksum: "c", phase: "expand" },
    ...{
      closes: null,
      release: "1.0.0",
      appliedAt: new Date(NOW.getTime() - HOUR),
      durationMs: 1,
      heldReason: null,
      dueAt: null,
    },
    ...changes,
  });
  const decide = (files: Record<string, string>, changes: Partial<ContractInput> = {}): ContractDecision[] =>
    decideContracts({
      ...{ now: NOW, release: "1.1.0", policy: defaultPolicy("dev"), approvals: [], spent: [], includeHeld: false },
      ...{ isEmptyStart: false, hasWayBack: true, history: [expand()], pending: pending(files) },
      ...changes,
    });
  const approval = (text: string, changes: Partial<Approval> = {}): Approval => {
    const { checksum } = analysed(parser, text, "0002_drop_users_name.sql").migration;
    return { version: "0002", checksum, by: "ada", expires: new Date(NOW.getTime() + HOUR), ...changes };
  };
  const one = (text: string, changes: Partial<ContractInput> = {}): ContractDecision => {
    const [decision] = decide({ "0002_drop_users_name.sql": text }, changes);
    assert.ok(decision);
    return decision;
  };
  const outcome = ({ decision, gate, error }: ContractDecision): unknown[] =>
    [decision, gate, error?.code].filter((part) => part != null);

  it("approved, in a later release than its expand: it runs by that approval", () => {
    const given = approval(DROP);
    const decision = one(DROP, { approvals: [given] });
    assert.deepEqual(outcome(decision), ["run"]);
    assert.equal(decision.approval, given);
    assert.equal(decision.purgeAtOnce, false);
  });

  it("not approved: it is held, with the reason", () => {
    const decision = one(DROP);
    assert.deepEqual(outcome(decision), ["hold", "approval"]);
    assert.equal(decision.reason, "it is not approved");
  });

  it("--include-held without an approval stops the run", () => {
    assert.deepEqual(outcome(one(DROP, { includeHeld: true })), ["refuse", "approval", "approval_missing"]);
  });

  describe("in no later release than the one that first applied its expand here", () => {
    for (const release of ["1.0.0", "1.0.0-rc.1", "0.9.0", "1.0.0+build.7"]) {
      it(`${release}: held`, () => {
        const decision = one(DROP, { release });
        assert.deepEqual(outcome(decision), ["hold", "release"]);
        assert.match(decision.reason, /came with release 1\.0\.0/);
      });
    }

    it("approved all the same: too early, the run stops", () => {
      assert.deepEqual(outcome(one(DROP, { release: "1.0.0", approvals: [approval(DROP)] })), [
        "refuse",
        "release",
        "not_due",
      ]);
    });

    it("in the very deploy that brings its expand: held", () => {
      const files = {
        "0001_add_full_name.sql": "ALTER TABLE users ADD COLUMN full_name text;\n",
        "0002_drop_users_name.sql": DROP,
      };
      assert.deepEqual(decide(files, { history: [] }).map(outcome), [["run"], ["hold", "expand"]]);
    });

    it("whose expand is held or unverified: held", () => {
      for (const state of ["held", "unverified", "started", "rolled back"] as const) {
        assert.deepEqual(outcome(one(DROP, { history: [expand({ state })] })), ["hold", "expand"]);
      }
    });

    it("whose expand another system recorded without a release: due", () => {
      assert.deepEqual(outcome(one(DROP, { history: [expand({ release: null })], approvals: [approval(DROP)] })), [
        "run",
      ]);
    });
  });

  describe("with a backfill between it and its expand", () => {
    const fill = (table: string) =>
      `-- @phase backfill\n-- @batch table=${table} key=id\nUPDATE ${table} SET full_name = name WHERE id BETWEEN :from AND :to;\n`;
    const files = (table: string) => ({ "0002_fill_full_name.sql": fill(table), "0003_drop_users_name.sql": DROP });
    const approvals = (): Approval[] => [{ ...approval(DROP), version: "0003" }];

    it("that has not run yet: held, also where it was approved ahead", () => {
      for (const given of [[], approvals()]) {
        const decisions = decide(files("users"), { approvals: given });
        assert.deepEqual(decisions.map(outcome), [["run"], ["hold", "backfill"]]);
        assert.match(decisions[1]?.reason ?? "", /backfill 0002_fill_full_name\.sql .* not yet complete and verified/);
      }
    });

    it("of another table: it has nothing to do with it", () => {
      assert.deepEqual(decide(files("pets"), { approvals: approvals() }).map(outcome), [["run"], ["run"]]);
    });

    it("that ran in an earlier deploy: due", () => {
      assert.deepEqual(decide({ "0003_drop_users_name.sql": DROP }, { approvals: approvals() }).map(outcome), [
        ["run"],
      ]);
    });

    it("that comes after it is another story", () => {
      const later = { "0003_drop_users_name.sql": DROP, "0004_fill_other.sql": fill("users") };
      assert.deepEqual(decide(later, { approvals: approvals() }).map(outcome), [["run"], ["run"]]);
    });
  });

  describe("an approval", () => {
    it("for another checksum is void and stops the run", () => {
      const decision = one(DROP, { approvals: [approval(DELETE)] });
      assert.deepEqual(outcome(decision), ["refuse", "approval", "approval_void"]);
      assert.match(
        decision.error?.message ?? "",
        /0002_drop_users_name\.sql was approved by ada with another checksum/,
      );
      assert.match(decision.error?.details.next ?? "", new RegExp(approval(DROP).checksum));
    });

    it("that has expired stops the run", () => {
      const decision = one(DROP, { approvals: [approval(DROP, { expires: NOW })] });
      assert.deepEqual(outcome(decision), ["refuse", "approval", "approval_expired"]);
    });

    it("renewed beside the expired one holds", () => {
      assert.deepEqual(outcome(one(DROP, { approvals: [approval(DROP), approval(DROP, { expires: NOW })] })), ["run"]);
    });

    it("for a version that is not pending is nobody's business", () => {
      assert.deepEqual(decide({}, { approvals: [approval(DROP)] }), []);
    });

    it("that an undone contract ran by is spent: it is held until it is approved anew", () => {
      const used = approval(DROP);
      const spent = [{ version: used.version, checksum: used.checksum, expires: used.expires ?? null }];
      const held = one(DROP, { approvals: [used], spent });
      assert.deepEqual(outcome(held), ["hold", "approval"]);
      assert.match(held.reason, /undone and needs a new approval/);
      const renewed = { ...used, expires: new Date(NOW.getTime() + 2 * HOUR) };
      assert.deepEqual(outcome(one(DROP, { approvals: [used, renewed], spent })), ["run"]);
    });
  });

  describe("what cannot be retired", () => {
    const soak = { policy: defaultPolicy("staging") };

    it("waits out the soak time after its expand, with the date", () => {
      const decision = one(DELETE, soak);
      assert.deepEqual(outcome(decision), ["hold", "soak"]);
      assert.deepEqual(decision.dueAt, new Date(NOW.getTime() + 23 * HOUR));
    });

    it("approved before that is too early, and stops the run with the date", () => {
      const decision = one(DELETE, { ...soak, approvals: [approval(DELETE)] });
      assert.deepEqual(outcome(decision), ["refuse", "soak", "not_due"]);
      assert.deepEqual(decision.dueAt, new Date(NOW.getTime() + 23 * HOUR));
    });

    it("runs after it", () => {
      const history = [expand({ appliedAt: new Date(NOW.getTime() - 25 * HOUR) })];
      assert.deepEqual(outcome(one(DELETE, { ...soak, history, approvals: [approval(DELETE)] })), ["run"]);
    });

    it("what can be retired need not wait: its soak lies before the purge", () => {
      assert.deepEqual(outcome(one(DROP, { ...soak, approvals: [approval(DROP)] })), ["run"]);
    });
  });

  it("without a backup a contract never runs", () => {
    assert.deepEqual(outcome(one(DROP, { hasWayBack: false, approvals: [approval(DROP)] })), [
      "refuse",
      "backup",
      "no_backup",
    ]);
    assert.deepEqual(outcome(one(DROP, { hasWayBack: false })), ["hold", "approval"]);
  });

  it("on a database that was empty: at once, for good, asked of nobody", () => {
    const files = {
      "0001_add_full_name.sql": "ALTER TABLE users ADD COLUMN full_name text;\n",
      "0002_drop_users_name.sql": DROP,
    };
    const [, decision] = decide(files, { isEmptyStart: true, history: [], hasWayBack: false });
    assert.deepEqual([decision?.decision, decision?.purgeAtOnce], ["run", true]);
  });

  describe("later files", () => {
    const rows: [title: string, text: string, expected: "run" | "hold"][] = [
      ["that change the same table", "ALTER TABLE users ADD COLUMN lang text;\n", "hold"],
      ["that name it with its schema", "ALTER TABLE public.users ADD COLUMN lang text;\n", "hold"],
      ["that name a table of that name in another schema", "ALTER TABLE other.users ADD COLUMN lang text;\n", "hold"],
      ["that point to it by a foreign key", "CREATE TABLE pets (owner int REFERENCES users);\n", "hold"],
      ["that read it in a view", "CREATE VIEW seen AS SELECT 1 FROM users;\n", "hold"],
      [
        "that name it inside a function",
        "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM users';\n",
        "hold",
      ],
      ["that name it inside DO", "DO $$ BEGIN PERFORM 1 FROM users; END $$;\n", "hold"],
      ["that have nothing to do with it", "CREATE TABLE pets (id int, name text);\n", "run"],
    ];
    for (const [title, text, expected] of rows) {
      it(`${title}: ${expected}`, () => {
        const [, later] = decide({ "0002_drop_users_name.sql": DROP, "0003_change_things.sql": text });
        assert.equal(later?.decision, expected);
        if (expected === "hold")
          assert.match(later.reason, /^0002_drop_users_name\.sql is held and names (public\.)?users/);
      });
    }

    it("that need what another waiting file makes wait with it", () => {
      const decisions = decide({
        "0002_drop_users_name.sql": DROP,
        "0003_create_pets.sql": "CREATE TABLE pets (owner int REFERENCES users);\n",
        "0004_add_pets_name.sql": "ALTER TABLE pets ADD COLUMN name text;\n",
        "0005_create_toys.sql": "CREATE TABLE toys (id int);\n",
      });
      assert.deepEqual(
        decisions.map(({ decision }) => decision),
        ["hold", "hold", "hold", "run"],
      );
    });

    it("run in the same deploy as soon as the contract does", () => {
      const files = {
        "0002_drop_users_name.sql": DROP,
        "0003_add_lang.sql": "ALTER TABLE users ADD COLUMN lang text;\n",
      };
      assert.deepEqual(decide(files, { approvals: [approval(DROP)] }).map(outcome), [["run"], ["run"]]);
    });

    it("an approved contract waits behind a held one that names the same table", () => {
      const other = "-- @phase contract\n-- @closes 0001\nALTER TABLE users DROP COLUMN old;\n";
      const decisions = decide(
        { "0002_drop_users_name.sql": DROP, "0003_drop_users_old.sql": other },
        {
          approvals: [{ ...approval(DROP), version: "0003", checksum: analysed(parser, other).migration.checksum }],
        },
      );
      assert.deepEqual(decisions.map(outcome), [
        ["hold", "approval"],
        ["hold", "held-file"],
      ]);
    });
  });
});

describe("when something retired is purged", () => {
  const row = (changes: Partial<HistoryRow>): HistoryRow => ({
    ...{ version: "0002", order: 2n, description: "drop", state: "retired", checksum: "c", phase: "contract" },
    ...{ closes: "0001", release: "1.1.0", appliedAt: NOW, durationMs: 1, heldReason: null, dueAt: NOW },
    ...changes,
  });
  const isDue = (changes: Partial<HistoryRow>, release = "1.2.0", now = NOW): boolean =>
    duePurges([row(changes)], now, release).length === 1;

  it("after the soak time, in a later release than the one that retired it", () => assert.ok(isDue({})));
  it("not before the soak time is over", () => assert.ok(!isDue({}, "1.2.0", new Date(NOW.getTime() - 1))));
  it("not in the release that retired it, however often it is deployed", () => assert.ok(!isDue({}, "1.1.0")));
  it("not in an older release deployed again", () => assert.ok(!isDue({}, "1.0.0")));
  it("not twice, not while held, not once undone", () => {
    for (const state of ["applied", "held", "rolled back", "unverified"] as const) assert.ok(!isDue({ state }));
  });
});
