import { compareReleases } from "./compare-releases.js";
import { HoldfastError, type ErrorCode } from "./errors.js";
import type { Approval, HistoryRow, Migration, Policy } from "./migration.js";
import { versionOrder } from "./migration-name.js";
import { printName, sharedObject, type ObjectName } from "./named-objects.js";

/** A pending file with what its statements say. */
export interface PendingFile {
  readonly migration: Migration;
  /** What it acts on (named-objects.ts, subjectsOf). */
  readonly subjects: readonly ObjectName[];
  /** Everything it names (named-objects.ts, mentionsOf). */
  readonly mentions: readonly ObjectName[];
  /** True where a statement can be neither retired nor made again from its definition: DELETE, TRUNCATE, narrowing, rename, REVOKE. */
  readonly isFinal: boolean;
}

/** An approval that was used up: its contract ran and was undone since. It must be given anew. */
export interface SpentApproval {
  readonly version: string;
  readonly checksum: string;
  readonly expires: Date | null;
}

export interface ContractInput {
  readonly now: Date;
  readonly release: string;
  readonly policy: Policy;
  readonly approvals: readonly Approval[];
  readonly spent: readonly SpentApproval[];
  /** `--include-held`: a contract that would be held for want of an approval is refused instead. */
  readonly includeHeld: boolean;
  /** The history was empty and the database held no user tables when the run began: release, soak and approval do not apply. */
  readonly isEmptyStart: boolean;
  /** False under `--no-backup-because`, which never admits a contract. */
  readonly hasWayBack: boolean;
  /** Why no backup of this database counts as proven, as a sentence; then no contract is admitted either. */
  readonly whyUnproven?: string | undefined;
  readonly history: readonly HistoryRow[];
  /** All pending files, held ones included, in the order they would run. */
  readonly pending: readonly PendingFile[];
}

/** Which condition a contract waits for. `held-file`: an earlier file that waits names the same object. */
export type ContractGate = "release" | "soak" | "approval" | "expand" | "backfill" | "backup" | "held-file";

export interface ContractDecision {
  readonly version: string;
  readonly decision: "run" | "hold" | "refuse";
  /** Unset where the file runs. */
  readonly gate: ContractGate | null;
  /** One sentence; empty where the file runs. */
  readonly reason: string;
  /** Not before this instant; null where no date is known. */
  readonly dueAt: Date | null;
  /** Drop for good instead of retiring. */
  readonly purgeAtOnce: boolean;
  /** The approval a contract runs by. */
  readonly approval?: Approval;
  /** Where refused: what to throw (exit 3). */
  readonly error?: HoldfastError;
}

/**
 * Says of each pending file whether it runs now, waits, or stops the run. A contract runs in a later release than the one that
 * first applied its expand to this database, once every backfill in between is complete and verified, with an approval bound to
 * its checksum; what is final waits for the soak time, too.
 * A later file that names an object a waiting file acts on waits with it.
 */
export function decideContracts(input: ContractInput): ContractDecision[] {
  const waiting: PendingFile[] = [];
  return input.pending.map((file) => {
    const decision = decideFile(file, waiting, input);
    if (decision.decision === "hold") waiting.push(file);
    return decision;
  });
}

function decideFile(file: PendingFile, waiting: readonly PendingFile[], input: ContractInput): ContractDecision {
  const { migration } = file;
  if (migration.phase !== "contract") return behindHeld(file, waiting) ?? run(migration);
  if (input.isEmptyStart) return behindHeld(file, waiting) ?? { ...run(migration), purgeAtOnce: true };
  const found = findApproval(migration, input);
  if ("error" in found) return refuse(migration, "approval", found.error);
  const { approval } = found;
  const notDue = whyNotDue(file, input);
  if (notDue !== undefined) {
    if (approval === undefined) return waitFor(migration, notDue, input);
    return isApprovedAhead(file, notDue, input) ? hold(migration, approvedAhead(notDue)) : tooEarly(migration, notDue);
  }
  if (approval === undefined)
    return waitFor(migration, { gate: "approval", reason: unapproved(migration, input), dueAt: null }, input);
  const behind = behindHeld(file, waiting);
  if (behind !== undefined) return behind;
  if (!input.hasWayBack) return refuse(migration, "backup", noWayBack(migration));
  if (input.whyUnproven !== undefined) return refuse(migration, "backup", unproven(migration, input.whyUnproven));
  return { ...run(migration), approval };
}

