import assert from "node:assert/strict";
import fc from "fast-check";
import type { CatalogueEntry } from "../../engine/core/catalogue.js";
import type { HistoryRow, MigrationState } from "../../engine/core/migration.js";
import type { RollbackPlan } from "../../engine/core/rehearsal/rollback-plan.js";
import { estimateLoss, exactDuration } from "../../engine/core/ways-back/data-loss.js";
import { forwardSteps } from "../../engine/core/ways-back/forward-fix.js";
import { readSituation, type Situation, type SituationInput } from "../../engine/core/ways-back/situation.js";
import { nameBeside, toUnRetire, WAYS, waysBack, type WaysInput } from "../../engine/core/ways-back/ways-back.js";

const NOON = Date.UTC(2026, 0, 19, 12);
const at = (minutes: number): Date => new Date(NOON + minutes * 60_000);

function row(
  version: number,
  state: MigrationState,
  minutes: number | null,
  more: Partial<HistoryRow> = {},
): HistoryRow {
  return {
    ...{ version: String(version).padStart(4, "0"), order: BigInt(version), description: "step", state },
    ...{ checksum: "c", phase: "expand", closes: null, release: "1.0.0", durationMs: 1, heldReason: null, dueAt: null },
    appliedAt: minutes === null ? null : at(minutes),
    ...more,
  };
}

function situation(input: Partial<SituationInput>): Situation {
  return readSituation({
    ...{ history: [], runs: [], isInterrupted: false, incidents: [], files: [], finishedTo: null },
    ...input,
  });
}

const RUNS = [
  { id: "2", startedAt: at(10) },
  { id: "1", startedAt: at(0) },
];

const ENTRY = {
  ...{ id: "20260119T120900Z-v0001", instance: "dev", kind: "base", takenAt: at(9) },
  manifest: { kind: "base", pendingVersions: ["0002"], tables: [] },
} as unknown as CatalogueEntry;

function input(of: Situation, more: Partial<WaysInput> = {}): WaysInput {
  return {
    ...{ instance: "dev", now: at(70), situation: of, unreachable: null, backup: ENTRY },
    rollback: { whyNot: "It has no @rollback." },
    estimate: { basis: null, estimates: [] },
    ...more,
  };
}

describe("where an instance stands", () => {
  it("the last run is the one that applied something: a later one that applied nothing takes nothing back", () => {
    const history = [row(1, "applied", 1), row(2, "applied", 2)];
    const found = situation({ history, runs: RUNS });
    assert.deepEqual(
      found.lastRun.map(({ version }) => version),
      ["0001", "0002"],
    );
    assert.deepEqual([found.kind, found.firstVersion], ["applied", "0001"]);
  });

  it("a run that failed and has left nothing says so; one that has left something does not", () => {
    const history = [row(1, "applied", 1)];
    assert.equal(situation({ history, runs: RUNS, isInterrupted: true }).isUntouched, true);
    const more = [...history, row(2, "applied", 11)];
    const found = situation({ history: more, runs: RUNS, isInterrupted: true });
    assert.deepEqual([found.isUntouched, found.firstVersion], [false, "0002"]);
  });

  it("a half-run file is what a way back leads behind, where its run has finished none", () => {
    const history = [row(1, "applied", 1), row(2, "started", null)];
    const found = situation({ history, runs: RUNS });
    assert.deepEqual([found.kind, found.firstVersion, found.isUntouched], ["failed", "0002", false]);
    assert.equal(found.halfRun?.file, "0002 (step)");
  });

  it("a baseline is no run: its newest row alone counts as the last", () => {
    const history = [row(1, "applied", -50), row(2, "applied", -50)];
    assert.deepEqual(
      situation({ history }).lastRun.map(({ version }) => version),
      ["0002"],
    );
    assert.equal(situation({}).kind, "empty");
  });
});

