import { bindRehearsal, type RehearsalTarget } from "../../engine/bind-rehearsal.js";
import type { RehearsalReport, RehearsedFile } from "../../engine/core/rehearsal/rehearsal-report.js";
import { rehearse, type RehearseRequest } from "../../engine/rehearse.js";
import { memorySource, type Folder } from "./engine.js";

/** A rehearsal of an in-memory folder. @param root data root with the embedded server's programs */
export function rehearseFolder(
  root: string,
  folder: Folder,
  { request = {}, target = {} }: { request?: RehearseRequest; target?: Partial<RehearsalTarget> } = {},
): Promise<RehearsalReport> {
  return rehearse(request, bindRehearsal({ root, source: memorySource(folder), ...target }));
}

/** The file of that version. */
export function fileOf({ files }: RehearsalReport, version: string): RehearsedFile {
  const file = files.find((one) => one.version === version);
  if (file === undefined) throw new Error(`${version} was not rehearsed`);
  return file;
}
