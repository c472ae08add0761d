import { dataRoot, fetchBackup, HoldfastError, listPlaceBackups, readBytePlace } from "../engine/index.js";
import { findPlace } from "./place.js";
import type { Watch } from "./stoppable.js";

export interface FetchFromPlace extends Watch {
  /** The instance whose backup it is, or `project/instance`. */
  readonly name: string;
  /** As it was given. */
  readonly from: string;
  /** Id of the backup. Default: the newest. */
  readonly wanted: string | undefined;
}

/**
 * Brings a backup from a place into the catalogue of this machine, every byte compared.
 *
 * @returns its id
 * @throws HoldfastError unknown_instance, invalid_usage, backup_damaged; of the place's kind
 */
export async function fetchFromPlace({ name, from, wanted, ...watch }: FetchFromPlace): Promise<string> {
  const place = readBytePlace(from, process.cwd());
  const own = findPlace().project.name;
  const all = (await listPlaceBackups(place)).filter(({ project }) => own === undefined || project === own);
  const found = all.filter(({ project, instance }) => [instance, `${project}/${instance}`].includes(name));
  const [only] = found;
  if (only === undefined || found.length > 1) throw notOne(name, place.name, found.length === 0 ? all : found);
  const id = wanted ?? only.entries[0]?.id;
  const known = only.entries.map((entry) => entry.id);
  if (id === undefined || !known.includes(id)) {
    const damaged = only.faults.find(({ message }) => id === undefined || message.includes(id));
    if (damaged !== undefined) throw damaged;
    throw new HoldfastError("invalid_usage", `${place.name} has no backup ${id ?? ""} of "${name}".`, {
      next: `See what it has: holdfast backups --from ${place.name}`,
    });
  }
  const { project, instance } = only;
  await fetchBackup({ name: { root: dataRoot(), project, instance }, place, id, ...watch });
  return id;
}

function notOne(
  name: string,
  place: string,
  known: readonly { readonly project: string; readonly instance: string }[],
): HoldfastError {
  const names = known.map(({ project, instance }) => `${project}/${instance}`).join(", ");
  return new HoldfastError("unknown_instance", `${place} does not have the backups of one instance "${name}".`, {
    next: names === "" ? "It has no backups of this project at all." : `It has those of: ${names}.`,
  });
}
