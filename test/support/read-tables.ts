/** Markdown's tables, for tests that hold a page to what it describes. */

export interface PageRow {
  /** The first cell's names, those in backticks. */
  readonly names: readonly string[];
  /** By the column's heading. */
  readonly cells: Readonly<Record<string, string>>;
  /** The heading the table stands under, without its `#`. */
  readonly section: string;
}

/** Every row of every table of a page. */
export function readTables(page: string): PageRow[] {
  const rows: PageRow[] = [];
  let section = "";
  let columns: readonly string[] | undefined;
  for (const line of page.split("\n")) {
    section = /^#+ (.*)$/.exec(line)?.[1] ?? section;
    if (!line.startsWith("|")) columns = undefined;
    else if (columns === undefined) columns = cellsOf(line);
    else if (!/^\|[\s:|-]+$/.test(line)) rows.push(rowOf(columns, cellsOf(line), section));
  }
  return rows;
}

function cellsOf(line: string): string[] {
  return line
    .replaceAll("\\|", "\u0000")
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.replaceAll("\u0000", "|").trim());
}

function rowOf(columns: readonly string[], cells: readonly string[], section: string): PageRow {
  const names = [...(cells[0] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
  return { names, cells: Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? ""])), section };
}
