import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { CatalogueName } from "./catalogue-folder.js";

/** Instances that have, or had, backups: of one project, or of all in the data root. By project, then name. */
export async function listCatalogues(root: string, project?: string): Promise<CatalogueName[]> {
  const projects = project === undefined ? await folders(root) : [project];
  const found: CatalogueName[] = [];
  for (const each of projects) {
    for (const instance of await folders(join(root, each, "backups"))) found.push({ root, project: each, instance });
  }
  return found;
}

async function folders(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}
