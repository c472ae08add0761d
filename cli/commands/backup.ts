import { backUpInstance, copiesOf, type BackupEntry } from "../../engine/index.js";
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
    to: {
      type: "list",
      value: "PLACE",
      about:
        "a copy there, too: a directory, s3://bucket/prefix, of a snapshot region:eu-west-1; may be given several times",
    },
  },
  examples: [
    ['holdfast backup dev --reason "before the data import"', "restored by: holdfast restore dev --as dev-before"],
    [
      "holdfast backup dev --to s3://my-backups/shop",
      "had back by: holdfast restore dev --from s3://my-backups/shop --as …",
    ],
  ],
  async run({ instance, flags, terminal }) {
    const given = await findTarget(instance, flags);
    await wake(given);
    const { name } = given;
    const reason = flags.reason ?? "by hand";
    const entry = await withPassword(given, terminal, (target) =>
      stoppable(terminal, (watch) =>
        backUpInstance({ name, ...backedUpOf(target, flags.to), connection: target.connection, reason, ...watch }),
      ),
    );
    const copies = await copiesOf(entry);
    return {
      json: entryJson(entry, copies),
      text: () =>
        [
          `Backed up ${name} as ${describeKept(entry)}.`,
          ...copies.map(({ place }) => `  copied to ${place}`),
          `Restore it beside: holdfast restore ${name} --backup ${entry.id} --as <new name>`,
        ].join("\n"),
    };
  },
});

function describeKept({ kind, id, sizeBytes, path }: BackupEntry): string {
  return kind === "snapshot" ? `the snapshot ${id}` : `${id}, ${formatBytes(sizeBytes)}, in ${path}`;
}
