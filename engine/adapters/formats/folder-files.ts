import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FolderFile } from "../../core/adopt/tool-folder.js";
import { HoldfastError } from "../../core/errors.js";
import { decodeText } from "../../core/normalise-text.js";

/**
 * Every file below a folder; hidden ones and what packages installed are left out.
 * @param directory as the user gave it: errors name files below it
 * @param root what a relative `directory` is relative to
 * @throws HoldfastError folder_missing
 */
export function folderFiles(directory: string, root = ""): FolderFile[] {
  return listBelow(join(root, directory), directory).map((name) => {
    const path = join(directory, name);
    let text: string | undefined;
    return { name, path, read: () => (text ??= readText(join(root, directory, name), path)) };
  });
}

function listBelow(folder: string, shown: string, below = ""): string[] {
  return listFolder(folder, shown).flatMap((entry) => {
    const name = `${below}${entry.name}`;
    if (entry.name.startsWith(".") || entry.name === "node_modules") return [];
    return entry.isDirectory() ? listBelow(join(folder, entry.name), join(shown, entry.name), `${name}/`) : [name];
  });
}

function listFolder(folder: string, shown: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "does not exist" : `cannot be read (${code ?? "unknown reason"})`;
    const message = `The migrations folder ${shown} ${reason}.`;
    throw new HoldfastError("folder_missing", message, { next: "Name the right one." }, { cause: error });
  }
}

/** A byte-order mark and CR stay: the tools' own checksums count them. */
function readText(file: string, path: string): string {
  try {
    return decodeText(readFileSync(file), path);
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    const { code = "unknown reason" } = error as NodeJS.ErrnoException;
    throw new HoldfastError(
      "invalid_migration",
      `${path} cannot be read (${code}).`,
      { location: { file: path, line: 1, column: 1 }, next: "Make it a file that this user may read." },
      { cause: error },
    );
  }
}
