import { createHash } from "node:crypto";
import { BESIDE_INSTANCES, isFolderName } from "./data-root.js";

/**
 * A name as a folder of a catalogue. Names of embedded databases and stacks stay as they are; one that could be no folder (an
 * address, `prod/eu`) gets its odd characters replaced, and a digest behind it, so that no two share a folder.
 */
export function catalogueFolderName(name: string): string {
  if (isFolderName(name, BESIDE_INSTANCES)) return name;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${name.replaceAll(/[^A-Za-z0-9_.-]+/g, "-").replace(/^[.-]+/, "")}-${digest}`;
}
