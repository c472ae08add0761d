import type { Policy } from "./core/migration.js";
import type { BackupPort, HistoryStore, Session } from "./core/ports.js";
import { planFault } from "./core/reviewed-plan.js";
import type { MigrateRequest } from "./core/run.js";
import { isEmptyStart } from "./find-start.js";
import type { FileJudge } from "./judge-files.js";
import type { Observation } from "./observe.js";
import { judgeSet, pendingSet, planRun, wayBackOf, type RunPlan } from "./plan-run.js";
import { readSpentApprovals } from "./steps/contracts/contract-journal.js";
import { refuseUnfilled, type FilledContract } from "./steps/contracts/refuse-unfilled.js";

export interface Preparation {
  readonly session: Session;
  readonly history: HistoryStore;
  readonly request: MigrateRequest;
  readonly policy: Policy;
  readonly judge: FileJudge;
  readonly now: Date;
  /** Unset: there is no way to back up. */
  readonly backup: BackupPort | undefined;
}

export interface PreparedRun {
  readonly plan: RunPlan;
  /** No history and no table of the application was there. */
  readonly isEmptyStart: boolean;
}

/**
 * Plans a run by what was observed; changes nothing.
 * @throws HoldfastError every refusal that can be known before something runs
 */
export async function prepareRun(preparation: Preparation, observation: Observation): Promise<PreparedRun> {
  const { session, history, request, policy, judge, now, backup } = preparation;
  const { state } = observation;
  const judged = judgeSet(observation, judge);
  const isEmpty = await isEmptyStart(session, history, state, { request, now });
  // A contract in the history means that the table of contracts is there.
  const isAsked = request.approvals !== undefined && state.history.some(({ phase }) => phase === "contract");
  const spent = isAsked ? await readSpentApprovals(session) : [];
  const known = { observation, judged, request, policy, now };
  const plan = planRun({ ...known, spent, wayBack: await wayBackOf(backup, known), isEmptyStart: isEmpty });
  const fault = request.reviewedPlan && planFault(request.reviewedPlan, pendingSet(plan), state.history);
  if (fault !== undefined) throw fault;
  await refuseUnfilled(session, contractsOf(plan), state.history);
  return { plan, isEmptyStart: isEmpty };
}

/** Those that take something away from a database that was there before. */
function contractsOf({ run }: RunPlan): FilledContract[] {
  return run
    .filter(({ file, decision }) => file.analysed.execution === "contract" && !decision.purgeAtOnce)
    .map(({ file }) => ({ analysed: file.analysed, fills: file.fills() }));
}
