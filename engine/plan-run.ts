import { decideContracts, type ContractDecision, type SpentApproval } from "./core/decide-contracts.js";
import { duePurges } from "./core/due-purges.js";
import { joinFaults } from "./core/errors.js";
import type { LintScope } from "./core/lint/lint-faults.js";
import type { HistoryRow, Migration, MigrationFile, Policy } from "./core/migration.js";
import { inOrder, pendingMember, type PendingMember } from "./core/pending-set.js";
import type { BackupPort, DatabaseState } from "./core/ports.js";
import { promotionFaults } from "./core/promotion.js";
import type { MigrateRequest } from "./core/run.js";
import type { FileJudge, JudgedFile } from "./judge-files.js";
import type { Observation } from "./observe.js";

export interface DecidedFile {
  readonly file: JudgedFile;
  readonly decision: ContractDecision;
}

/** What a run does, in this order: verify, hold, run, purge. */
export interface RunPlan {
  /** Applied by an earlier run, their @verify queries not yet true. */
  readonly verify: readonly JudgedFile[];
  readonly hold: readonly DecidedFile[];
  readonly run: readonly DecidedFile[];
  /** Retired and due. */
  readonly purge: readonly HistoryRow[];
}

/** The files a run would look into, judged. */
export interface JudgedSet {
  readonly unverified: readonly JudgedFile[];
  /** Held ones among them, by order. */
  readonly pending: readonly JudgedFile[];
}

/** @throws HoldfastError with the faults of all files */
export function judgeSet({ state, comparison }: Observation, judge: FileJudge): JudgedSet {
  if (comparison.isAhead) return { unverified: [], pending: [] };
  const unverified = comparison.unverified.map(({ file }) => file);
  const waiting = [...comparison.pending, ...comparison.held.map(({ file }) => file)];
  const pending = waiting.sort((a, b) => (a.order < b.order ? -1 : 1));
  const halfRun = new Map(
    state.history.filter((row) => row.state === "started").map(({ order, phase }) => [order, phase]),
  );
  const isApplied = new Set(unverified);
  const scope = startedEmpty(state) ? "losses" : "everything";
  const scopeOf = (file: MigrationFile): LintScope => (isApplied.has(file) ? "nothing" : scope);
  const judged = judge([...unverified, ...pending], { halfRun, scopeOf });
  return { unverified: judged.slice(0, unverified.length), pending: judged.slice(unverified.length) };
}

/** Nobody waits and nothing is broken in a database that held nothing when the run began, or the interrupted one that it continues. */
function startedEmpty({ history, interruptedRun }: DatabaseState): boolean {
  return history.length === 0 || interruptedRun?.isEmptyStart === true;
}

export interface PlanInput {
  readonly observation: Observation;
  readonly judged: JudgedSet;
  readonly request: MigrateRequest;
  readonly policy: Policy;
  readonly now: Date;
  readonly spent: readonly SpentApproval[];
  readonly isEmptyStart: boolean;
  readonly wayBack: WayBack;
}

/** What is known before a run of the backup it would take. */
export interface WayBack {
  readonly canBackUp: boolean;
  /** Why nothing may be destroyed behind such a backup: no drill of late, as a sentence. */
  readonly whyUnproven: string | undefined;
}

/** The proof is asked for only where something approved or due would be destroyed: that may be a question to the cloud. */
export async function wayBackOf(
  backup: BackupPort | undefined,
  {
    observation,
    judged,
    request,
    policy,
    now,
  }: Pick<PlanInput, "observation" | "judged" | "request" | "policy" | "now">,
): Promise<WayBack> {
  const approved = new Set((request.approvals ?? []).map(({ version }) => version));
  const isAsked =
    judged.pending.some(
      ({ pending: { migration } }) => migration.phase === "contract" && approved.has(migration.version),
    ) || duePurges(observation.state.history, now, request.release).length > 0;
  const oldest = new Date(now.getTime() - policy.drillMaxAgeMs);
  return { canBackUp: backup !== undefined, whyUnproven: isAsked ? await backup?.whyUnproven?.(oldest) : undefined };
}

/** Decides of each file whether it runs or waits. @throws HoldfastError where an approval is void, expired or too early, or a file is not promoted */
export function planRun(input: PlanInput): RunPlan {
  const { observation, judged, request, policy, now, spent, isEmptyStart, wayBack } = input;
  const { state, comparison } = observation;
  const { release, approvals = [], includeHeld = false } = request;
  const decisions = decideContracts({
    ...{ now, release, policy, approvals, spent, includeHeld, isEmptyStart },
    hasWayBack: wayBack.canBackUp,
    whyUnproven: wayBack.whyUnproven,
    history: state.history,
    pending: judged.pending.map(({ pending }) => pending),
  });
  const decided = judged.pending.flatMap((file, at) => {
    const decision = decisions[at];
    return decision === undefined ? [] : { file, decision };
  });
  const refusal = joinFaults([
    ...decisions.flatMap(({ error }) => error ?? []),
    ...promotionFaults(request.promotion, running(decided)),
  ]);
  if (refusal !== undefined) throw refusal;
  return {
    verify: judged.unverified,
    hold: decided.filter(({ decision }) => decision.decision === "hold"),
    run: decided.filter(({ decision }) => decision.decision === "run"),
    purge: comparison.isAhead || !mayDestroy(wayBack) ? [] : duePurges(state.history, now, release),
  };
}

function running(decided: readonly DecidedFile[]): Migration[] {
  return decided.flatMap(({ file, decision }) => (decision.decision === "run" ? file.analysed.migration : []));
}

function mayDestroy({ canBackUp, whyUnproven }: WayBack): boolean {
  return canBackUp && whyUnproven === undefined;
}

/** Whether a restore point comes first. A verification or a new release number changes no row. */
export function needsBackup({ run, purge }: RunPlan): boolean {
  return run.length > 0 || purge.length > 0;
}

/** What people review before, and what the run is compared with. */
export function pendingSet({ hold, run }: RunPlan): PendingMember[] {
  return inOrder([...hold, ...run].map(({ file, decision }) => pendingMember(file.analysed, decision)));
}

/** Whether anything is destroyed that was there before the run. */
export function isDestructive(plan: RunPlan): boolean {
  return destructiveVersions(plan).length > 0;
}

/** The contracts that run and destroy what was there before, then the purges. */
export function destructiveVersions({ run, purge }: RunPlan): string[] {
  const contracts = run.filter(({ file, decision }) => file.analysed.execution === "contract" && !decision.purgeAtOnce);
  return [...contracts.map(({ decision }) => decision.version), ...purge.map(({ version }) => version)];
}
