import {
  copiesOf,
  listPlaceBackups,
  readBytePlace,
  type BackupCopy,
  type CatalogueEntry,
  type HoldfastError,
} from "../../engine/index.js";
import { allBackups, entryJson, findBackups } from "../catalogues.js";
import { defineCommand } from "../command.js";
import { formatBytes, formatDuration, formatInstant } from "../format.js";
import { errorJson } from "../render-error.js";
import type { Terminal } from "../terminal.js";

/** The backups of one instance, in the catalogue or in a place. */
interface Listed {
  readonly project: string;
  readonly instance: string;
  readonly entries: readonly ListedEntry[];
  readonly faults: readonly HoldfastError[];
}

interface ListedEntry extends CatalogueEntry {
  readonly copies: readonly BackupCopy[];
}

export const command = defineCommand({
  about:
    "Lists the backups of one instance, or of all, newest first; also of instances that are gone. Damaged ones are named below.",
  words: [{ name: "name", about: "of the instance; all by default", isOptional: true }],
  flags: {
    from: {
      type: "string",
      value: "PLACE",
      about: "those in a directory or s3://bucket/prefix, in place of this machine's",
    },
  },
  examples: [
    ["holdfast backups dev", "which one to restore"],
    ["holdfast backups --from s3://my-backups/shop", "what can be had back on a new machine"],
  ],
  async run({ words: [name], flags, terminal }) {
    const found = flags.from === undefined ? await listHere(name) : await listThere(flags.from, name);
    return { json: { instances: found.map(listedJson) }, text: () => render(found, flags.from, terminal) };
  },
});

async function listHere(name: string | undefined): Promise<Listed[]> {
  const found = name === undefined ? await allBackups() : [await findBackups(name)];
  return Promise.all(
    found.map(async ({ name: { project, instance }, entries, faults }) => ({
      ...{ project, instance, faults },
      entries: await Promise.all(entries.map(async (entry) => ({ ...entry, copies: await copiesOf(entry) }))),
    })),
  );
}

async function listThere(text: string, name: string | undefined): Promise<Listed[]> {
  const place = readBytePlace(text, process.cwd());
  const found = await listPlaceBackups(place);
  return found
    .filter(({ project, instance }) => name === undefined || [instance, `${project}/${instance}`].includes(name))
    .map((one) => ({ ...one, entries: one.entries.map((entry) => ({ ...entry, copies: [] })) }));
}

function listedJson({ project, instance, entries, faults }: Listed): object {
  return {
    project,
    instance,
    backups: entries.map((entry) => ({ ...entryJson(entry, entry.copies), why: entry.manifest.reason })),
    faults: faults.map(errorJson),
  };
}

async function render(found: readonly Listed[], from: string | undefined, terminal: Terminal): Promise<string> {
  const all = found.flatMap(({ instance, entries }) => entries.map((entry) => ({ instance, entry })));
  all.sort((a, b) => b.entry.takenAt.getTime() - a.entry.takenAt.getTime());
  const faults = found.flatMap((one) => one.faults.map(({ message }) => `damaged: ${message}`));
  if (all.length === 0) return [nothing(from), ...faults].join("\n");
  const { renderTable } = await import("../render-table.js");
  const now = Date.now();
  const places = all.some(({ entry }) => entry.copies.length > 0);
  const head = ["instance", "backup", "kind", "taken", "age", "schema", "release", "size"];
  const rest = [...(places ? ["places"] : []), ...(from === undefined ? ["restore proven"] : []), "why"];
  const rows = all.map(({ instance, entry }) => [
    ...[instance, entry.id, entry.kind, formatInstant(entry.takenAt), ago(now, entry.takenAt)],
    ...[entry.schemaVersion ?? "empty", entry.release ?? "none"],
    entry.kind === "point" ? "" : formatBytes(entry.sizeBytes),
    ...(places ? [entry.copies.map(({ place }) => place).join(", ")] : []),
    ...(from === undefined ? [entry.provenAt === null ? "never" : ago(now, entry.provenAt)] : []),
    entry.manifest.reason,
  ]);
  return [renderTable([...head, ...rest], rows, terminal), ...faults].join("\n");
}

function nothing(from: string | undefined): string {
  if (from === undefined) return "There is no backup yet. Take one: holdfast backup <instance>.";
  return "There is no backup in it. Copy one there: holdfast backup <instance> --to PLACE.";
}

/** `3 h ago` */
function ago(now: number, at: Date): string {
  return `${formatDuration(Math.max(0, now - at.getTime()))} ago`;
}
