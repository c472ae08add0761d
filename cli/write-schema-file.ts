import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { HoldfastError, readDatabaseSchema } from "../engine/index.js";
import type { DeploymentFlags } from "./deployment.js";
import type { Target } from "./instances.js";
import { folderOf } from "./place.js";

/** The first file of a folder. */
export const SCHEMA_VERSION = "0001";
const NAME = `${SCHEMA_VERSION}_baseline_schema.sql`;

export interface WrittenSchema {
  /** As seen from the working directory. */
  readonly shown: string;
  remove(): Promise<void>;
}

/**
 * Writes the database's schema as the first file of the target's folder, which must hold none yet.
 * @throws HoldfastError baseline_refused
 */
export async function writeSchemaFile(target: Target, flags: DeploymentFlags): Promise<WrittenSchema> {
  const { directory, root, format } = folderOf(target.place, flags.dir, target.listed);
  if (format !== "holdfast") throw refused(`${directory} holds the files of ${format}`, ADOPT);
  const folder = resolve(root, directory);
  const [first] = await sqlFiles(folder);
  if (first !== undefined) throw refused(`${directory} holds ${first} already`, VERSION);
  const text = await readDatabaseSchema(target);
  const path = join(folder, NAME);
  await mkdir(folder, { recursive: true });
  await writeFile(path, text, { flag: "wx" });
  return { shown: relative(process.cwd(), path), remove: () => rm(path) };
}

const ADOPT = "They say how the schema came about: holdfast adopt takes over from them.";
const VERSION =
  "If the files made this schema, mark those that ran: holdfast baseline <instance> --version <last that ran>.\n" +
  "Else name a folder that is empty: --dir.";

async function sqlFiles(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => name.toLowerCase().endsWith(".sql")).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function refused(what: string, next: string): HoldfastError {
  return new HoldfastError("baseline_refused", `The schema is not written: ${what}.`, { next });
}
