import type { DataLoss } from "./rehearsal-report.js";

/** The rows of a table, told without showing any. Digests do not depend on the order of rows. */
export interface TablePicture {
  readonly rows: number;
  /** Over whole rows, columns by name. */
  readonly digest: string;
  readonly columns: ReadonlyMap<string, ColumnPicture>;
}

export interface ColumnPicture {
  /** That are not NULL. */
  readonly values: number;
  readonly digest: string;
}

/** By table, as SQL names it. */
export type DataPicture = ReadonlyMap<string, TablePicture>;

export interface DataComparison {
  readonly lost: readonly DataLoss[];
  /** Rows that were not there before, as sentences without their full stop. */
  readonly left: readonly string[];
}

/** What is not any more as it was. Tables that one of the two lacks are the catalog's affair, their rows are told here. */
export function compareData(before: DataPicture, after: DataPicture): DataComparison {
  const lost: DataLoss[] = [];
  const left: string[] = [];
  for (const [table, old] of before) {
    const now = after.get(table);
    const gone = old.rows - (now?.rows ?? 0);
    if (gone > 0)
      lost.push({
        table,
        column: null,
        values: gone,
        isWhole: false,
        what: `${count(gone, "row")} of ${table} ${are(gone)} gone`,
      });
    else if (gone < 0)
      left.push(
        `${count(-gone, "row")} that ${gone === -1 ? "was" : "were"} not there before ${gone === -1 ? "stays" : "stay"} in ${table}`,
      );
    else if (now !== undefined) lost.push(...compareColumns(table, old, now));
  }
  return { lost, left };
}

/** The same number of rows. */
function compareColumns(table: string, old: TablePicture, now: TablePicture): DataLoss[] {
  const lost = [...old.columns].flatMap(([column, picture]): DataLoss[] => {
    const present = now.columns.get(column);
    if (present?.digest === picture.digest && present.values === picture.values) return [];
    const gone = picture.values - (present?.values ?? 0);
    const name = `${table}.${column}`;
    if (gone > 0)
      return [
        { table, column, values: gone, isWhole: false, what: `${count(gone, "value")} of ${name} ${are(gone)} gone` },
      ];
    return [{ table, column, values: null, isWhole: false, what: `the values of ${name} are not those of before` }];
  });
  const isSame = old.digest === now.digest || old.columns.size !== now.columns.size;
  if (lost.length > 0 || isSame) return lost;
  return [
    {
      table,
      column: null,
      values: null,
      isWhole: false,
      what: `the values of ${table} stand in other rows than before`,
    },
  ];
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

function are(n: number): string {
  return n === 1 ? "is" : "are";
}
