import { baselineDatabase, HoldfastError } from "../../engine/index.js";
import { defineCommand, INSTANCE } from "../command.js";
import { byHandRequest, DEPLOYMENT_FLAGS, deployTargetOf, requiredRelease } from "../deployment.js";
import { plural } from "../format.js";
import { CONNECTION_FLAGS, findTarget, wake } from "../instances.js";
import { stoppable } from "../stoppable.js";
import { withPassword } from "../with-session.js";

export const command = defineCommand({
  about:
    "Marks the files up to a version as applied, without running them: for a database that had them before Holdfast. The\n" +
    "files themselves are not compared with the schema; from here on the schema is watched for drift.",
  words: [INSTANCE],
  flags: {
    ...CONNECTION_FLAGS,
    ...DEPLOYMENT_FLAGS,
    version: { type: "string", value: "VERSION", about: "of the last file that already ran" },
  },
  examples: [["holdfast baseline staging --version 0006", "then: holdfast plan staging shows 0007 and later"]],
  async run({ instance, flags, terminal }) {
    const { version } = flags;
    if (version === undefined) {
      throw new HoldfastError(
        "invalid_usage",
        "holdfast baseline: --version is missing, the last file that already ran.",
        {
          next: "See: holdfast baseline --help",
        },
      );
    }
    const target = await findTarget(instance, flags);
    const request = { ...byHandRequest(target), release: requiredRelease(target, flags) };
    await wake(target);
    const report = await withPassword(target, terminal, (open) =>
      stoppable(terminal, (watch) => baselineDatabase({ ...request, ...watch }, deployTargetOf(open, flags), version)),
    );
    const known = report.known.length === 0 ? "" : `, ${report.known.length} were in its history before`;
    return {
      json: { instance: target.name, ...report },
      text: () =>
        `${target.name}: ${plural(report.marked.length, "file")} marked as applied${known}.\nNext: holdfast plan ${instance ?? ""}`.trimEnd(),
    };
  },
});
