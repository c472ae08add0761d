import {
  catalogueFolderName,
  dataRoot,
  HoldfastError,
  listIncidentInstances,
  listInstanceIncidents,
  type IncidentListing,
  type IncidentsOf,
} from "../engine/index.js";
import { findPlace } from "./place.js";

/** The incidents of one instance, which may be gone itself. */
export interface InstanceIncidents extends IncidentListing {
  readonly name: IncidentsOf;
}

/** Of this project, or, outside of one, of all projects in the data root; of one instance where it is named. */
export async function findIncidents(instance: string | undefined): Promise<InstanceIncidents[]> {
  const names = await listIncidentInstances(dataRoot(), findPlace().project.name);
  const meant = instance === undefined ? names : names.filter((name) => isMeant(name, instance));
  if (meant.length > 1 && instance !== undefined) throw ambiguous(instance, meant);
  return Promise.all(meant.map(async (name) => ({ name, ...(await listInstanceIncidents(name)) })));
}

function isMeant(name: IncidentsOf, instance: string): boolean {
  return name.instance === catalogueFolderName(instance) || `${name.project}/${name.instance}` === instance;
}

function ambiguous(instance: string, names: readonly IncidentsOf[]): HoldfastError {
  return new HoldfastError("unknown_instance", `Several projects have an instance "${instance}".`, {
    next: `Name one of them: ${names.map((name) => `${name.project}/${name.instance}`).join(", ")}.`,
  });
}
