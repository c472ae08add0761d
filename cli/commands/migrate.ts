import { defineCommand, INSTANCE } from "../command.js";
import { DEPLOYMENT_FLAGS } from "../deployment.js";
import { CONNECTION_FLAGS, findTarget } from "../instances.js";
import { MIGRATE_FLAGS, migrateTarget } from "../migrate-target.js";
import { REVIEWED_PLAN_FLAG } from "../reviewed-plan.js";

export const command = defineCommand({
  about:
    "Brings an instance to this release: each pending file once, after a backup, without stalling its clients. On a terminal\n" +
    "it asks for the approvals that contracts wait for. Stopped or killed at any moment, the next run goes on.",
  words: [INSTANCE],
  flags: {
    ...CONNECTION_FLAGS,
    ...DEPLOYMENT_FLAGS,
    ...MIGRATE_FLAGS,
    ...REVIEWED_PLAN_FLAG,
    "dry-run": { type: "boolean", about: "only the plan; the server itself allows no change" },
  },
  examples: [
    ["holdfast migrate dev", "what npm start does, without Pulumi"],
    [
      'DATABASE_URL=postgres://… holdfast migrate --release 1.5.0 --no-backup-because "snapshot at 02:00"',
      "any PostgreSQL",
    ],
  ],
  async run({ instance, flags, terminal }) {
    const target = await findTarget(instance, flags);
    const { name } = target;
    if (flags["dry-run"] === true) {
      const { planFor } = await import("./plan.js");
      const plan = await planFor(target, flags, terminal);
      const { renderPlan } = await import("../render-plan.js");
      return { json: { instance: name, ...plan }, text: () => renderPlan(target, plan, terminal) };
    }
    const result = await migrateTarget(target, flags, terminal);
    return {
      json: { ok: true, instance: name, ...result },
      text: async () => {
        const { renderResult } = await import("../render-result.js");
        return renderResult(name, result);
      },
    };
  },
});
