import {
  incidentsOf,
  listInstanceIncidents,
  noteIncidentDecision,
  type Way,
  type WayName,
  type WaysBack,
} from "../engine/index.js";
import { backedUpOf } from "./backed-up.js";
import type { Target } from "./instances.js";
import type { Terminal } from "./terminal.js";

/** Into the page of the run that failed; a page that cannot be written takes nothing back. */
export async function noteDecision(
  target: Target,
  way: Way,
  { situation }: WaysBack,
  terminal: Terminal,
): Promise<void> {
  const name = incidentsOf(backedUpOf(target));
  const { incident } = situation;
  if (name === undefined || incident === null) return;
  const command = `holdfast undo ${target.name} --way ${way.way}`;
  try {
    const { incidents } = await listInstanceIncidents(name);
    const filed = incidents.find((one) => one.incident.at === incident.at && one.incident.run.id === incident.run.id);
    if (filed === undefined) return;
    const decision = { way: way.way, at: new Date().toISOString(), command, outcome: outcomeOf(way) };
    await noteIncidentDecision(filed, decision);
    terminal.note(`Noted in ${filed.path}`);
  } catch (error) {
    terminal.note(`The decision could not be noted: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function outcomeOf({ way, versions, does, command }: Way): string {
  const outcomes: Readonly<Record<WayName, string>> = {
    "un-retire": `what ${versions.join(", ")} retired is back`,
    rollback: `rolled back ${versions.join(", ")}`,
    forward: does.join(" "),
    restore: `restored beside (${command}); the switch is to be decided`,
  };
  return outcomes[way];
}
