import { allBackups, entryJson, findBackups, type InstanceBackups } from "../catalogues.js";
import { defineCommand } from "../command.js";
import { formatBytes, formatInstant } from "../format.js";
import { errorJson } from "../render-error.js";
import type { Terminal } from "../terminal.js";

export const command = defineCommand({
  about: "Lists the backups of one instance, or of all, newest first; also of instances that are gone.",
  words: [{ name: "name", about: "of the instance; all by default", isOptional: true }],
  flags: {},
  examples: [["holdfast backups dev", "which one to restore"]],
  async run({ words: [name], terminal }) {
    const found = name === undefined ? await allBackups() : [await findBackups(name)];
    return { json: { instances: found.map(backupsJson) }, text: () => render(found, terminal) };
  },
});

function backupsJson({ name: { project, instance }, entries, faults }: InstanceBackups): object {
  return {
    project,
    instance,
    backups: entries.map(entryJson),
    faults: faults.map(errorJson),
  };
}

async function render(found: readonly InstanceBackups[], terminal: Terminal): Promise<string> {
  const rows = found.flatMap(({ name, entries }) =>
    entries.map((entry) => [
      name.instance,
      entry.id,
      formatInstant(entry.takenAt),
      entry.schemaVersion ?? "empty",
      entry.release ?? "none",
      formatBytes(entry.sizeBytes),
      entry.provenAt === null ? "never" : formatInstant(entry.provenAt),
      entry.manifest.reason,
    ]),
  );
  const faults = found.flatMap((one) => one.faults.map(({ message }) => `damaged: ${message}`));
  if (rows.length === 0) return ["There is no backup yet. Take one: holdfast backup <instance>.", ...faults].join("\n");
  const { renderTable } = await import("../render-table.js");
  const head = ["instance", "backup", "taken", "schema", "release", "size", "restore proven", "why"];
  return [renderTable(head, rows, terminal), ...faults].join("\n");
}
