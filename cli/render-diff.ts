import { createTwoFilesPatch } from "diff";
import { createColors } from "picocolors";
import type { FileChange } from "../engine/index.js";
import type { Terminal } from "./terminal.js";

/** Changes of files as a unified diff, which `git apply` and `patch` also read. */
export function renderDiff(changes: readonly FileChange[], folder: string, terminal: Terminal): string {
  const { red, green, cyan } = createColors(terminal.hasColours.output);
  const colourOf = (line: string): ((text: string) => string) => {
    if (line.startsWith("@@")) return cyan;
    if (line.startsWith("+")) return green;
    return line.startsWith("-") ? red : (text) => text;
  };
  return changes
    .map((change) => patchOf(change, folder))
    .join("")
    .split("\n")
    .map((line) => colourOf(line)(line))
    .join("\n")
    .trimEnd();
}

function patchOf({ name, before, after }: FileChange, folder: string): string {
  const path = `${folder.replace(/^\//, "")}/${name}`;
  const from = before === null ? "/dev/null" : `a/${path}`;
  const patch = createTwoFilesPatch(from, `b/${path}`, before ?? "", after, undefined, undefined, { context: 3 });
  // The first line is a ruler that only some tools write.
  return patch.slice(patch.indexOf("\n") + 1);
}
