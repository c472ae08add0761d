import {
  asHoldfastError,
  drillInstance,
  type DrillReport,
  type HoldfastError,
  type Inspection,
} from "../../engine/index.js";
import { findOwner, findOwners, type BackupOwner } from "../backup-owners.js";
import { defineCommand } from "../command.js";
import { formatBytes, formatDuration, plural } from "../format.js";
import { FOLDER_FLAG } from "../place.js";
import { errorJson } from "../render-error.js";
import { stoppable } from "../stoppable.js";
import type { Terminal } from "../terminal.js";

export const command = defineCommand({
  about:
    "Restores the newest backup into a place that is thrown away, and looks it through: every page, every index against its\n" +
    "table, the rows that were counted when the backup was taken, the @verify queries, and whether it takes writes. What was\n" +
    "looked at is kept beside the backup, with the time. The database itself is not touched. Exit code 3 where a backup fails.",
  words: [{ name: "name", about: "of the instance; it may be gone. All of this project by default", isOptional: true }],
  flags: {
    backup: { type: "string", value: "ID", about: "as `holdfast backups` lists it; default: the newest" },
    ...FOLDER_FLAG,
  },
  examples: [
    ["holdfast drill dev", "prove that the newest backup restores"],
    ["holdfast drill --json", "every instance of the project, once a week from CI"],
  ],
  async run({ words: [name], flags, terminal }) {
    if (name !== undefined) {
      const drill = await attempt(await findOwner(name, flags), flags.backup, terminal);
      if ("error" in drill) throw drill.error;
      return { json: { ok: true, drills: [drillJson(drill)] }, text: () => render(drill) };
    }
    return answer(await drillAll(await findOwners(flags), terminal));
  },
});

type Drill = DrillReport | { readonly instance: string; readonly error: HoldfastError };

async function drillAll(owners: readonly BackupOwner[], terminal: Terminal): Promise<Drill[]> {
  const drills: Drill[] = [];
  for (const owner of owners) {
    const drill = await attempt(owner, undefined, terminal);
    drills.push(drill);
    if ("error" in drill && drill.error.code === "interrupted") break;
  }
  return drills;
}

async function attempt(owner: BackupOwner, id: string | undefined, terminal: Terminal): Promise<Drill> {
  try {
    return await stoppable(terminal, (watch) => drillInstance({ ...owner, id, ...watch }));
  } catch (error) {
    const known = asHoldfastError(error);
    if (known === undefined) throw error;
    return { instance: owner.name.instance, error: known };
  }
}

/** One that fails is part of the picture; the exit code says so all the same. */
function answer(drills: readonly Drill[]) {
  const failed = drills.flatMap((drill) => ("error" in drill ? [drill.error] : []));
  return {
    json: { ok: failed.length === 0, drills: drills.map(drillJson) },
    text: () =>
      drills.length === 0
        ? "This project has no backup yet. Take one: holdfast backup <instance>."
        : drills.map(render).join("\n\n"),
    exitCode: failed[0]?.exitCode ?? 0,
  } as const;
}

function drillJson(drill: Drill): object {
  if ("error" in drill) return { instance: drill.instance, ok: false, error: errorJson(drill.error) };
  const { instance, backup, kind, proof } = drill;
  return { instance, ok: true, backup, kind, ...proof };
}

function render(drill: Drill): string {
  if ("error" in drill) {
    const { message, code, details } = drill.error;
    return `${drill.instance}: ${message} [${code}]\n  ${(details.next ?? "").replaceAll("\n", "\n  ")}`;
  }
  const { instance, backup, proof } = drill;
  return [
    `${instance}: ${backup} is proven, in ${formatDuration(proof.tookMs)}.`,
    ...looked(proof.checked).map((line) => `  ${line}`),
  ].join("\n");
}

function looked({ rows, tables, indexes, bytesRead, verified, isSchemaSame, findings }: Inspection): string[] {
  return [
    `rows      ${rows === null ? "not counted when it was taken" : `${rows} in ${plural(tables ?? 0, "table")}, as the manifest says`}`,
    ...(bytesRead === null ? [] : [`pages     ${formatBytes(bytesRead)} read`]),
    ...(indexes === null ? [] : [`indexes   ${indexes} compared with their tables`]),
    `verified  ${verified === null ? "no folder to ask from" : `${verified} @verify ${verified === 1 ? "query" : "queries"}`}`,
    ...(isSchemaSame === true ? ["schema    as it was then"] : []),
    "writes    taken",
    ...findings.map(({ message }) => `warning   ${message}`),
  ];
}
