import { dataRoot } from "./adapters/local/data-root.js";
import type { FiledIncident, IncidentListing, IncidentsOf } from "./adapters/incident-folder.js";
import type { BackedUp } from "./bind-backups.js";
import type { IncidentDecision } from "./core/incident/incident.js";
import type { IncidentPort } from "./core/ports.js";

export type { FiledIncident, IncidentListing, IncidentsOf } from "./adapters/incident-folder.js";

/** Loaded only when a run begins: the commonest deploy has nothing to do. */
const load = () => import("./adapters/incident-folder.js");

/** Where runs on a database leave their incidents; undefined where nothing says which instance it is. */
export function bindIncidents(backedUp: BackedUp): IncidentPort | undefined {
  const name = incidentsOf(backedUp);
  if (name === undefined) return undefined;
  const port = async (): Promise<IncidentPort> => (await load()).incidentsIn(name);
  return {
    ...{ project: name.project, instance: name.instance },
    begin: async (beginning) => (await port()).begin(beginning),
    takeLeftBehind: async () => (await port()).takeLeftBehind(),
    list: async () => (await port()).list(),
    publish: async (incident) => (await port()).publish(incident),
  };
}

/** Beside the backups of the same instance. */
export function incidentsOf({ local, aws, dump }: BackedUp): IncidentsOf | undefined {
  if (local !== undefined) return { root: local.root, project: local.project, instance: local.name };
  if (aws !== undefined) return { root: dataRoot(), project: aws.project, instance: aws.instance };
  return dump?.name;
}

/** Newest first. */
export async function listInstanceIncidents(name: IncidentsOf): Promise<IncidentListing> {
  const { incidentFolder, listIncidents } = await load();
  return listIncidents(incidentFolder(name));
}

/** The instances of a project, or of all in a data root, that have incidents. */
export async function listIncidentInstances(root: string, project?: string): Promise<IncidentsOf[]> {
  return (await load()).listIncidentFolders(root, project);
}

/** Writes the way that was taken into an incident's page. @throws HoldfastError invalid_config */
export async function noteIncidentDecision({ path }: FiledIncident, decision: IncidentDecision): Promise<void> {
  await (await load()).noteDecision(path, decision);
}
