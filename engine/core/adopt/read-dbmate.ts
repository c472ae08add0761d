import { normaliseText } from "../normalise-text.js";
import { placed, sectionOf, toolName, unreadable, type ToolFile, type ToolReader } from "./tool-folder.js";

const NAME = /^(\d{1,20})(.*)\.sql$/;
const UP = /^--\s*migrate:up(?:[ \t]*$|[ \t]+(\S.*)$)/m;
const DOWN = /^--\s*migrate:down(?:[ \t].*)?$/m;

/**
 * dbmate: `20240131120000_create_users.sql` with `-- migrate:up` and `-- migrate:down`. Files of other names are passed over, as
 * dbmate does. Source: dbmate 2.36, pkg/dbmate/migration.go.
 */
export const readDbmate: ToolReader = (files, fault) =>
  files.flatMap((file) => {
    const [, version, words] = NAME.exec(file.name) ?? [];
    if (version === undefined || words === undefined || file.name.includes("/")) return [];
    const text = normaliseText(file.read());
    const parts = cut(text);
    if (typeof parts !== "string")
      return { ...toolName(version, BigInt(version), words), ...placed(file, text), ...parts };
    fault(unreadable(file.path, parts, "Write -- migrate:up above the SQL, and -- migrate:down after it."));
    return [];
  });

function cut(text: string): Pick<ToolFile, "up" | "down" | "isOneTransaction"> | string {
  const up = UP.exec(text);
  if (up === null) return "no line says -- migrate:up";
  const down = DOWN.exec(text);
  if ([UP, DOWN].some((marker) => count(text, marker) > 1)) return "a marker stands twice, of which one would be lost";
  if (down !== null && down.index < up.index) return "-- migrate:down stands before -- migrate:up";
  if (text.slice(0, up.index).split("\n").some(isStatement)) return "SQL stands before -- migrate:up";
  return {
    isOneTransaction: !/(?:^|\s)transaction:false(?:\s|$)/.test(up[1] ?? ""),
    up: sectionOf(text, up.index, down?.index ?? text.length),
    ...(down !== null && { down: sectionOf(text, down.index, text.length) }),
  };
}

function count(text: string, marker: RegExp): number {
  return [...text.matchAll(new RegExp(marker, "gm"))].length;
}

function isStatement(line: string): boolean {
  return !/^\s*(?:--.*)?$/.test(line);
}