interface Waits {
  readonly gate: ContractGate;
  readonly reason: string;
  readonly dueAt: Date | null;
}

function run(migration: Migration): ContractDecision {
  return { version: migration.version, decision: "run", gate: null, reason: "", dueAt: null, purgeAtOnce: false };
}

function hold(migration: Migration, waits: Waits): ContractDecision {
  return { version: migration.version, decision: "hold", purgeAtOnce: false, ...waits };
}

function refuse(migration: Migration, gate: ContractGate, error: HoldfastError): ContractDecision {
  return { ...hold(migration, { gate, reason: error.message, dueAt: null }), decision: "refuse", error };
}

function waitFor(migration: Migration, waits: Waits, input: ContractInput): ContractDecision {
  if (!input.includeHeld) return hold(migration, waits);
  const error = fault(
    "approval_missing",
    migration,
    "is held and --include-held was given, but nobody approved it",
    approveIt(migration),
  );
  return refuse(migration, "approval", error);
}

function tooEarly(migration: Migration, { gate, reason, dueAt }: Waits): ContractDecision {
  const next = `Take the approval of ${migration.version} out of this deploy; approve it again for one in which the contract is due.`;
  return { ...refuse(migration, gate, fault("not_due", migration, `was approved too early: ${reason}`, next)), dueAt };
}

/** How the history tells that a contract was held although it was approved. */
const APPROVED_AHEAD = "It is approved, and waits: ";

function approvedAhead({ gate, reason, dueAt }: Waits): Waits {
  return { gate, reason: `${APPROVED_AHEAD}${reason}`, dueAt };
}

/**
 * A database that skips releases gets a contract in one deploy with its expand, or with its backfill. What was reviewed for the
 * databases that went step by step is no mistake there: after its expand the contract waits for the next release, also when this
 * one is deployed again; after its backfill for the next deploy.
 */
function isApprovedAhead({ migration }: PendingFile, { gate }: Waits, input: ContractInput): boolean {
  if (gate === "backfill") return true;
  const order = versionOrder(migration.closes ?? "0");
  const held = input.history.find((row) => row.order === migration.order && row.state === "held");
  const bringsExpand = input.pending.some((other) => other.migration.order === order);
  return bringsExpand || (held?.release === input.release && held.heldReason?.startsWith(APPROVED_AHEAD) === true);
}

/** Why the contract may not run yet, approval aside. */
function whyNotDue(file: PendingFile, input: ContractInput): Waits | undefined {
  const { migration } = file;
  const closes = migration.closes === undefined ? undefined : versionOrder(migration.closes);
  const expand = input.history.find(({ order }) => order === closes);
  const name = `the expand ${migration.closes ?? ""} it completes`;
  if (expand === undefined || expand.state !== "applied") {
    const state = expand === undefined || expand.state === "rolled back" ? "is not applied yet" : `is ${expand.state}`;
    return { gate: "expand", reason: `${name} ${state}`, dueAt: null };
  }
  if (expand.release !== null && compareReleases(input.release, expand.release) <= 0) {
    return {
      gate: "release",
      reason: `${name} came with release ${expand.release}; a later release may drop what it replaced`,
      dueAt: null,
    };
  }
  const unfilled = findUnfilled(file, expand.order, input);
  if (unfilled !== undefined) {
    const reason = `backfill ${unfilled.migration.name} of the same table is not yet complete and verified`;
    return { gate: "backfill", reason, dueAt: null };
  }
  if (!file.isFinal || expand.appliedAt === null) return undefined;
  const dueAt = new Date(expand.appliedAt.getTime() + input.policy.soakMs);
  if (dueAt <= input.now) return undefined;
  return {
    gate: "soak",
    reason: `it cannot be retired, so it waits out the soak time until ${dueAt.toISOString()}`,
    dueAt,
  };
}

