import assert from "node:assert/strict";
import fc from "fast-check";
import { HoldfastError } from "../../engine/core/errors.js";
import { errorJson } from "../../engine/core/error-json.js";
import { incidentName, notRun, type Incident } from "../../engine/core/incident/incident.js";
import { readIncident, renderIncident, withDecision } from "../../engine/core/incident/render-incident.js";
import { collapse, momentOf } from "../../engine/core/incident/timeline.js";

const ERROR = new HoldfastError("statement_failed", "migrations/0002_b.sql:3:1: duplicate key value.", {
  location: { file: "migrations/0002_b.sql", line: 3, column: 1 },
  excerpt: "3 | INSERT INTO people VALUES ('Jane Roe')",
  redactedExcerpt: "3 | INSERT INTO people VALUES (••••••••••)",
  detail: "Key (name)=(Jane Roe) already exists.",
  sqlState: "23505",
  next: "Correct it.\nThen deploy again.",
});

const INCIDENT: Incident = {
  format: 1,
  ...{ project: "shop", instance: "dev", environment: "dev", database: "app", release: "1.5.0" },
  run: { id: "7", startedAt: "2026-01-19T09:29:58.000Z" },
  schemaVersion: "0001",
  planned: ["0002_b.sql", "0003_c.sql"],
  written: { "public.people": 12 },
  at: "2026-01-19T09:30:00.250Z",
  error: errorJson(ERROR),
  timeline: [
    { at: "2026-01-19T09:29:58.000Z", what: "run 7 begun, release 1.5.0" },
    { at: "2026-01-19T09:29:59.000Z", what: "0002_b.sql begun" },
  ],
  file: "0002_b.sql",
  statements: [{ line: 3, column: 1, text: "INSERT INTO people VALUES (••••••••••)", hasFailed: true }],
  applied: [],
  backup: {
    id: "20260119T092959Z-v0001",
    kind: "base",
    restore: "holdfast restore dev --backup 20260119T092959Z-v0001 --as <new name>",
  },
  decision: null,
};

const DECISION = {
  way: "forward",
  at: "2026-01-19T10:00:00.000Z",
  command: "holdfast undo dev --way forward",
  outcome: "The file is to be corrected.",
};

