import { notRun, type FiledIncident } from "../../engine/index.js";
import { defineCommand } from "../command.js";
import { formatInstant } from "../format.js";
import { findIncidents, type InstanceIncidents } from "../incident-files.js";
import { errorJson } from "../render-error.js";
import type { Terminal } from "../terminal.js";

export const command = defineCommand({
  about:
    "Lists the runs that failed or were killed, newest first: what stopped them, what they had applied, the backup taken before\n" +
    "them, and the way back that was chosen. Each has a file that tells more; also of instances that are gone.",
  words: [{ name: "name", about: "of the instance; all by default", isOptional: true }],
  flags: {},
  examples: [["holdfast incidents dev", "what happened, and which file tells of it"]],
  async run({ words: [name], terminal }) {
    const found = await findIncidents(name);
    return { json: { instances: found.map(incidentsJson) }, text: () => render(found, terminal) };
  },
});

function incidentsJson({ name: { project, instance }, incidents, faults }: InstanceIncidents): object {
  return { project, instance, incidents: incidents.map(incidentJson), faults: faults.map(errorJson) };
}

function incidentJson({ path, incident }: FiledIncident): object {
  const { at, release, error, file, applied, backup, decision } = incident;
  return { at, path, release, error, file, applied, notRun: notRun(incident), backup, decision };
}

async function render(found: readonly InstanceIncidents[], terminal: Terminal): Promise<string> {
  const rows = found.flatMap(({ name, incidents }) =>
    incidents.map(({ path, incident: { at, error, file, applied, backup, decision } }) => [
      name.instance,
      formatInstant(new Date(at)),
      error.code,
      file ?? "none",
      String(applied.length),
      backup?.id ?? "none",
      decision?.way ?? "open",
      path,
    ]),
  );
  const faults = found.flatMap((one) => one.faults.map(({ message }) => `unreadable: ${message}`));
  if (rows.length === 0) return ["No run has failed here.", ...faults].join("\n");
  const { renderTable } = await import("../render-table.js");
  const head = ["instance", "when", "error", "file", "applied", "backup", "decision", "told in"];
  return [renderTable(head, rows, terminal), ...faults].join("\n");
}
