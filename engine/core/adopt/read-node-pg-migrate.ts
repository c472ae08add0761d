import { normaliseText } from "../normalise-text.js";
import {
  notKept,
  placed,
  sectionOf,
  toolName,
  unreadable,
  type FolderFile,
  type ToolFile,
  type ToolReader,
} from "./tool-folder.js";

const NAME = /^(\d{1,20})(.*)\.sql$/;
const CODE = /\.(?:js|ts|mjs|cjs|mts|cts)$/;
const UP = /^\s*--[\s-]*up\s+migration/im;
const DOWN = /^\s*--[\s-]*down\s+migration/im;

/**
 * node-pg-migrate's SQL: `1700000000000_create-users.sql` with `-- Up Migration` and `-- Down Migration`; without the first, the file
 * begins with it. Its JavaScript is no SQL, and refused. Source: node-pg-migrate 9.0, sqlMigration and getNumericPrefix.
 */
export const readNodePgMigrate: ToolReader = (files, fault) => {
  const read = files.flatMap((file) => readOne(file, fault));
  // Numbers of 17 digits are dates there, all others numbers or milliseconds: side by side their order is not that of numbers.
  const dated = read.find(({ version }) => version.length === 17);
  const counted = read.find(({ version }) => version.length !== 17);
  if (dated !== undefined && counted !== undefined) {
    const next = "Holdfast orders versions as numbers: rename those that were not applied yet.";
    fault(unreadable(dated.path, `it is numbered by date and ${counted.name} is not`, next));
  }
  return read;
};

function readOne(file: FolderFile, fault: Parameters<ToolReader>[1]): ToolFile[] {
  if (file.name.includes("/") || file.name.startsWith(".")) return [];
  if (CODE.test(file.name)) {
    fault(notKept(file.path, "a migration in JavaScript", JAVASCRIPT));
    return [];
  }
  const [, version, words] = NAME.exec(file.name) ?? [];
  if (version === undefined || words === undefined) return [];
  const text = normaliseText(file.read());
  const parts = /\.(?:up|down)$/.test(words) ? "its two directions are two files" : cut(text);
  if (typeof parts !== "string")
    return [{ ...toolName(version, BigInt(version), words), ...placed(file, text), ...parts }];
  fault(
    unreadable(file.path, parts, "Write -- Up Migration above the SQL, and -- Down Migration after it, in one file."),
  );
  return [];
}

const JAVASCRIPT =
  "Write what it does as SQL into a file of the same name with .sql (node-pg-migrate up --dry-run prints it), and delete this one:\n" +
  "where it has been applied, neither tool runs it again.";

function cut(text: string): Pick<ToolFile, "up" | "down" | "isOneTransaction"> | string {
  const up = find(text, UP) ?? 0;
  const down = find(text, DOWN);
  if (down !== undefined && down < up) return "-- Down Migration stands before -- Up Migration";
  return {
    isOneTransaction: true,
    up: sectionOf(text, up, down ?? text.length),
    ...(down !== undefined && { down: sectionOf(text, down, text.length) }),
  };
}

/** Where the marker's dashes stand. */
function find(text: string, marker: RegExp): number | undefined {
  const found = marker.exec(text);
  return found === null ? undefined : found.index + found[0].indexOf("--");
}
