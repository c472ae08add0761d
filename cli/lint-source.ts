import { resolve } from "node:path";
import {
  fileMigrationSource,
  guessTool,
  HoldfastError,
  isTool,
  joinFaults,
  readFolderAs,
  TOOLS,
  type MigrationFile,
  type PlainFile,
} from "../engine/index.js";
import { folderOf, type Place } from "./place.js";

/** The files of a folder as whoever runs them reads them. */
export interface LintSource {
  /** As a person named it. */
  readonly directory: string;
  readonly files: readonly MigrationFile[] | readonly PlainFile[];
  /** Who runs them: `holdfast`, a tool, or `plain` where nobody knows. */
  readonly runner: string;
}

/**
 * The project's own folder, or another one: that is Holdfast's where its files have our tags, else a known tool's by its marks,
 * else plain SQL in the order of the names.
 *
 * @param from the tool, where somebody says it
 * @throws HoldfastError invalid_usage; folder_missing and what else makes a folder unreadable
 */
export async function lintSource(
  place: Place,
  given: string | undefined,
  from: string | undefined,
): Promise<LintSource> {
  const own = folderOf(place, undefined);
  const { directory, root } = folderOf(place, given);
  const isOwn = given === undefined || resolve(given) === resolve(own.root, own.directory);
  if (isOwn && from === undefined) return load(own.directory, own.root, own.format);
  if (from !== undefined) return foreign(directory, root, toolOf(from));
  const guess = guessTool(readFolderAs("plain", directory, root).files);
  return guess === "holdfast" ? load(directory, root, guess) : foreign(directory, root, guess);
}

async function load(directory: string, root: string, format: "holdfast" | (typeof TOOLS)[number]): Promise<LintSource> {
  return { directory, files: await fileMigrationSource(directory, root, format).load(), runner: "holdfast" };
}

function foreign(directory: string, root: string, runner: (typeof TOOLS)[number] | "plain"): LintSource {
  const { files, faults } = readFolderAs(runner, directory, root);
  const fault = joinFaults(faults);
  if (fault !== undefined) throw fault;
  return { directory, files, runner };
}

function toolOf(from: string): (typeof TOOLS)[number] | "plain" {
  if (from === "plain" || isTool(from)) return from;
  const message = `"${from}" is no tool whose folders are known.`;
  throw new HoldfastError("invalid_usage", message, { next: `Known are ${[...TOOLS, "plain"].join(", ")}.` });
}
