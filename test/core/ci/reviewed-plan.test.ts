import assert from "node:assert/strict";
import { HoldfastError } from "../../../engine/core/errors.js";
import type { HistoryRow } from "../../../engine/core/migration.js";
import { planDigest, type PendingMember } from "../../../engine/core/pending-set.js";
import { parseReviewedPlan, planFault, renderReviewedPlan } from "../../../engine/core/reviewed-plan.js";

const sum = (letter: string): string => letter.repeat(64);
const member = (version: string, letter: string, action: PendingMember["action"] = "run"): PendingMember => ({
  ...{ version, checksum: sum(letter), action },
});
const FIRST = member("0001", "a");
const SECOND = member("0002", "b");
const CONTRACT = member("0003", "c", "retire");
const HELD = member("0004", "d", "hold");

describe("a plan digest", () => {
  it("is the same for the same files that do the same, in whatever order they are listed", () => {
    assert.match(planDigest([]), /^[0-9a-f]{64}$/);
    assert.equal(planDigest([FIRST, SECOND]), planDigest([SECOND, FIRST]));
    assert.equal(
      planDigest([member("0009", "a"), member("0010", "b")]),
      planDigest([member("0010", "b"), member("0009", "a")]),
    );
  });

  for (const [what, other] of [
    ["a file more", [FIRST, SECOND, HELD]],
    ["a file less", [FIRST]],
    ["another text", [FIRST, member("0002", "e")]],
    ["another action", [FIRST, member("0002", "b", "hold")]],
  ] as const) {
    it(`is another with ${what}`, () => assert.notEqual(planDigest([FIRST, SECOND]), planDigest(other)));
  }
});

describe("a reviewed plan on its way to the deploy", () => {
  it("is one line that can be read back", () => {
    const text = renderReviewedPlan([SECOND, FIRST, HELD]);
    assert.equal(text, `${planDigest([FIRST, SECOND, HELD])} 0001=run:aaaaaaaa 0002=run:bbbbbbbb 0004=hold:dddddddd`);
    const read = parseReviewedPlan(`${text}\n`);
    assert.equal(read.digest, planDigest([FIRST, SECOND, HELD]));
    assert.deepEqual(read.members[2], { version: "0004", action: "hold", checksum: "dddddddd" });
  });

  it("is the digest alone where the files are too many for an environment variable", () => {
    const many = Array.from({ length: 501 }, (_, at) => member(String(at + 1).padStart(4, "0"), "a"));
    assert.equal(renderReviewedPlan(many), planDigest(many));
  });

  for (const [what, text] of [
    ["nothing, as a step that failed leaves it", "  "],
    ["a word", "main"],
    ["a digest that is cut", sum("a").slice(1)],
    ["a member that is none", `${sum("a")} 0001=run:zz`],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => parseReviewedPlan(text),
        (error) => (error as HoldfastError).code === "invalid_usage",
      );
    });
  }
});

describe("a deploy of a reviewed plan", () => {
  const reviewed = parseReviewedPlan(renderReviewedPlan([FIRST, SECOND, CONTRACT, HELD]));
  const fault = (members: readonly PendingMember[], history: readonly HistoryRow[] = []): HoldfastError | undefined =>
    planFault(reviewed, members, history);

  it("goes through when it is that plan", () => assert.equal(fault([FIRST, SECOND, CONTRACT, HELD]), undefined));

  it("goes on where an attempt of the same plan stopped halfway", () => {
    const older = row("0000", "9", "applied", 0);
    assert.equal(fault([SECOND, CONTRACT, HELD], [older, row("0001", "a", "applied", 1)]), undefined);
    const two = [row("0001", "a", "applied", 1), row("0002", "b", "unverified", 2)];
    assert.equal(fault([CONTRACT, HELD], [older, ...two]), undefined);
  });

  it("goes on after a contract of it was retired, or ran at once on an empty database", () => {
    const reviewedPlan = parseReviewedPlan(renderReviewedPlan([FIRST, member("0003", "c"), HELD]));
    const retired = [row("0001", "a", "applied", 1), row("0003", "c", "retired", 2, "contract")];
    const late = member("0005", "f");
    const withLate = (action: "run" | "retire") =>
      parseReviewedPlan(renderReviewedPlan([FIRST, member("0003", "c", action), late]));
    assert.equal(planFault(withLate("retire"), [late], retired), undefined);
    assert.equal(
      planFault(withLate("run"), [late], [retired[0]!, row("0003", "c", "applied", 2, "contract")]),
      undefined,
    );
    assert.equal(planFault(reviewedPlan, [HELD], retired), undefined, "nothing would run");
  });

  it("is no refusal where nothing would run", () => {
    assert.equal(fault([]), undefined);
    assert.equal(fault([HELD]), undefined);
  });

  it("is refused with each difference named", () => {
    const error = fault([FIRST, member("0002", "e"), member("0004", "d"), member("0006", "f")]);
    assert.equal(error?.code, "plan_changed");
    assert.equal(error.exitCode, 3);
    assert.deepEqual(error.details.hint?.split("\n"), [
      "0002: was changed after the review",
      "0003: was reviewed, and is gone",
      "0004: was reviewed to hold, and would run",
      "0006: would run, and was not reviewed",
    ]);
    assert.match(error.details.next ?? "", new RegExp(`reviewed one ${reviewed.digest}`));
  });

  it("names what is pending where only the digest was handed on", () => {
    const error = planFault({ digest: sum("0"), members: [] }, [SECOND, FIRST], []);
    assert.equal(error?.details.hint, "now: 0001 run, 0002 run");
  });

  it("is refused when what was applied meanwhile is not what was reviewed", () => {
    const other = row("0001", "e", "applied", 1);
    assert.equal(fault([SECOND, CONTRACT, HELD], [other])?.details.hint, "0001: was reviewed, and is applied");
  });
});

function row(
  version: string,
  letter: string,
  state: HistoryRow["state"],
  minute: number,
  phase: HistoryRow["phase"] = "expand",
): HistoryRow {
  return {
    ...{ version, order: BigInt(version), description: "", state, checksum: sum(letter), phase, closes: null },
    ...{ release: "1.0.0", appliedAt: new Date(minute * 60_000), durationMs: 1, heldReason: null, dueAt: null },
  };
}
