import { backUpInstance, HoldfastError } from "../../engine/index.js";
import { entryJson } from "../catalogues.js";
import { defineCommand } from "../command.js";
import { formatBytes } from "../format.js";
import { findTarget, wake } from "../instances.js";
import { stoppable } from "../stoppable.js";

export const command = defineCommand({
  about: "Takes a backup of an embedded database now. Before every migrate one is taken anyway.",
  words: [{ name: "name", about: "of an embedded database of this project" }],
  flags: { reason: { type: "string", value: "TEXT", about: 'kept with it; default "by hand"' } },
  examples: [
    ['holdfast backup dev --reason "before the data import"', "restored by: holdfast restore dev --as dev-before"],
  ],
  async run({ words: [name = ""], flags, terminal }) {
    const target = await findTarget(name, {});
    const { local, connection } = target;
    if (local === undefined) throw noWay(name);
    await wake(target);
    const reason = flags.reason ?? "by hand";
    const entry = await stoppable(terminal, (watch) =>
      backUpInstance({ instance: local, connection, reason, ...watch }),
    );
    return {
      json: entryJson(entry),
      text: () =>
        `Backed up ${name} as ${entry.id}, ${formatBytes(entry.sizeBytes)}, in ${entry.path}\nRestore it beside: holdfast restore ${name} --as <new name>`,
    };
  },
});

function noWay(name: string): HoldfastError {
  return new HoldfastError("no_backup", `Holdfast has no way to back up ${name} yet: it is no embedded database.`, {
    next: "Back it up by its own means (pg_dump, a snapshot of the provider).",
  });
}
