import { catalogueFolderName, dataRoot, readBackupPlaces, type BackedUp, type CatalogueName } from "../engine/index.js";
import { catalogueProjectOf } from "./catalogue-project.js";
import type { ListedInstance } from "./instance-list.js";
import type { Target } from "./instances.js";
import { findPlace, type Place } from "./place.js";

/** Where the backups of a database that is not embedded are noted: below its project, or that of all addresses. */
export function catalogueNameOf({ name, place, isAddress, aws }: Target): CatalogueName {
  if (aws !== undefined) return { root: dataRoot(), project: aws.project, instance: aws.instance };
  return {
    root: dataRoot(),
    project: catalogueProjectOf(place, isAddress),
    instance: catalogueFolderName(name),
  };
}

type BackupSettings = Pick<BackedUp, "retentionMs" | "places">;

/** @param to further places, relative to the working directory */
function settingsOf(place: Place, { retention, backupTo = [] }: ListedInstance, to: readonly string[]): BackupSettings {
  const places = [...readBackupPlaces(backupTo, place.project.root), ...readBackupPlaces(to, process.cwd())];
  const once = [...new Map(places.map((each) => [each.name, each])).values()];
  return { retentionMs: retention === undefined ? undefined : retention * 1000, places: once };
}

/** What holdfast.json says of an instance, for a deploy that was not started by its name. */
export function backupSettingsFor(instance: string): BackupSettings {
  const place = findPlace();
  const instances = place.list?.instances ?? {};
  return settingsOf(place, Object.hasOwn(instances, instance) ? (instances[instance] ?? {}) : {}, []);
}

/**
 * How a target is backed up, and where copies go.
 *
 * @param to places beside those of holdfast.json
 * @throws HoldfastError invalid_usage
 */
export function backedUpOf(target: Target, to: readonly string[] = []): BackedUp {
  const { local, aws, connection, listed, place } = target;
  const settings = settingsOf(place, listed, to);
  if (local !== undefined) return { local, ...settings };
  if (aws !== undefined) return { aws, ...settings };
  return { dump: { connection, name: catalogueNameOf(target) }, ...settings };
}
