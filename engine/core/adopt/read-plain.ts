import { normaliseText } from "../normalise-text.js";
import { placed, sectionOf, type FolderFile, type ToolFile } from "./tool-folder.js";

/**
 * A folder of SQL of which nothing more is known: every .sql file as it stands, in the order of the numbers their names begin with,
 * else of the names. The version is the name.
 */
export function readPlain(files: readonly FolderFile[]): ToolFile[] {
  return files
    .filter(({ name }) => name.toLowerCase().endsWith(".sql"))
    .sort(byNumberAndName)
    .map((file, at) => {
      const text = normaliseText(file.read());
      const name = { version: file.name, order: BigInt(at), scheme: "number" as const, description: file.name };
      return { ...name, ...placed(file, text), up: sectionOf(text, 0, text.length), isOneTransaction: false };
    });
}

function byNumberAndName(a: FolderFile, b: FolderFile): number {
  const [one, other] = [numberOf(a), numberOf(b)];
  if (one !== other) return one < other ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}

function numberOf({ name }: FolderFile): bigint {
  return BigInt(/^\D?(\d+)/.exec(name)?.[1] ?? 0);
}
