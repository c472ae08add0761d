import { backUpInstance } from "../../engine/index.js";
import { backedUpOf } from "../backed-up.js";
import { entryJson } from "../catalogues.js";
import { defineCommand, INSTANCE } from "../command.js";
import { formatBytes } from "../format.js";
import { CONNECTION_FLAGS, findTarget, wake } from "../instances.js";
import { stoppable } from "../stoppable.js";
import { withPassword } from "../with-session.js";

export const command = defineCommand({
  about:
    "Takes a whole backup now: of an embedded database a base backup, of one on AWS a snapshot, of any other PostgreSQL a dump\n" +
    "(by a pg_dump of its version or a later one, which has to be on PATH). Before every migrate one is taken anyway.",
  words: [INSTANCE],
  flags: {
    ...CONNECTION_FLAGS,
    reason: { type: "string", value: "TEXT", about: 'kept with it; default "by hand"' },
  },
  examples: [
    ['holdfast backup dev --reason "before the data import"', "restored by: holdfast restore dev --as dev-before"],
  ],
  async run({ instance, flags, terminal }) {
    const given = await findTarget(instance, flags);
    await wake(given);
    const { name } = given;
    const reason = flags.reason ?? "by hand";
    const entry = await withPassword(given, terminal, (target) =>
      stoppable(terminal, (watch) =>
        backUpInstance({ name, ...backedUpOf(target), connection: target.connection, reason, ...watch }),
      ),
    );
    const kept =
      entry.kind === "snapshot" ? `the snapshot ${entry.id}` : `${entry.id}, ${formatBytes(entry.sizeBytes)}`;
    return {
      json: entryJson(entry),
      text: () =>
        [
          `Backed up ${name} as ${kept}${entry.kind === "snapshot" ? "." : `, in ${entry.path}`}`,
          ...(entry.kind === "snapshot"
            ? []
            : [`Restore it beside: holdfast restore ${entry.instance} --as <new name>`]),
        ].join("\n"),
    };
  },
});
