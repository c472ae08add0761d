import type { AnalysedMigration } from "./core/analysed-migration.js";
import { compareSets } from "./core/compare-sets.js";
import type { ReportedMigration } from "./core/deploy-summary.js";
import { decideContracts, type ContractDecision } from "./core/decide-contracts.js";
import { HoldfastError, joinFaults } from "./core/errors.js";
import type { LintScope } from "./core/lint/lint-faults.js";
import type { Approval, HistoryRow, MigrationFile, MigrationState, Policy } from "./core/migration.js";
import { versionOrder } from "./core/migration-name.js";
import { pendingMember, planDigest, type PendingMember } from "./core/pending-set.js";
import type { SqlParser } from "./core/ports.js";
import { promotionFaults, type Promotion } from "./core/promotion.js";
import { readMigration } from "./core/read-migration.js";
import { planFault, type ReviewedPlan } from "./core/reviewed-plan.js";
import { fileJudge, type FileJudge, type JudgedFile } from "./judge-files.js";

export interface PreviewInput {
  readonly files: readonly MigrationFile[];
  /** What the last deploy found applied; null before the first one. */
  readonly reported: readonly ReportedMigration[] | null;
  readonly release: string;
  readonly approvals: readonly Approval[];
  readonly policy: Policy;
  readonly now: Date;
  /** The stack that must have applied and verified what runs here. Default: none. */
  readonly promotion?: Promotion;
  /** A fault where what would run is another. Default: whatever is pending is fine. */
  readonly reviewedPlan?: ReviewedPlan;
  /** Asked for only when a file is pending. */
  readonly loadParser: () => Promise<SqlParser>;
}

/** What a deploy would do, read from files alone. */
export interface FilesPreview {
  /** Files that would run, in order. */
  readonly pending: readonly AnalysedMigration[];
  /** Files that would wait. */
  readonly held: readonly { readonly file: MigrationFile; readonly reason: string; readonly dueAt: Date | null }[];
  /** The database holds what only newer releases bring; nothing would run. */
  readonly isAhead: boolean;
  /** False before the first deploy. */
  readonly isCompared: boolean;
  readonly pendingSet: readonly PendingMember[];
  /** Of the pending set (pending-set.ts). */
  readonly digest: string;
}

/**
 * Judges a folder without a database: every pending file must parse, hold nothing unsafe and fit what the last deploy
 * reported. The deploy judges again, by the database's own history.
 *
 * @throws HoldfastError with all faults at once
 */
export async function previewFiles(input: PreviewInput): Promise<FilesPreview> {
  const { files, reported, release, loadParser } = input;
  const history = (reported ?? []).map((row) => historyRow(row, files));
  const compared = compareSets({ files, history, releases: [], release });
  const unrun = inOrder([...compared.pending, ...compared.held.map(({ file }) => file)]);
  // Before the first deploy there is nobody whom a lock or a rename could hurt.
  const scope = history.length === 0 ? "losses" : "everything";
  const { judged, faults } =
    unrun.length === 0 ? NOTHING : judge(fileJudge(files, await loadParser(), input.now), unrun, scope);
  // No decision while a file is faulty: its objects are not known, and the faults stop the deploy anyway.
  const decisions = reported === null || faults.length > 0 ? [] : decide(input, history, judged);
  const refused = decisions.flatMap(({ error }) => error ?? []);
  const pendingSet = compared.isAhead ? [] : judged.map(({ analysed }, at) => pendingMember(analysed, decisions[at]));
  const changed = input.reviewedPlan && planFault(input.reviewedPlan, pendingSet, history);
  const running = compared.isAhead
    ? []
    : judged.filter((_, at) => !waits(decisions[at])).map(({ analysed }) => analysed);
  const unproven = promotionFaults(
    input.promotion,
    running.map(({ migration }) => migration),
  );
  const fault = joinFaults([...compared.faults, ...faults, ...refused, ...unproven]) ?? changed;
  if (fault !== undefined) throw fault;
  return {
    ...{ pendingSet, digest: planDigest(pendingSet) },
    pending: running,
    held: unrun.flatMap((file, at) => heldFile(file, decisions[at])),
    isAhead: compared.isAhead,
    isCompared: reported !== null,
  };
}

interface Verdict {
  readonly judged: readonly JudgedFile[];
  readonly faults: readonly HoldfastError[];
}

const NOTHING: Verdict = { judged: [], faults: [] };

function judge(judgeAll: FileJudge, files: readonly MigrationFile[], scope: LintScope): Verdict {
  try {
    return { judged: judgeAll(files, { scopeOf: () => scope }), faults: [] };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return { judged: [], faults: [error] };
  }
}

function decide(
  { now, release, policy, approvals }: PreviewInput,
  history: readonly HistoryRow[],
  judged: readonly JudgedFile[],
): ContractDecision[] {
  return decideContracts({
    ...{ now, release, policy, approvals, history, pending: judged.map(({ pending }) => pending) },
    ...{ spent: [], includeHeld: false, isEmptyStart: false, hasWayBack: true },
  });
}

function waits(decision: ContractDecision | undefined): boolean {
  return decision?.decision === "hold";
}

function heldFile(file: MigrationFile, decision: ContractDecision | undefined): FilesPreview["held"][number][] {
  return decision?.decision === "hold" ? [{ file, reason: decision.reason, dueAt: decision.dueAt }] : [];
}

function inOrder(files: readonly MigrationFile[]): MigrationFile[] {
  return [...files].sort((a, b) => (a.order < b.order ? -1 : 1));
}

/** What the report leaves out is taken from the folder: a renamed file is found by the deploy itself. */
function historyRow(row: ReportedMigration, files: readonly MigrationFile[]): HistoryRow {
  const order = versionOrder(row.version);
  const file = files.find((one) => one.order === order);
  return {
    ...{ version: row.version, order, state: row.state as MigrationState, release: row.release },
    description: file?.description ?? "",
    checksum: row.checksum === "" ? null : row.checksum,
    ...phaseOf(file),
    appliedAt: row.appliedAt === "" ? null : new Date(row.appliedAt),
    ...{ durationMs: null, heldReason: null, dueAt: null },
  };
}

function phaseOf(file: MigrationFile | undefined): Pick<HistoryRow, "phase" | "closes"> {
  try {
    const migration = file === undefined ? undefined : readMigration(file);
    return { phase: migration?.phase ?? "expand", closes: migration?.closes ?? null };
  } catch (error) {
    if (error instanceof HoldfastError) return { phase: "expand", closes: null };
    throw error;
  }
}
