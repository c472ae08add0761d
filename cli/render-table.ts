import Table from "cli-table3";
import { createColors } from "picocolors";
import type { Terminal } from "./terminal.js";

const NO_LINES = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "", bottom: "", "bottom-mid": "", "bottom-left": "" },
  ...{ "bottom-right": "", left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: "  " },
};

/** Rows under their headings, without lines: it survives being pasted into a ticket. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[], terminal: Terminal): string {
  const { dim } = createColors(terminal.hasColours.output);
  const table = new Table({
    head: head.map((title) => dim(title)),
    chars: NO_LINES,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0, compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