/**
 * A backfill between the expand and its contract that this run would complete at the earliest: what the contract takes away is
 * the only place the old values are in. One that ran before is verified again by the run itself, and nothing runs behind one
 * that is not.
 */
function findUnfilled(file: PendingFile, expand: bigint, { pending }: ContractInput): PendingFile | undefined {
  return pending.find(
    ({ migration: { phase, order }, subjects }) =>
      phase === "backfill" &&
      order > expand &&
      order < file.migration.order &&
      sharedObject(subjects, file.subjects) !== undefined,
  );
}

/** The one valid approval; none; or, where each is faulty, what is wrong with the last. */
function findApproval(
  migration: Migration,
  input: ContractInput,
): { approval: Approval | undefined } | { error: HoldfastError } {
  const given = input.approvals.filter((one) => one.version === migration.version && !isSpent(one, input));
  const approval = given.find((one) => isSame(one.checksum, migration.checksum) && !hasExpired(one, input.now));
  const last = given.at(-1);
  if (approval !== undefined || last === undefined) return { approval };
  if (!isSame(last.checksum, migration.checksum)) {
    return {
      error: fault(
        "approval_void",
        migration,
        `was approved by ${last.by} with another checksum: the file has changed since`,
        approveIt(migration),
      ),
    };
  }
  const expired = `was approved by ${last.by}, but the approval expired at ${last.expires?.toISOString() ?? ""}`;
  return { error: fault("approval_expired", migration, expired, approveIt(migration)) };
}

function hasExpired({ expires }: Approval, now: Date): boolean {
  return expires !== undefined && expires <= now;
}

function isSpent(approval: Approval, { spent }: ContractInput): boolean {
  return spent.some(
    ({ version, checksum, expires }) =>
      version === approval.version &&
      isSame(checksum, approval.checksum) &&
      expires?.getTime() === approval.expires?.getTime(),
  );
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function unapproved({ version }: Migration, { spent }: ContractInput): string {
  return spent.some((one) => one.version === version) ? "it was undone and needs a new approval" : "it is not approved";
}

function behindHeld(file: PendingFile, waiting: readonly PendingFile[]): ContractDecision | undefined {
  for (const held of waiting) {
    const shared = sharedObject(held.subjects, file.mentions);
    if (shared === undefined) continue;
    return hold(file.migration, {
      gate: "held-file",
      reason: `${held.migration.name} is held and names ${printName(shared)}, too`,
      dueAt: null,
    });
  }
  return undefined;
}

function noWayBack(migration: Migration): HoldfastError {
  return fault(
    "no_backup",
    migration,
    "is a contract, which never runs without a backup",
    "Give this database a way to back up, or deploy without the approval: the contract is then held.",
  );
}

function unproven(migration: Migration, why: string): HoldfastError {
  return fault(
    "drill_failed",
    migration,
    `is a contract, which runs only behind a proven backup: ${why}`,
    "Drill it first: holdfast drill <instance>; then deploy again. Or deploy without the approval: the contract is then held, and everything else runs.",
  );
}

function approveIt({ version, checksum }: Migration): string {
  return `Review the file, then approve it: holdfast:approvals {version: "${version}", checksum: "${checksum}", by, expires}, or type the instance's name when holdfast migrate asks on a terminal.`;
}

function fault(code: ErrorCode, migration: Migration, what: string, next: string): HoldfastError {
  return new HoldfastError(code, `Contract ${migration.name} ${what}.`, {
    location: { file: migration.path, line: 1, column: 1 },
    next,
  });
}
