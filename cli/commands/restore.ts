import { findInstanceBackup, HoldfastError, restoreInstance, type BaseEntry } from "../../engine/index.js";
import { findBackups } from "../catalogues.js";
import { defineCommand } from "../command.js";
import { formatInstant } from "../format.js";
import { stoppable } from "../stoppable.js";

export const command = defineCommand({
  about:
    "Restores a backup into a second instance, beside the first and never over it. It has a password, a port and an archive\n" +
    "of its own, and answers to its own name in every command.",
  words: [{ name: "name", about: "the instance whose backup it is; it may be gone" }],
  flags: {
    as: { type: "string", value: "NAME", about: "of the new instance" },
    backup: { type: "string", value: "ID", about: "as `holdfast backups` lists it; default: the newest" },
    "with-archive": {
      type: "boolean",
      about: "go on from the backup to the end of the archived WAL: for a lost data folder",
    },
  },
  examples: [
    ["holdfast restore dev --as dev-before", "the newest backup, as it was before the last migrate"],
    ["holdfast restore dev --as dev-saved --with-archive", "as late as the archive reaches"],
  ],
  async run({ words: [name = ""], flags, terminal }) {
    const as = flags.as;
    if (as === undefined) {
      throw new HoldfastError("invalid_usage", "holdfast restore: --as is missing, the name of the new instance.", {
        next: `A restore goes beside, never over: holdfast restore ${name} --as ${name}-restored`,
      });
    }
    const entry = await chooseBackup(name, flags.backup);
    const upTo = flags["with-archive"] === true ? "archive" : "backup";
    const restored = await stoppable(terminal, ({ progress }) => restoreInstance({ entry, as, upTo, progress }));
    const { instance, differences } = restored;
    const { host, port, database, user, resourceId, passwordFile } = instance;
    return {
      json: { backup: entry.id, instance: as, host, port, database, user, resourceId, passwordFile, differences },
      text: () =>
        [
          `Restored ${entry.id} (${formatInstant(entry.takenAt)}) as ${as}, beside ${name}.`,
          `  address   postgres://${user}@${host}:${port}/${database}`,
          `  password  in ${passwordFile}`,
          differences === undefined
            ? "  rows      not compared: the archive goes beyond the backup"
            : "  rows      as the backup's manifest says",
          `Look at it: holdfast status ${as}; holdfast sql ${as} "SELECT …"`,
        ].join("\n"),
    };
  },
});

async function chooseBackup(instance: string, id: string | undefined): Promise<BaseEntry> {
  const { name, entries } = await findBackups(instance);
  const chosen = id ?? entries[0]?.id;
  if (chosen !== undefined) return findInstanceBackup(name, chosen);
  throw new HoldfastError("invalid_usage", `"${instance}" has no backup that can be restored.`, {
    next: `See what there is: holdfast backups ${instance}`,
  });
}
