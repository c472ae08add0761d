import { basename } from "node:path";
import { catalogueFolderName } from "../engine/index.js";
import type { Place } from "./place.js";

/** Databases that were only ever given by an address, outside of any project. */
const BY_ADDRESS = "by-address";

/** Below which folder of the data root the backups of a database that is not embedded are noted. */
export function catalogueProjectOf({ project }: Place, isAddress: boolean): string {
  const folder = project.listFile === undefined && isAddress ? BY_ADDRESS : basename(project.root);
  return catalogueFolderName(project.name ?? folder);
}
