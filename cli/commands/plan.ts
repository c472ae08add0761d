import { planMigration } from "../../engine/index.js";
import { defineCommand, INSTANCE } from "../command.js";
import { DEPLOYMENT_FLAGS, deployTargetOf, requestOf } from "../deployment.js";
import { CONNECTION_FLAGS, findTarget, wake } from "../instances.js";
import { renderPlan } from "../render-plan.js";
import { withPassword } from "../with-session.js";

export const command = defineCommand({
  about:
    "Shows what a migrate would run, hold, retire and purge, and fails as it would. The server allows it no change.",
  words: [INSTANCE],
  flags: { ...CONNECTION_FLAGS, ...DEPLOYMENT_FLAGS },
  examples: [
    ["holdfast plan dev", "before a deploy"],
    ["holdfast plan staging --json", "every statement, lock and checksum"],
  ],
  async run({ instance, flags, terminal }) {
    const target = await findTarget(instance, flags);
    const request = requestOf(target, flags);
    await wake(target);
    const plan = await withPassword(target, terminal, (open) => planMigration(request, deployTargetOf(open, flags)));
    return { json: { instance: target.name, ...plan }, text: () => renderPlan(target, plan, terminal) };
  },
});
