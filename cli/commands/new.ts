import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { HoldfastError, newMigration, parseMigrationName, type Phase } from "../../engine/index.js";
import { defineCommand } from "../command.js";
import { findPlace, FOLDER_FLAG, folderOf } from "../place.js";

const PHASES: readonly Phase[] = ["expand", "backfill", "switch", "contract"];

export const command = defineCommand({
  about: "Writes the next migration's file: numbered like its neighbours, with the sections to fill in.",
  words: [{ name: "description", about: 'verb and object, as in "add users language"' }],
  flags: {
    ...FOLDER_FLAG,
    phase: { type: "string", value: "PHASE", about: `${PHASES.join(", ")}; default expand` },
  },
  examples: [
    ['holdfast new "add users language"', "writes migrations/0024_add_users_language.sql"],
    ['holdfast new "drop users name" --phase contract', "what removes something has a phase of its own"],
  ],
  async run({ words: [description = ""], flags }) {
    const folder = folderOf(findPlace(), flags.dir);
    if (folder.format !== "holdfast") throw anotherTools(folder.format);
    const directory = resolve(folder.root, folder.directory);
    const { name, text } = newMigration({
      existing: await namesIn(directory),
      description,
      phase: phaseOf(flags.phase),
      now: new Date(),
    });
    const path = join(directory, name);
    await write(directory, path, text);
    const shown = relative(process.cwd(), path);
    return { json: { file: path, name }, text: () => `Wrote ${shown}. Fill it in; then: holdfast plan` };
  },
});

function anotherTools(tool: string): HoldfastError {
  return new HoldfastError("invalid_usage", `The folder keeps the format of ${tool}, as holdfast.json says.`, {
    next: `Write the file as ${tool} does, with ${tool} or by hand; a -- @phase line may stand in it.`,
  });
}

function phaseOf(given = "expand"): Phase {
  const phase = PHASES.find((one) => one === given);
  if (phase !== undefined) return phase;
  throw new HoldfastError("invalid_usage", `"${given}" is no phase.`, { next: `The phases are ${PHASES.join(", ")}.` });
}

/** Files with faulty names are the deploy's business; the next number depends on the others only. */
async function namesIn(directory: string) {
  if (!existsSync(directory)) return [];
  return (await readdir(directory)).flatMap((name) => {
    try {
      return [parseMigrationName(name)];
    } catch (error) {
      if (error instanceof HoldfastError) return [];
      throw error;
    }
  });
}

async function write(directory: string, path: string, text: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    // Two people who run it at once must not write over each other.
    await writeFile(path, text, { flag: "wx" });
  } catch (error) {
    const { code = "unknown reason" } = error as NodeJS.ErrnoException;
    const next = "Make the folder writable, or name another one with --dir.";
    throw new HoldfastError("folder_missing", `${path} cannot be written (${code}).`, { next }, { cause: error });
  }
}
