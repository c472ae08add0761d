import { catalogueFolderName, dataRoot, type BackedUp, type CatalogueName } from "../engine/index.js";
import { catalogueProjectOf } from "./catalogue-project.js";
import type { ListedInstance } from "./instance-list.js";
import type { Target } from "./instances.js";
import { findPlace } from "./place.js";

/** Where the backups of a database that is not embedded are noted: below its project, or that of all addresses. */
export function catalogueNameOf({ name, place, isAddress, aws }: Target): CatalogueName {
  if (aws !== undefined) return { root: dataRoot(), project: aws.project, instance: aws.instance };
  return {
    root: dataRoot(),
    project: catalogueProjectOf(place, isAddress),
    instance: catalogueFolderName(name),
  };
}

function retentionMsOf({ retention }: ListedInstance): number | undefined {
  return retention === undefined ? undefined : retention * 1000;
}

/** What holdfast.json says of an embedded database, for a deploy that was not started by its name. */
export function retentionMsFor(instance: string): number | undefined {
  const instances = findPlace().list?.instances ?? {};
  return retentionMsOf(Object.hasOwn(instances, instance) ? (instances[instance] ?? {}) : {});
}

/** How a target is backed up. */
export function backedUpOf(target: Target): BackedUp {
  const { local, aws, connection, listed } = target;
  if (local !== undefined) return { local, retentionMs: retentionMsOf(listed) };
  if (aws !== undefined) return { aws };
  return { dump: { connection, name: catalogueNameOf(target) } };
}
