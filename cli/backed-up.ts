import { basename } from "node:path";
import { catalogueFolderName, dataRoot, type BackedUp, type CatalogueName } from "../engine/index.js";
import type { Target } from "./instances.js";

/** Databases that were only ever given by an address, outside of any project. */
const BY_ADDRESS = "by-address";

/** Where the backups of a database that is not embedded are noted: below its project, or that of all addresses. */
export function catalogueNameOf({ name, place: { project }, isAddress, aws }: Target): CatalogueName {
  if (aws !== undefined) return { root: dataRoot(), project: aws.project, instance: aws.instance };
  const folder = project.listFile === undefined && isAddress ? BY_ADDRESS : basename(project.root);
  return {
    root: dataRoot(),
    project: catalogueFolderName(project.name ?? folder),
    instance: catalogueFolderName(name),
  };
}

/** How a target is backed up. */
export function backedUpOf(target: Target): BackedUp {
  const { local, aws, connection } = target;
  if (local !== undefined) return { local };
  if (aws !== undefined) return { aws };
  return { dump: { connection, name: catalogueNameOf(target) } };
}
