import { HoldfastError } from "../errors.js";
import { readDbmate } from "./read-dbmate.js";
import { readFlyway } from "./read-flyway.js";
import { readGolangMigrate } from "./read-golang-migrate.js";
import { readNodePgMigrate } from "./read-node-pg-migrate.js";
import { readPrisma } from "./read-prisma.js";
import type { FolderFile, Tool, ToolFile, ToolReader } from "./tool-folder.js";

const READERS: Readonly<Record<Tool, ToolReader>> = {
  dbmate: readDbmate,
  flyway: readFlyway,
  "golang-migrate": readGolangMigrate,
  "node-pg-migrate": readNodePgMigrate,
  prisma: readPrisma,
};

/** Tools that run files in the order of their names as text. */
const ORDERED_AS_TEXT: ReadonlySet<Tool> = new Set<Tool>(["dbmate", "prisma"]);

export interface ToolFolder {
  /** By version. */
  readonly files: readonly ToolFile[];
  /** What cannot be read, and what cannot be kept: adopt_refused, invalid_migration, duplicate_version, mixed_schemes. */
  readonly faults: readonly HoldfastError[];
}

/** Reads a folder as its tool does. @param files all that lies below it, in any order */
export function readToolFolder(tool: Tool, files: readonly FolderFile[]): ToolFolder {
  const faults: HoldfastError[] = [];
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  const read = READERS[tool](sorted, (fault) => faults.push(fault));
  const asText = [...read];
  read.sort((a, b) => (a.order < b.order ? -1 : Number(a.order > b.order)));
  faults.push(...duplicates(read));
  if (ORDERED_AS_TEXT.has(tool)) faults.push(...otherOrder(tool, read, asText));
  return { files: read, faults };
}

function duplicates(files: readonly ToolFile[]): HoldfastError[] {
  return files.flatMap((file, at) => {
    const before = files[at - 1];
    if (before?.order !== file.order) return [];
    return new HoldfastError("duplicate_version", `${before.path} and ${file.path} have the same version.`, {
      location: { file: file.path, line: 1, column: 1 },
      next: "Give the one that was not applied yet a version of its own.",
    });
  });
}

/** `10_…` before `9_…`: what the tool did in that order cannot be done again in the order of the numbers. */
function otherOrder(tool: Tool, files: readonly ToolFile[], asText: readonly ToolFile[]): HoldfastError[] {
  const at = files.findIndex((file, index) => file !== asText[index]);
  const [byNumber, byText] = [files[at], asText[at]];
  if (byNumber === undefined || byText === undefined || byNumber.order === byText.order) return [];
  const message = `${tool} runs ${byText.path} before ${byNumber.path}, whose number is lower: it orders names as text.`;
  return [
    new HoldfastError("mixed_schemes", message, {
      location: { file: byText.path, line: 1, column: 1 },
      next: "Give all files of the folder versions of the same length, those in the tool's history too.",
    }),
  ];
}
