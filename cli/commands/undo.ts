import { HoldfastError } from "../../engine/index.js";
import { defineCommand, INSTANCE } from "../command.js";
import { CONNECTION_FLAGS, findTarget, wake } from "../instances.js";
import { FOLDER_FLAG } from "../place.js";

export const command = defineCommand({
  about:
    "With a version, brings back what that contract retired: columns, tables, constraints, definitions; it works until a later\n" +
    "deploy purges them, and rows written meanwhile are listed. Without one, explains the ways back from where the instance\n" +
    "stands now (un-retire, rollback, forward, restore), each with what it loses, and goes the one that is chosen and confirmed.",
  words: [INSTANCE, { name: "version", about: "of the contract, as in its file's name", isOptional: true }],
  flags: {
    ...CONNECTION_FLAGS,
    ...FOLDER_FLAG,
    way: {
      type: "string",
      value: "WAY",
      about: "un-retire, rollback, forward or restore; default: they are explained",
    },
    yes: { type: "boolean", about: "confirms --way where nobody is there to type the instance's name" },
  },
  examples: [
    ["holdfast undo dev", "the ways back, and what each would lose"],
    ["holdfast undo dev 0022", "brings back what 0022 retired; status lists what can be undone"],
    ["holdfast undo staging --way rollback --yes", "in a script"],
  ],
  async run({ instance: first, words: [second], flags, terminal }) {
    const [instance, version] = readWords(first, second);
    if (version !== undefined) refuseWay(flags);
    const target = await findTarget(instance, flags);
    if (version === undefined) return (await import("../go-back.js")).goBack(target, flags, terminal);
    await wake(target);
    return (await import("../undo-contract.js")).undoOne(target, version, flags, terminal);
  },
});

/** Beside DATABASE_URL a word alone may be either; what begins with a digit is a version there. */
function readWords(
  instance: string | undefined,
  version: string | undefined,
): readonly [string | undefined, string | undefined] {
  const hasAddress = (process.env["DATABASE_URL"] ?? "") !== "";
  const isVersion = hasAddress && version === undefined && /^\d/.test(instance ?? "");
  return isVersion ? [undefined, instance] : [instance, version];
}

function refuseWay({ way, yes }: { readonly way?: string; readonly yes?: boolean }): void {
  if (way === undefined && yes === undefined) return;
  throw new HoldfastError("invalid_usage", "holdfast undo: a version and --way exclude each other.", {
    next: "With a version its contract is undone; without one the ways back are explained.",
  });
}
