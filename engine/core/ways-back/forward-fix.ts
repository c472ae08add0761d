import type { HalfRun, Situation } from "./situation.js";

/** What to do by hand so that the next deploy goes on: in the imperative, one step a line. */
export function forwardSteps(instance: string, situation: Situation): string[] {
  const deploy = `Deploy again: holdfast migrate ${instance}`;
  const { incident, halfRun, unverified } = situation;
  if (halfRun !== null) return [...halfRunSteps(halfRun), deploy];
  if (unverified.length > 0) {
    const [first] = unverified;
    return [
      `${unverified.map(({ version }) => version).join(", ")}: applied, and a @verify query is not true; later files wait until it is.`,
      `Mend the data: holdfast sql ${instance} --write "…"`,
      `Or mend the query, and say so: holdfast accept ${instance} ${first?.version ?? ""} --reason "…"`,
      deploy,
    ];
  }
  if (incident !== null) return [...failedSteps(incident), deploy];
  if (situation.kind === "failed") return ["The last run was stopped; nothing of it is half done.", deploy];
  return ['Write what mends it: holdfast new "…"', deploy];
}

function halfRunSteps({ file, row, finishedTo }: HalfRun): string[] {
  if (row.phase === "backfill") {
    return [`${file} has done a part of its batches; they stay and are not repeated. Correct what its error names.`];
  }
  const done =
    finishedTo === null
      ? `${file} is half-run; none of its statements is finished.`
      : `${file} is half-run: finished are ${finishedTo.statement} of its statements, the last one that of line ${finishedTo.line}.`;
  const where = finishedTo === null ? "Correct it." : `Edit it only behind the statement of line ${finishedTo.line}.`;
  return [done, where];
}

function failedSteps({ error, file, applied }: NonNullable<Situation["incident"]>): string[] {
  const kept = applied.length === 0 ? [] : [`Applied by that run, and they stay: ${applied.join(", ")}.`];
  if (file === null) return [...kept, ...(error.next ?? "Mend what the error names.").split("\n")];
  const place = error.file === undefined ? file : `${error.file}:${error.line ?? 1}:${error.column ?? 1}`;
  if (applied.includes(file)) return kept;
  return [...kept, `Nothing of ${file} stayed. Correct it at ${place}.`];
}
