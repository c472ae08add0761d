import { asHoldfastError, planMigration, type PlanResult } from "../../engine/index.js";
import { FORMAT_FLAG, formatOf, render } from "../ci/formats.js";
import { misused } from "../ci/misused.js";
import { defineCommand, OPTIONAL_INSTANCE, type Answer } from "../command.js";
import { DEPLOYMENT_FLAGS, deployTargetOf, requestOf, sourceOf, type DeploymentFlags } from "../deployment.js";
import { CONNECTION_FLAGS, findTarget, findTargets, isOneMeant, wake, type Target } from "../instances.js";
import { errorJson } from "../render-error.js";
import { promotionOf } from "../promotion.js";
import { renderPlan } from "../render-plan.js";
import { reportError } from "../report-error.js";
import { reviewedPlanOf, type ReviewedPlanFlag } from "../reviewed-plan.js";
import type { Terminal } from "../terminal.js";
import { withPassword } from "../with-session.js";

export const command = defineCommand({
  about:
    "Shows what a migrate would run, hold, retire and purge, and fails as it would. The server allows it no change.",
  words: [OPTIONAL_INSTANCE],
  flags: { ...CONNECTION_FLAGS, ...DEPLOYMENT_FLAGS, ...FORMAT_FLAG },
  examples: [
    ["holdfast plan dev", "before a deploy"],
    ["holdfast plan --json", "of every instance: each statement, lock and checksum"],
    ["holdfast plan prod --format markdown", "for a pull request's comment or a job's summary"],
  ],
  async run({ instance, flags, terminal }) {
    const format = formatOf("plan", flags.format, terminal.isJson);
    if (!isOneMeant(instance, flags)) {
      if (format === "text" || format === "json")
        return inFormat(format, await planAll(await findTargets(), flags, terminal));
      throw misused("plan", `--format ${format} is of one instance`, "Name it: holdfast plan prod.");
    }
    const target = await findTarget(instance, flags);
    const plan = await planFor(target, flags, terminal);
    const answer = { json: { instance: target.name, ...plan }, text: () => renderPlan(target, plan, terminal) };
    if (format === "text" || format === "json") return inFormat(format, answer);
    const [{ planReport }, { linksOf }] = await Promise.all([import("../ci/plan-report.js"), import("../ci/links.js")]);
    const report = await planReport(target, plan, flags);
    return { ...answer, text: () => render(format, { report, links: linksOf(target.place.project), terminal }) };
  },
});

function inFormat(format: "text" | "json", answer: Answer): Answer {
  return format === "text" ? answer : { ...answer, text: () => JSON.stringify(answer.json, null, 2) };
}

export async function planFor(
  target: Target,
  flags: DeploymentFlags & ReviewedPlanFlag,
  terminal: Terminal,
): Promise<PlanResult> {
  const request = { ...requestOf(target, flags), ...reviewedPlanOf(flags["reviewed-plan"]) };
  await wake(target);
  const promotion = await promotionOf(target, sourceOf(target, flags));
  return withPassword(target, terminal, (open) =>
    planMigration({ ...request, ...promotion }, deployTargetOf(open, flags)),
  );
}

/** One that is refused does not hide the others; the first refusal gives the exit code. */
async function planAll(targets: readonly Target[], flags: DeploymentFlags, terminal: Terminal): Promise<Answer> {
  const [plans, texts]: [object[], string[]] = [[], []];
  let exitCode: Answer["exitCode"] = 0;
  for (const target of targets) {
    try {
      const plan = await planFor(target, flags, terminal);
      plans.push({ instance: target.name, ...plan });
      texts.push(renderPlan(target, plan, terminal));
    } catch (error) {
      const known = asHoldfastError(error);
      if (known === undefined) throw error;
      reportError(known, { ...terminal, isJson: false }, () => undefined);
      plans.push({ instance: target.name, error: errorJson(known) });
      texts.push(`${target.name}: no plan, see the error above.`);
      exitCode = exitCode === 0 ? known.exitCode : exitCode;
    }
  }
  if (targets.length === 0)
    texts.push("This project has no instance yet: npm start makes one, or write holdfast.json.");
  return { json: { instances: plans }, text: () => texts.join("\n"), exitCode };
}
