import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isAlive } from "./process-identity.js";
import { withProcessLock } from "./process-lock.js";

/** Written last into a finished entry; without it, or with a size that is not the file's, the entry is half-written. */
const SEAL = "holdfast-seal.json";

interface Seal {
  readonly file: string;
  readonly size: number;
  readonly origin: string;
}

export interface CachedTool {
  /** The directory of the entry; moved there whole or not at all. */
  readonly directory: string;
  /** How it was made, as `make` said. */
  readonly origin: string;
  /** False where it had to be made in this run. */
  readonly wasCached: boolean;
}

export interface ToolRecipe {
  /** The entry's final directory. */
  readonly directory: string;
  /** The tool's executable inside the entry; its size is sealed. */
  readonly file: string;
  /** Makes the tool below an empty directory and says how it did. */
  readonly make: (directory: string) => Promise<string>;
  /** A last look at a sealed entry, such as running it; false: it is made again. */
  readonly works: (directory: string) => Promise<boolean>;
  readonly progress: (message: string) => void;
}

/** Looks the tool up in the cache, or makes it: in a temporary neighbour that is renamed when it is complete. */
export async function cachedTool(recipe: ToolRecipe): Promise<CachedTool> {
  const found = await findCached(recipe);
  if (found !== undefined) return found;
  const onWait = (holder: number): void =>
    recipe.progress(`waiting for process ${holder}, which is preparing the same tool`);
  return withProcessLock(
    `${recipe.directory}.lock`,
    onWait,
    async () => (await findCached(recipe)) ?? makeTool(recipe),
  );
}

async function findCached(recipe: ToolRecipe): Promise<CachedTool | undefined> {
  const seal = readSeal(recipe.directory);
  if (seal === undefined || sizeOf(join(recipe.directory, seal.file)) !== seal.size) return undefined;
  if (!(await recipe.works(recipe.directory))) return undefined;
  return { directory: recipe.directory, origin: seal.origin, wasCached: true };
}

function readSeal(directory: string): Seal | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, SEAL), "utf8")) as Seal;
  } catch {
    return undefined;
  }
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

async function makeTool(recipe: ToolRecipe): Promise<CachedTool> {
  removeLeftovers(recipe);
  const partial = `${recipe.directory}.partial-${process.pid}`;
  try {
    mkdirSync(partial, { recursive: true });
    const origin = await recipe.make(partial);
    const seal: Seal = { file: recipe.file, size: statSync(join(partial, recipe.file)).size, origin };
    writeFileSync(join(partial, SEAL), JSON.stringify(seal));
    renameSync(partial, recipe.directory);
    return { directory: recipe.directory, origin, wasCached: false };
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Takes away a half-written entry, and what killed runs left beside it. */
function removeLeftovers(recipe: ToolRecipe): void {
  if (statSync(recipe.directory, { throwIfNoEntry: false }) !== undefined) {
    recipe.progress("the cached copy is incomplete; it is made again");
    rmSync(recipe.directory, { recursive: true, force: true });
  }
  const prefix = `${basename(recipe.directory)}.partial-`;
  for (const name of readdirSync(dirname(recipe.directory))) {
    if (!name.startsWith(prefix) || isAlive(Number(name.slice(prefix.length)))) continue;
    rmSync(join(dirname(recipe.directory), name), { recursive: true, force: true });
  }
}
