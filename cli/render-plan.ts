import { createColors } from "picocolors";
import type { PlannedStep, PlanResult } from "../engine/index.js";
import { formatInstant, plural } from "./format.js";
import type { Target } from "./instances.js";
import type { Terminal } from "./terminal.js";

/** A deploy of hundreds of files is read by its headline; --json has them all. */
const SHOWN_STEPS = 50;

/** What a deploy would do, for a person. */
export function renderPlan({ name, local, aws }: Target, plan: PlanResult, terminal: Terminal): string {
  const { bold, dim } = createColors(terminal.hasColours.output);
  const { steps, release, schemaVersion, takesBackup, isAhead } = plan;
  const from = `${name} is at schema ${schemaVersion ?? "empty"}; release ${release}`;
  if (isAhead) return `${from}: the database is ahead of this folder, nothing will run.`;
  if (steps.length === 0) return `${from}: nothing to do.`;
  const way = local === undefined && aws === undefined ? ", after a dump" : ", after a backup";
  const more = steps.length - SHOWN_STEPS;
  return [
    `${from}: ${plural(steps.length, "step")}${takesBackup ? way : ""}.`,
    ...steps.slice(0, SHOWN_STEPS).flatMap((step) => {
      const remarks = remarksOn(step).map((remark) => dim(`            ${remark}`));
      return [`  ${bold(step.action.padEnd(8))}  ${step.file}  ${dim(mannerOf(step))}`, ...remarks];
    }),
    ...(more > 0 ? [`  … and ${plural(more, "step")} more (--json has them all)`] : []),
    dim(`Plan digest: ${plan.digest}`),
  ].join("\n");
}

function mannerOf({ phase, execution }: PlannedStep): string {
  const manners = {
    transaction: "in one transaction",
    outside: "statement by statement",
    backfill: "in batches",
    contract: "",
  };
  return [phase, execution === null ? "" : manners[execution]].filter((text) => text !== "").join(", ");
}

function remarksOn({ action, locks, isOpaque, reason, dueAt, checksum, gate }: PlannedStep): string[] {
  const due = dueAt === null ? "" : ` (due ${formatInstant(dueAt)})`;
  const approve = gate === "approval" && checksum !== null ? [`to approve it: version and checksum ${checksum}`] : [];
  if (action === "hold") return [`${reason ?? ""}${due}`, ...approve];
  return [
    ...(locks.length === 0 ? [] : [`locks ${locks.join(", ")}`]),
    ...(isOpaque ? ["runs code whose locks do not show (DO, CALL or a function)"] : []),
    ...(action === "purge" ? ["drops for good what was retired"] : []),
    ...(action === "retire" ? ["renamed out of sight; holdfast undo brings it back until it is purged"] : []),
  ];
}
