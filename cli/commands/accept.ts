import { acceptMigration, HoldfastError } from "../../engine/index.js";
import { defineCommand, INSTANCE } from "../command.js";
import { byHandRequest, deployTargetOf } from "../deployment.js";
import { CONNECTION_FLAGS, findTarget, wake } from "../instances.js";
import { FOLDER_FLAG } from "../place.js";
import { stoppable } from "../stoppable.js";
import { withPassword } from "../with-session.js";

export const command = defineCommand({
  about:
    "Records the new checksum of an applied file whose comment, @why, @verify or @rollback was repaired. Refuses where the\n" +
    "statements are no longer those that ran.",
  words: [INSTANCE, { name: "version", about: "of the file, as in its name" }],
  flags: {
    ...CONNECTION_FLAGS,
    ...FOLDER_FLAG,
    reason: { type: "string", value: "TEXT", about: "kept beside the checksum" },
  },
  examples: [['holdfast accept dev 0007 --reason "typo in the comment"', "for each instance that has it"]],
  async run({ instance, words: [version = ""], flags, terminal }) {
    const { reason } = flags;
    if (reason === undefined) {
      throw new HoldfastError("invalid_usage", "holdfast accept: --reason is missing.", {
        next: "Say why an applied file was changed: it is kept in the database.",
      });
    }
    const target = await findTarget(instance, flags);
    await wake(target);
    const report = await withPassword(target, terminal, (open) =>
      stoppable(terminal, (watch) =>
        acceptMigration({ ...byHandRequest(open), ...watch }, deployTargetOf(open, flags), { version, reason }),
      ),
    );
    const isNew = report.checksum !== report.replaced;
    return {
      json: { instance: target.name, ...report },
      text: () =>
        isNew
          ? `${report.file} is accepted on ${target.name}: checksum ${report.checksum}`
          : `${report.file} is on record as it is; there was nothing to accept.`,
    };
  },
});
