import type { CatalogueEntry } from "../catalogue.js";
import type { HistoryRow } from "../migration.js";
import { isLossy, type RollbackPlan } from "../rehearsal/rollback-plan.js";
import { exactDuration, exactInstant, lossless, type DataLoss } from "./data-loss.js";
import { forwardSteps } from "./forward-fix.js";
import type { Situation } from "./situation.js";

/** From the one that loses least to the one that loses most. */
export const WAYS = ["un-retire", "rollback", "forward", "restore"] as const;
export type WayName = (typeof WAYS)[number];

/** One way back, as it is open now. */
export interface Way {
  readonly way: WayName;
  /** What it does, a sentence a line. */
  readonly does: readonly string[];
  /** Why it cannot be gone now, as a sentence; null: it can. */
  readonly whyNot: string | null;
  /** Null where it cannot be gone. */
  readonly loses: DataLoss | null;
  /** The command that goes it. */
  readonly command: string;
  /** Versions it brings back or rolls back; empty for the others. */
  readonly versions: readonly string[];
}

/** What was found out for the ways. */
export interface WaysInput {
  readonly instance: string;
  readonly now: Date;
  readonly situation: Situation;
  /** Set: the database does not answer, and why. */
  readonly unreachable: string | null;
  /** Rehearsed just now; or why there is none, as a sentence. */
  readonly rollback: RollbackPlan | { readonly whyNot: string };
  /** Taken before the last run; or why there is none, as a sentence. */
  readonly backup: CatalogueEntry | { readonly whyNot: string };
  /** Of what a restore of that backup loses. */
  readonly estimate: Pick<DataLoss, "basis" | "estimates">;
}

/** Always all four, in the order of WAYS. */
export function waysBack(input: WaysInput): readonly Way[] {
  return [unRetire(input), rollBack(input), goForward(input), restoreBeside(input)].map((way) =>
    way.way === "restore" ? way : onlyWhereReachable(way, input.unreachable),
  );
}

function onlyWhereReachable(way: Way, unreachable: string | null): Way {
  return unreachable === null ? way : { ...way, loses: null, whyNot: `The database does not answer: ${unreachable}` };
}

/** What the last run retired; where it retired nothing, what was retired last. */
export function toUnRetire({ retired, lastRun }: Situation): readonly HistoryRow[] {
  const ofLastRun = retired.filter((row) => lastRun.includes(row));
  return ofLastRun.length > 0 ? ofLastRun : retired.slice(0, 1);
}

function unRetire({ instance, situation, now }: WaysInput): Way {
  const rows = toUnRetire(situation);
  const versions = rows.map(({ version }) => version);
  const others = situation.retired.filter((row) => !rows.includes(row)).map(({ version }) => version);
  const since = rows.at(-1)?.appliedAt ?? null;
  const during =
    since === null ? "" : ` since ${exactInstant(since)} (${exactDuration(now.getTime() - since.getTime())})`;
  return {
    way: "un-retire",
    versions,
    does: [
      `Gives what ${versions.join(", ") || "a contract"} retired its name back, in one rename; the contract waits for a new approval.`,
      ...(others.length === 0 ? [] : [`Retired earlier, each by its version: ${others.join(", ")}.`]),
    ],
    whyNot: rows.length === 0 ? "Nothing is retired: no contract has run, or what it retired is purged." : null,
    loses:
      rows.length === 0
        ? null
        : lossless(`Nothing. Rows written${during} have no value in what comes back; they are listed.`),
    command:
      versions.length === 1 ? `holdfast undo ${instance} ${versions[0] ?? ""}` : wayCommand(instance, "un-retire"),
  };
}

