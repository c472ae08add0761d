import { HoldfastError } from "./errors.js";
import type { HistoryRow } from "./migration.js";
import { inOrder, planDigest, type PendingMember } from "./pending-set.js";

/** What a person reviewed: the digest decides, the members tell what differs. */
export interface ReviewedPlan {
  readonly digest: string;
  /** Each with the first eight characters of its checksum. Empty where only the digest was handed on. */
  readonly members: readonly PendingMember[];
}

const CHECKSUM_LENGTH = 8;
/** What is handed on fits an environment variable and a comment, whatever the folder. */
const MOST_MEMBERS = 500;

/** One line to hand a plan on: `<digest> 0024=run:9f86d081 0025=hold:1b4f0e98`; of many files the digest alone. */
export function renderReviewedPlan(members: readonly PendingMember[]): string {
  const listed = members.length > MOST_MEMBERS ? [] : inOrder(members);
  const words = listed.map(
    ({ version, action, checksum }) => `${version}=${action}:${checksum.slice(0, CHECKSUM_LENGTH)}`,
  );
  return [planDigest(members), ...words].join(" ");
}

const MEMBER = /^([\w.]+)=(run|retire|hold):([0-9a-f]{8})$/;

/** @throws HoldfastError invalid_usage for a text that is no plan; also for an empty one: a step that gave nothing must not pass */
export function parseReviewedPlan(text: string): ReviewedPlan {
  const [digest = "", ...words] = text.trim().split(/\s+/);
  const members = words.flatMap((word): PendingMember[] => {
    const [, version, action, checksum] = MEMBER.exec(word) ?? [];
    if (version === undefined || action === undefined || checksum === undefined) return [];
    return [{ version, action: action as PendingMember["action"], checksum }];
  });
  if (/^[0-9a-f]{64}$/.test(digest) && members.length === words.length) return { digest, members };
  const what = text.trim() === "" ? "is empty" : "is no plan digest";
  throw new HoldfastError("invalid_usage", `The reviewed plan ${what}.`, {
    next: "Give what `holdfast reviewed-plan` prints, or the digest that `plan`, `ci` and `pulumi preview` print: 64 hexadecimal digits.",
  });
}

/**
 * Refuses a deploy that is not the one that was reviewed. What an earlier attempt of the same plan has applied counts with what is
 * still pending, so that a deploy that was stopped can go on.
 *
 * @param members what is pending now
 * @returns plan_changed; undefined where the plan is the reviewed one, or nothing would run
 */
export function planFault(
  reviewed: ReviewedPlan,
  members: readonly PendingMember[],
  history: readonly HistoryRow[],
): HoldfastError | undefined {
  if (members.every(({ action }) => action === "hold")) return undefined;
  if (isBegun(reviewed.digest, members, history)) return undefined;
  const differences = reviewed.members.length === 0 ? [] : compare(reviewed.members, members, history);
  const now = inOrder(members).map(({ version, action }) => `${version} ${action}`);
  return new HoldfastError("plan_changed", "What would run now is not the plan that was reviewed.", {
    hint: (differences.length === 0 ? [`now: ${now.join(", ")}`] : differences).join("\n"),
    next:
      `The plan now has the digest ${planDigest(members)}, the reviewed one ${reviewed.digest}.\n` +
      "Preview the change again on what is deployed now, have that reviewed, and deploy with its digest. Nothing was run.",
  });
}

/** Deploys are looked back over so far: one file a step. */
const MOST_APPLIED = 500;

/** Whether what is pending is the reviewed set, alone or with the last one, two, three … files that were applied. */
function isBegun(digest: string, members: readonly PendingMember[], history: readonly HistoryRow[]): boolean {
  const applied = lastApplied(history);
  // On a database that was empty a contract ran at once.
  const ways = applied.some(({ phase }) => phase === "contract") ? (["retire", "run"] as const) : (["run"] as const);
  return ways.some((way) => {
    const begun = applied.flatMap((row) => memberOf(row, way));
    return [members, ...begun.map((_, at) => [...members, ...begun.slice(0, at + 1)])].some(
      (attempt) => planDigest(attempt) === digest,
    );
  });
}

function lastApplied(history: readonly HistoryRow[]): HistoryRow[] {
  const applied = history.filter(({ state }) => state === "applied" || state === "unverified" || state === "retired");
  const time = ({ appliedAt }: HistoryRow): number => appliedAt?.getTime() ?? 0;
  return applied.sort((a, b) => time(b) - time(a) || (a.order < b.order ? 1 : -1)).slice(0, MOST_APPLIED);
}

function memberOf({ version, checksum, phase }: HistoryRow, contract: "run" | "retire"): PendingMember[] {
  return checksum === null ? [] : [{ version, checksum, action: phase === "contract" ? contract : "run" }];
}

function compare(
  reviewed: readonly PendingMember[],
  members: readonly PendingMember[],
  history: readonly HistoryRow[],
): string[] {
  const versions = inOrder([...reviewed, ...members]).map(({ version }) => version);
  return [...new Set(versions)].flatMap((version) => {
    const old = reviewed.find((one) => one.version === version);
    const now = members.find((one) => one.version === version);
    const row = history.find((one) => one.version === version);
    const difference = tell(old, now, row);
    return difference === undefined ? [] : [`${version}: ${difference}`];
  });
}

function tell(
  old: PendingMember | undefined,
  now: PendingMember | undefined,
  row: HistoryRow | undefined,
): string | undefined {
  if (old === undefined) return now === undefined ? undefined : `would ${now.action}, and was not reviewed`;
  if (now === undefined) return row === undefined ? "was reviewed, and is gone" : `was reviewed, and is ${row.state}`;
  if (!now.checksum.startsWith(old.checksum)) return "was changed after the review";
  return now.action === old.action ? undefined : `was reviewed to ${old.action}, and would ${now.action}`;
}
