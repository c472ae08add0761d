import { readTags, TAG_NAMES } from "../read-tags.js";
import type { Tool, ToolFile } from "./tool-folder.js";

type Marked = Pick<ToolFile, "name" | "text">;

/** What only one tool's folder has, by a look at the names and the first lines. */
const MARKS: readonly (readonly [Tool, (files: readonly Marked[]) => boolean])[] = [
  ["prisma", (files) => files.every(({ name }) => /^\d+[^/]*\/migration\.sql$/.test(name))],
  ["golang-migrate", (files) => files.every(({ name }) => /^\d+_[^/]*\.(?:up|down)\.sql$/.test(name))],
  ["flyway", (files) => files.every(({ name }) => /^(?:[VRU][\d._]*__.*|before.*|after.*)\.sql$/.test(name))],
  ["dbmate", (files) => files.every(({ text }) => /^--\s*migrate:up\b/m.test(text))],
  ["node-pg-migrate", (files) => files.every(({ text }) => /^--\s*Up Migration\b/im.test(text))],
];

/** Whose folder it is, from all its .sql files read as plain text; `holdfast` where one of them has a tag of ours. */
export function guessTool(files: readonly Marked[]): Tool | "holdfast" | "plain" {
  if (files.some(({ text }) => hasTag(text))) return "holdfast";
  return MARKS.find(([, isIts]) => files.length > 0 && isIts(files))?.[0] ?? "plain";
}

const HEADER_TAGS: ReadonlySet<string> = new Set(TAG_NAMES);

function hasTag(text: string): boolean {
  return text.includes("@") && readTags(text).some(({ name, isAlone }) => isAlone && HEADER_TAGS.has(name));
}