function rollBack({ instance, situation, rollback, now }: WaysInput): Way {
  const { lastRun } = situation;
  const base = { way: "rollback" as const, command: rollbackCommand(instance, rollback) };
  if ("whyNot" in rollback) {
    const what = lastRun.map(({ version }) => version).join(", ");
    const does = [`Runs the @rollback of ${what || "the last run's files"}, newest first, rehearsed just before.`];
    return { ...base, does, whyNot: rollback.whyNot, loses: null, versions: [] };
  }
  const { steps, stop } = rollback;
  return {
    ...base,
    versions: steps.map(({ version }) => version),
    does: [
      ...whatItLeaves(situation),
      `Runs the @rollback of ${steps.map(({ file }) => file).join(", ")}, after a backup; each was rehearsed just now.`,
      ...(stop === null ? [] : [`Stops before ${stop.file}: ${stop.reason}.`]),
    ],
    whyNot: null,
    loses: rollbackLoss(rollback, now),
  };
}

/** Everything behind the file that stays; the newest alone where there is none. */
function rollbackCommand(instance: string, rollback: WaysInput["rollback"]): string {
  const isOne = "whyNot" in rollback || rollback.steps.length === 1;
  return isOne ? `holdfast rollback ${instance}` : wayCommand(instance, "rollback");
}

const UNTOUCHED = "The run that failed has left nothing: this goes back behind the run before it.";

function whatItLeaves({ isUntouched, lastRun }: Situation): string[] {
  return isUntouched && lastRun.length > 0 ? [UNTOUCHED] : [];
}

function rollbackLoss(plan: RollbackPlan, now: Date): DataLoss {
  if (!isLossy(plan)) return lossless("Nothing that anybody has written, as the rehearsal showed.");
  const since = plan.steps.at(-1)?.appliedAt ?? null;
  const window =
    since === null ? "they ran" : `${exactInstant(since)} (${exactDuration(now.getTime() - since.getTime())})`;
  const facts = plan.steps.flatMap(({ lost, lostSince }) => [
    ...lost.map(({ what }) => `${what} (in the rehearsal)`),
    ...lostSince.map(({ what, present }) => (present === null ? what : `${what} (${present} now)`)),
  ]);
  const text = `What these files' objects hold, written there since ${window}; the backup taken first has it.`;
  return { since, text, facts, basis: null, estimates: [] };
}

function goForward({ instance, situation }: WaysInput): Way {
  const isEmpty = situation.kind === "empty";
  return {
    way: "forward",
    versions: [],
    does: isEmpty ? ["Mends what is wrong by the next deploy."] : forwardSteps(instance, situation),
    whyNot: isEmpty ? "Nothing has run here, so nothing is to be mended." : null,
    loses: isEmpty ? null : lossless("Nothing."),
    command: `holdfast migrate ${instance}`,
  };
}

function restoreBeside({ instance, now, backup, estimate, situation }: WaysInput): Way {
  const as = nameBeside(instance, backup);
  const switching = `holdfast switch ${instance} --to ${as}`;
  if ("whyNot" in backup) {
    const does = ["Makes a second database out of the backup taken before the last run, and switches to it."];
    const command = `holdfast restore ${instance} --as ${as}`;
    return { way: "restore", versions: [], does, whyNot: backup.whyNot, loses: null, command };
  }
  const window = exactDuration(now.getTime() - backup.takenAt.getTime());
  return {
    way: "restore",
    versions: [],
    does: [
      ...whatItLeaves(situation),
      `Makes a second database, ${as}, as this one was at ${exactInstant(backup.takenAt)}; this one stays as it is.`,
      `Then, when you have compared the two: ${switching}`,
    ],
    whyNot: null,
    loses: {
      since: backup.takenAt,
      text: `Once switched: everything written since ${exactInstant(backup.takenAt)}, which is ${window}.`,
      facts: [],
      ...estimate,
    },
    command: `holdfast restore ${instance} --backup ${backup.id} --as ${as}`,
  };
}

/** `dev-before-0007`: what the restored database is called. */
export function nameBeside(instance: string, backup: WaysInput["backup"]): string {
  const version = "whyNot" in backup ? undefined : backup.manifest.pendingVersions[0];
  const plain = instance.split("/").at(-1) ?? instance;
  return version === undefined ? `${plain}-restored` : `${plain}-before-${version}`;
}

function wayCommand(instance: string, way: WayName): string {
  return `holdfast undo ${instance} --way ${way}`;
}