describe("an incident's page", () => {
  const page = renderIncident(INCIDENT);

  it("says what failed and where, what stays, and which command brings the backup back", () => {
    assert.match(page, /^# Incident: shop\/dev, statement_failed, 2026-01-19 09:30:00 UTC$/m);
    assert.match(page, /migrations\/0002_b\.sql:3:1: duplicate key value\./);
    assert.match(page, /^- 09:29:59\.000 0002_b\.sql begun$/m);
    assert.match(page, /^ {4}→ 3:1 {2}INSERT INTO people VALUES \(•+\)$/m);
    assert.match(page, /^- applied by this run, and stays: nothing$/m);
    assert.match(page, /^- not run, or not finished: 0002_b\.sql, 0003_c\.sql$/m);
    assert.match(page, /^ {4}holdfast restore dev --backup 20260119T092959Z-v0001 --as <new name>$/m);
    assert.match(page, /^- Then deploy again\.$/m);
  });

  it("has the lists that people go by: what to do at once, the decision, and the questions for afterwards", () => {
    for (const title of ["Timeline", "Statements", "Immediate actions", "Decision taken", "Post-incident"])
      assert.match(page, new RegExp(`^## ${title}$`, "m"));
    assert.match(page, /- \[ \] Stop the deployment/);
    assert.match(page, /- \[ \] Notify the team/);
  });

  it("holds neither DETAIL nor a literal, and no password of an address", () => {
    assert.doesNotMatch(page, /Jane Roe/);
    const leaky = { ...INCIDENT, error: { ...INCIDENT.error, message: "postgres://ann:pa55@db/shop is gone" } };
    assert.doesNotMatch(renderIncident(leaky), /pa55/);
  });

  it("is read back as it was written, also with what people wrote into it", () => {
    assert.deepEqual(readIncident(page, "x.md"), INCIDENT);
    const edited = page
      .replace("- Notify", "- [x] Notify")
      .replace("nobody see it", "nobody (```json\n{}\n```) see it");
    assert.deepEqual(readIncident(edited, "x.md"), INCIDENT);
  });

  it("takes the decision in its place, twice too, and leaves alone what people wrote", () => {
    const edited = page.replace(
      "- Which test would have failed?",
      "- Which test would have failed? The one of orders.",
    );
    const decided = withDecision(edited, DECISION, "x.md");
    const again = withDecision(decided, { ...DECISION, way: "restore" }, "x.md");
    assert.equal(readIncident(decided, "x.md").decision?.way, "forward");
    assert.match(decided, /^## Decision taken\n\n- way: forward\n- when: 2026-01-19 10:00:00 UTC$/m);
    assert.doesNotMatch(decided, /None yet/);
    assert.equal(again.match(/^## /gm)?.length, page.match(/^## /gm)?.length);
    assert.match(again, /The one of orders\./);
    assert.match(again, /- way: restore/);
    assert.doesNotMatch(again, /way: forward/);
  });

  it("takes the decision even where its section was taken out", () => {
    const without = page.replace(/## Decision taken[^]*?(?=## Post-incident)/, "");
    const decided = withDecision(without, DECISION, "x.md");
    assert.match(decided, /## Post-incident[^]*## Decision taken\n\n- way: forward/);
    assert.equal(readIncident(decided, "x.md").decision?.way, "forward");
  });

  it("is refused by name where its data is gone or is not ours", () => {
    for (const broken of ["", page.replace('"format": 1', '"format": 2'), page.replace("```json\n{", "```json\n[")])
      assert.throws(() => readIncident(broken, "here.md"), /here\.md does not describe an incident/);
  });

  it("survives any text in any of its fields", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), (message, what) => {
        const incident = {
          ...INCIDENT,
          error: { ...INCIDENT.error, message },
          timeline: [{ at: INCIDENT.at, what }],
          applied: [what],
        };
        const text = renderIncident(incident);
        if (/:\/\/|[?&](ssl)?password=/i.test(message + what)) return;
        assert.deepEqual(readIncident(text, "x"), incident);
        assert.deepEqual(readIncident(withDecision(text, DECISION, "x"), "x"), { ...incident, decision: DECISION });
      }),
    );
  });
});

describe("an incident's facts", () => {
  it("have a name that sorts by time and tells the code", () => {
    assert.equal(incidentName(INCIDENT), "20260119T093000Z-statement_failed");
    assert.equal(incidentName(INCIDENT, 2), "20260119T093000Z-statement_failed-2");
  });

  it("tell what did not run", () => {
    assert.deepEqual(notRun({ planned: ["a", "b", "c"], applied: ["a"] }), ["b", "c"]);
  });

  it("leave out what the server itself said, which may hold row values, and the steps of a copy", () => {
    const now = new Date("2026-01-19T09:30:00Z");
    assert.equal(momentOf({ kind: "note", message: "user jane@example.org has none", isNotice: true }, now), undefined);
    assert.equal(momentOf({ kind: "backup", state: "copying", bytes: 1 }, now), undefined);
    assert.deepEqual(momentOf({ kind: "migration", file: "0002_b.sql", state: "started" }, now), {
      ...{ at: now.toISOString(), what: "0002_b.sql begun", begins: "0002_b.sql" },
    });
  });

  it("tell of batches in a row, and of tries for one lock, the last", () => {
    const at = "2026-01-19T09:30:00Z";
    const moments = [1, 2, 3].map((n) => ({ at, what: `batch ${n}`, key: "batch a" }));
    const other = { at, what: "b begun" };
    assert.deepEqual(collapse([...moments, other, { at, what: "batch 1", key: "batch b" }]), [
      moments[2],
      other,
      { at, what: "batch 1", key: "batch b" },
    ]);
  });
});
