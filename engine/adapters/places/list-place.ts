import type { BytePlace } from "../../core/backup-place.js";
import type { CatalogueEntry } from "../../core/catalogue.js";
import { newestFirst } from "../../core/catalogue.js";
import { HoldfastError } from "../../core/errors.js";
import { describeEntry, type CatalogueListing } from "../backup/catalogue-folder.js";
import { manifestIn } from "./copy-entry.js";
import { openPlace, type PlaceStore } from "./place-store.js";

/** The backups of one instance in a place. */
export interface PlaceListing extends CatalogueListing {
  readonly project: string;
  readonly instance: string;
}

/** Everything a place has, by project, then instance. Half copies have no manifest, and are left out. */
export async function listPlace(place: BytePlace): Promise<PlaceListing[]> {
  const store = await openPlace(place);
  const found: PlaceListing[] = [];
  for (const project of await folders(store, "")) {
    for (const instance of await folders(store, `${project}/`)) {
      found.push({ project, instance, ...(await listIn(store, place, { project, instance })) });
    }
  }
  return found;
}

export async function listIn(
  store: PlaceStore,
  place: BytePlace,
  { project, instance }: { readonly project: string; readonly instance: string },
): Promise<CatalogueListing> {
  const entries: CatalogueEntry[] = [];
  const faults: HoldfastError[] = [];
  for (const id of (await folders(store, `${project}/${instance}/`)).filter((name) => name !== "wal")) {
    const key = `${project}/${instance}/${id}`;
    try {
      const found = await manifestIn(store, place, `${key}/manifest.json`);
      if (found !== undefined) entries.push(describeEntry(`${place.name}/${key}`, found.manifest, null));
    } catch (error) {
      if (!(error instanceof HoldfastError) || error.code !== "backup_damaged") throw error;
      faults.push(error);
    }
  }
  return { entries: newestFirst(entries), faults };
}

async function folders(store: PlaceStore, folder: string): Promise<string[]> {
  const names = await store.list(folder);
  return names
    .filter((name) => name.endsWith("/"))
    .map((name) => name.slice(0, -1))
    .sort();
}