describe("the ways back", () => {
  it("bring back what the last run retired, and name what was retired before", () => {
    const history = [row(1, "retired", 1), row(2, "retired", 11), row(3, "retired", 12)];
    const found = situation({ history, runs: RUNS });
    assert.deepEqual(
      toUnRetire(found).map(({ version }) => version),
      ["0003", "0002"],
    );
    const [way] = waysBack(input(found));
    assert.match(way?.does.join("\n") ?? "", /0003, 0002 retired[^]*Retired earlier, each by its version: 0001\./);
    assert.match(way?.loses?.text ?? "", /since 2026-01-19 12:11:00 UTC \(59 min\)/);
    assert.equal(way?.command, "holdfast undo dev --way un-retire");
  });

  it("state the window of a restore from the backup's own instant, and of a rollback from its lowest file's", () => {
    const found = situation({ history: [row(1, "applied", 1), row(2, "applied", 11)], runs: RUNS });
    const lost = {
      table: "public.a",
      column: null,
      values: null,
      isWhole: true,
      what: "every row of public.a",
      present: 7,
    };
    const rollback: RollbackPlan = {
      steps: [
        {
          version: "0002",
          file: "0002_a.sql",
          checksum: "c",
          appliedAt: at(11),
          statements: [],
          lost: [],
          lostSince: [lost],
        },
      ],
      stop: null,
    };
    const [, back, , restore] = waysBack(input(found, { rollback }));
    assert.match(back?.loses?.text ?? "", /since 2026-01-19 12:11:00 UTC \(59 min\)/);
    assert.deepEqual(back?.loses?.facts, ["every row of public.a (7 now)"]);
    assert.match(restore?.loses?.text ?? "", /everything written since 2026-01-19 12:09:00 UTC, which is 1 h 1 min\./);
    assert.deepEqual(restore?.loses?.since, at(9));
    assert.equal(nameBeside("shop/dev", ENTRY), "dev-before-0002");
  });

  it("are always four, in the order of what they lose; each is open with its loss, or closed with a reason", () => {
    const states = fc.constantFrom<MigrationState>(
      "applied",
      "unverified",
      "retired",
      "started",
      "held",
      "rolled back",
    );
    const history = fc
      .array(fc.tuple(states, fc.integer({ min: -5, max: 60 })), { maxLength: 12 })
      .map((rows) => rows.map(([state, minutes], index) => row(index + 1, state, minutes)));
    const backup = fc.constantFrom<WaysInput["backup"]>(ENTRY, { whyNot: "None." });
    fc.assert(
      fc.property(
        history,
        fc.boolean(),
        fc.option(fc.string({ minLength: 1 })),
        backup,
        (rows, isInterrupted, unreachable, one) => {
          const found = situation({ history: rows, runs: RUNS, isInterrupted });
          const ways = waysBack(input(found, { unreachable, backup: one }));
          assert.deepEqual(
            ways.map(({ way }) => way),
            WAYS,
          );
          for (const { whyNot, loses, does, command, way } of ways) {
            assert.equal(whyNot === null, loses !== null, way);
            assert.ok(does.length > 0 && command.startsWith("holdfast "));
            if (unreachable !== null && way !== "restore") assert.notEqual(whyNot, null);
            if (way === "un-retire" || way === "forward") assert.equal(loses?.since ?? null, null);
          }
          const undone = ways[0]?.versions ?? [];
          assert.ok(undone.every((version) => found.retired.some((retired) => retired.version === version)));
        },
      ),
    );
  });
});

describe("what a restore loses, roughly", () => {
  const now = [
    { table: "public.a", written: 15, rows: 9 },
    { table: "public.b", written: 4, rows: 4 },
  ];

  it("is told by the counters since, the largest first, tables without a change left out", () => {
    const then = { written: { "public.a": 5, "public.b": 4 }, rows: [] };
    assert.deepEqual(estimateLoss(then, now), { basis: "changes", estimates: [{ table: "public.a", rows: 10 }] });
  });

  it("is told by rows then and now where the counters began anew, or nobody noted them", () => {
    const rows = [
      { table: "public.a", rows: 12 },
      { table: "public.b", rows: null },
    ];
    for (const written of [undefined, { "public.a": 900 }])
      assert.deepEqual(estimateLoss({ written, rows }, now), {
        basis: "counts",
        estimates: [{ table: "public.a", rows: -3 }],
      });
    assert.deepEqual(estimateLoss({ written: undefined, rows: [] }, now), { basis: null, estimates: [] });
  });

  it("has a duration to the second, which adds up", () => {
    assert.equal(exactDuration(0), "0 s");
    assert.equal(exactDuration(2 * 86_400_000 + 3 * 3_600_000 + 5 * 60_000 + 10_900), "2 days 3 h 5 min 10 s");
    const size: Record<string, number> = { day: 86_400, days: 86_400, h: 3600, min: 60, s: 1 };
    fc.assert(
      fc.property(fc.nat(), (seconds) => {
        const words = exactDuration(seconds * 1000).split(" ");
        const sum = words.reduce(
          (all, word, index) => all + (index % 2 === 0 ? Number(word) * (size[words[index + 1] ?? ""] ?? NaN) : 0),
          0,
        );
        assert.equal(sum, seconds);
      }),
    );
  });
});

describe("a fix by the next deploy", () => {
  it("of a backfill keeps the batches that are done", () => {
    const halfRun = {
      row: row(2, "started", null, { phase: "backfill" }),
      file: "migrations/0002_x.sql",
      finishedTo: null,
    };
    const steps = forwardSteps("dev", { ...situation({}), halfRun });
    assert.match(steps[0] ?? "", /has done a part of its batches; they stay and are not repeated/);
  });

  it("of a half-run file says behind which line it may be edited", () => {
    const halfRun = {
      row: row(2, "started", null),
      file: "migrations/0002_x.sql",
      finishedTo: { statement: 3, line: 9 },
    };
    assert.deepEqual(forwardSteps("dev", { ...situation({}), halfRun }), [
      "migrations/0002_x.sql is half-run: finished are 3 of its statements, the last one that of line 9.",
      "Edit it only behind the statement of line 9.",
      "Deploy again: holdfast migrate dev",
    ]);
  });
});
