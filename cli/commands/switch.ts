import { dataRoot, HoldfastError, switchInstance, type SwitchReport } from "../../engine/index.js";
import { defineCommand } from "../command.js";
import { sourceOf } from "../deployment.js";
import { findTarget } from "../instances.js";
import { FOLDER_FLAG } from "../place.js";
import { switchGeneration } from "../switch-generation.js";

export const command = defineCommand({
  about:
    "Lets a restored database take the place of the one it was restored from: its name, its port, the passwords of its roles.\n" +
    "The other one stays, stopped, under a name of its own, with its archive and its backups. Both are stopped for a moment.\n" +
    "The next deploy migrates the one that took over. On AWS nothing is touched: it says what the stack's settings need, so that\n" +
    "the next deploy adopts the restored database as a further generation; with --yes it writes that.",
  words: [
    {
      name: "name",
      about: "whose place is taken: an embedded database of this project, which may be gone, or a stack on AWS",
    },
  ],
  flags: {
    to: { type: "string", value: "NAME", about: "the restored database, as `holdfast restore --as` named it" },
    yes: {
      type: "boolean",
      about: "embedded: also where check finds a fault in it. AWS: writes the settings of the stack",
    },
    ...FOLDER_FLAG,
  },
  examples: [
    ["holdfast switch dev --to dev-before", "after: holdfast restore dev --to 2026-01-19T09:29:59Z --as dev-before"],
  ],
  async run({ words: [instance = ""], flags }) {
    const { to, yes = false } = flags;
    if (to === undefined) {
      throw new HoldfastError("invalid_usage", "holdfast switch: --to is missing, the database that takes the place.", {
        next: `Restore one, then: holdfast switch ${instance} --to <its name>`,
      });
    }
    const target = await findTarget(to, {});
    const { local, connection } = target;
    if (target.aws !== undefined) return switchGeneration(instance, target, yes);
    if (local === undefined) throw notEmbedded(to);
    const report = await switchInstance({
      ...{ root: dataRoot(), project: local.project, instance: nameOf(instance), to: local.name },
      ...{ source: sourceOf(target, flags), schema: connection.schema, despiteFaults: yes, now: new Date() },
    });
    return { json: report, text: () => render(report) };
  },
});

/** Of `project/name` the name. */
function nameOf(instance: string): string {
  return instance.slice(instance.lastIndexOf("/") + 1);
}

function notEmbedded(name: string): HoldfastError {
  return new HoldfastError("invalid_usage", `${name} is no embedded database of this machine.`, {
    next: "One on a server of its own is taken over by its address: write it as the url of the instance into holdfast.json.",
  });
}

function render({ instance, was, old, host, port, isBackedUp }: SwitchReport): string {
  return [
    `${instance} is now what was ${was}; it runs at ${host}:${port}.`,
    ...(old === null
      ? []
      : [
          `  before    ${old.name}, stopped, with all its data and WAL, in ${old.directory}`,
          `  back      holdfast switch ${instance} --to ${old.name}`,
        ]),
    ...(isBackedUp
      ? []
      : [`  backup    none of its own yet; no instant leads back before there is: holdfast backup ${instance}`]),
    `  next      deploy: npm start, pulumi up or holdfast migrate ${instance} runs what is pending on it`,
    ...(old === null
      ? []
      : [`  remove    nothing but you removes ${old.name}: delete its folder when it is needed no more`]),
  ].join("\n");
}
