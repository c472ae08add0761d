import { backUpInstance } from "../../engine/index.js";
import { entryJson } from "../catalogues.js";
import { defineCommand } from "../command.js";
import { formatBytes } from "../format.js";
import { findTarget, wake } from "../instances.js";
import { stoppable } from "../stoppable.js";

export const command = defineCommand({
  about:
    "Takes a backup now: of an embedded database a base backup, of one on AWS a snapshot. Before every migrate one is taken anyway.",
  words: [{ name: "name", about: "of an embedded database of this project, or of a stack on AWS" }],
  flags: { reason: { type: "string", value: "TEXT", about: 'kept with it; default "by hand"' } },
  examples: [
    ['holdfast backup dev --reason "before the data import"', "restored by: holdfast restore dev --as dev-before"],
  ],
  async run({ words: [name = ""], flags, terminal }) {
    const target = await findTarget(name, {});
    const { local, aws, connection } = target;
    await wake(target);
    const reason = flags.reason ?? "by hand";
    const entry = await stoppable(terminal, (watch) =>
      backUpInstance({ name, local, aws, connection, reason, ...watch }),
    );
    return {
      json: entryJson(entry),
      text: () =>
        aws === undefined
          ? `Backed up ${name} as ${entry.id}, ${formatBytes(entry.sizeBytes)}, in ${entry.path}\nRestore it beside: holdfast restore ${name} --as <new name>`
          : `Backed up ${name} as the snapshot ${entry.id}.`,
    };
  },
});
