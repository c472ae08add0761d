import type { FolderFormat } from "../engine/index.js";
import { readInstanceList, type InstanceList, type ListedInstance } from "./instance-list.js";
import { findProject, type Project } from "./project.js";

/** Where a command is run: its project, and that project's holdfast.json. */
export interface Place {
  readonly project: Project;
  readonly list: InstanceList | undefined;
}

/** @throws HoldfastError invalid_config */
export function findPlace(): Place {
  const project = findProject();
  return { project, list: project.listFile === undefined ? undefined : readInstanceList(project.listFile) };
}

/** A folder of migrations as it was named, and what that name is relative to. */
export interface Folder {
  readonly directory: string;
  readonly root: string;
  /** Whose files they are. */
  readonly format: FolderFormat;
}

export const FOLDER_FLAG = {
  dir: { type: "string", value: "FOLDER", about: "the migrations; default: as in holdfast.json, else migrations" },
} as const;

/** What was given, else what holdfast.json says of the instance or of all, else `migrations` in the project. */
export function folderOf({ project, list }: Place, given: string | undefined, listed: ListedInstance = {}): Folder {
  const format = listed.format ?? list?.format ?? "holdfast";
  if (given !== undefined) return { directory: given, root: "", format };
  return { directory: listed.directory ?? list?.directory ?? "migrations", root: project.root, format };
}
