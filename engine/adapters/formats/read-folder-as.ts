import { readPlain } from "../../core/adopt/read-plain.js";
import { readToolFolder, type ToolFolder } from "../../core/adopt/read-tool-folder.js";
import type { Tool } from "../../core/adopt/tool-folder.js";
import { HoldfastError } from "../../core/errors.js";
import { folderFiles } from "./folder-files.js";

/**
 * A folder as its tool reads it; `plain` where nothing is known of the tool.
 *
 * @param directory as the user gave it: errors name files below it
 * @param root what a relative `directory` is relative to; the working directory by default
 * @throws HoldfastError folder_missing, folder_empty; what is wrong with single files is in `faults`
 */
export function readFolderAs(format: Tool | "plain", directory: string, root = ""): ToolFolder {
  const found = folderFiles(directory, root);
  const folder = format === "plain" ? { files: readPlain(found), faults: [] } : readToolFolder(format, found);
  if (folder.files.length > 0 || folder.faults.length > 0) return folder;
  const files = format === "plain" ? "no .sql file" : `no migration as ${format} names them`;
  throw new HoldfastError("folder_empty", `The migrations folder ${directory} holds ${files}.`, {
    next: "Name the right folder.",
  });
}
