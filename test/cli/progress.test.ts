import assert from "node:assert/strict";
import { mock } from "node:test";
import { showProgress } from "../../cli/progress.js";
import type { Terminal } from "../../cli/terminal.js";
import type { ProgressEvent } from "../../engine/index.js";

describe("progress where nobody watches", () => {
  let lines: string[];
  const terminal: Terminal = {
    ...{ isOutputTty: false, isErrorTty: false, canAsk: false, width: 100, isJson: false },
    hasColours: { output: false, error: false },
    note: (line) => lines.push(line),
  };
  const show = (...events: ProgressEvent[]) => {
    const view = showProgress(terminal);
    events.forEach((event) => view.progress(event));
    return view;
  };

  beforeEach(() => {
    lines = [];
    mock.timers.enable({ apis: ["setInterval", "Date"] });
  });
  afterEach(() => mock.timers.reset());

  it("a long statement shows every 10 seconds that it lives, and no more once it has ended", () => {
    const view = show({ kind: "migration", file: "0001_big.sql", state: "started" });
    // The mock of Node 20 moves its clock only at the end of a tick.
    for (let beat = 0; beat < 3; beat++) mock.timers.tick(10_000);
    assert.deepEqual(
      lines,
      [10, 20, 30].map((seconds) => `  still at 0001_big.sql, ${seconds} s`),
    );
    view.progress({ kind: "migration", file: "0001_big.sql", state: "applied", durationMs: 30_500 });
    mock.timers.tick(30_000);
    assert.deepEqual(lines.slice(3), ["  applied  0001_big.sql  30.5 s"]);
    view.close();
  });

  it("a backfill says how far it is", () => {
    const batch = { kind: "batch", file: "0002_fill.sql", rowsEstimated: 2_000_000, rowsPerSecond: 50_000.4 } as const;
    const view = show({ ...batch, rowsDone: 5000 }, { ...batch, rowsDone: 1_000_000 });
    mock.timers.tick(10_000);
    view.close();
    assert.deepEqual(lines, ["  0002_fill.sql: 1,000,000 of about 2,000,000 rows, 50,000 a second, 10 s"]);
  });

  it("a backup says how far it is, and what it is called", () => {
    const view = show(
      { kind: "backup", state: "started" },
      { kind: "backup", state: "copying", bytes: 47_185_920, totalBytes: 314_572_800 },
    );
    mock.timers.tick(10_000);
    view.progress({ kind: "backup", state: "done", id: "20260119T093000Z-v0007", bytes: 314_572_800 });
    view.close();
    assert.deepEqual(lines, [
      "Backing up first …",
      "  backing up: 45.0 MiB of 300 MiB, 10 s",
      "Backed up as 20260119T093000Z-v0007, 300 MiB.",
    ]);
  });

  it("who stands in the way is said once; another deploy, whenever it is told", () => {
    const retry = { kind: "lock-retry", file: "0003_x.sql", blockers: ["pid 7 (app), 12 s"] } as const;
    const wait = { kind: "waiting-for-deploy", holder: "pid 9", waitedMs: 5000 } as const;
    show({ ...retry, attempt: 1 }, { ...retry, attempt: 2 }, wait, wait).close();
    assert.equal(lines.length, 3);
    assert.match(lines[0] ?? "", /waiting {2}0003_x\.sql: pid 7 \(app\), 12 s\. Traffic passes meanwhile/);
  });

  it("of a thousand files each hundredth has a line, after the first fifty", () => {
    const events = Array.from(
      { length: 1000 },
      (_, n) => ({ kind: "migration", file: `${n + 1}.sql`, state: "applied" }) as const,
    );
    show(...events).close();
    assert.equal(lines.length, 60);
    assert.equal(lines.at(-1), "  applied  1000.sql");
  });
});
