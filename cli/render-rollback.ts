import type { RollbackPlan, RollbackReport, RollbackStep, RollbackStop } from "../engine/index.js";
import { formatDuration, formatInstant, plural } from "./format.js";
import { describeWayBack } from "./way-back.js";

/** What a rollback would run and take, before anybody is asked. */
export function renderRollbackPlan(name: string, { steps, stop }: RollbackPlan): string {
  const since = steps.at(-1)?.appliedAt ?? null;
  const isLossy = steps.some(({ lost, lostSince }) => lost.length + lostSince.length > 0);
  return [
    `Rolling back ${plural(steps.length, "file")} on ${name}, after a backup; each was rehearsed just now:`,
    ...steps.flatMap(stepLines),
    ...stopLines(stop),
    isLossy
      ? `What was written there since ${since === null ? "they ran" : formatInstant(since)} is in the backup only, from then on.`
      : "Nothing that anybody has written is lost.",
  ].join("\n");
}

function stepLines({ file, appliedAt, statements, lost, lostSince }: RollbackStep): string[] {
  return [
    `  ${file}${appliedAt === null ? "" : `, applied ${formatInstant(appliedAt)}`}`,
    ...statements.map(({ line, text }) => `    line ${line}  ${text.replaceAll(/\s*\n\s*/g, " ")}`),
    ...lost.map(({ what }) => `    loses   ${what} (in the rehearsal)`),
    ...lostSince.map(({ what, present }) => `    takes   ${what}${presentText(present)}`),
  ];
}

function presentText(present: number | null): string {
  return present === null ? "" : ` (${present.toLocaleString("en-US")} now)`;
}

function stopLines(stop: RollbackStop | null): string[] {
  if (stop === null) return [];
  return [`  stops before ${stop.file}: ${stop.reason}.`, ...stop.next.split("\n").map((line) => `    ${line}`)];
}

/** What a rollback did. */
export function renderRollback(name: string, { rolledBack, stop, backup }: RollbackReport): string {
  return [
    `${name}: ${plural(rolledBack.length, "file")} rolled back.`,
    ...rolledBack.map(({ file, durationMs }) => `  rolled back  ${file}  ${formatDuration(durationMs)}`),
    ...stopLines(stop),
    ...(backup === null ? [] : [`  backup       ${describeWayBack(name, backup)}`]),
    "A deploy of this folder runs them again. Deploy the release before, or mend them in the folder first.",
  ].join("\n");
}
