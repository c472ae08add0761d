import type { TableCount } from "../row-counts.js";

/** What a table may lose, as its counters tell it: never exact. */
export interface EstimatedLoss {
  readonly table: string;
  /** Rows inserted, updated and deleted since; of `counts`, rows more or less than then. */
  readonly rows: number;
}

/** What a way back loses. */
export interface DataLoss {
  /** What was written from this instant on is lost; null: nothing that anybody wrote. */
  readonly since: Date | null;
  /** One sentence, exact. */
  readonly text: string;
  /** Further exact facts: of a rollback, what each file takes. */
  readonly facts: readonly string[];
  /** `changes`: by the server's counters since. `counts`: by rows then and now, so that changed rows are not seen. Null: unknown. */
  readonly basis: "changes" | "counts" | null;
  readonly estimates: readonly EstimatedLoss[];
}

/** What the server counts now. */
export interface TableCounters {
  readonly table: string;
  readonly written: number;
  readonly rows: number;
}

export interface CountedThen {
  /** By table, when the run began; undefined where nobody noted it. */
  readonly written: Readonly<Record<string, number>> | undefined;
  /** Of the backup's manifest. */
  readonly rows: readonly TableCount[];
}

/** By table, the largest first. Counters that have begun anew since (the server crashed, or they were reset) tell nothing. */
export function estimateLoss(then: CountedThen, now: readonly TableCounters[]): Pick<DataLoss, "basis" | "estimates"> {
  const { written } = then;
  if (written !== undefined && now.every((table) => table.written >= (written[table.table] ?? 0))) {
    return told(
      "changes",
      now.map(({ table, written: all }) => ({ table, rows: all - (written[table] ?? 0) })),
    );
  }
  const before = new Map(then.rows.map(({ table, rows }) => [table, rows]));
  const known = now.flatMap(({ table, rows }) => {
    const counted = before.get(table);
    return counted == null ? [] : [{ table, rows: rows - counted }];
  });
  return known.length === 0 ? { basis: null, estimates: [] } : told("counts", known);
}

function told(basis: "changes" | "counts", all: readonly EstimatedLoss[]): Pick<DataLoss, "basis" | "estimates"> {
  const estimates = all.filter(({ rows }) => rows !== 0).toSorted((a, b) => Math.abs(b.rows) - Math.abs(a.rows));
  return { basis, estimates };
}

/** Nothing that anybody wrote. */
export function lossless(text: string): DataLoss {
  return { since: null, text, facts: [], basis: null, estimates: [] };
}

/** `2 days 3 h 5 min 10 s`, to the second; a part that is nothing is left out. */
export function exactDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), seconds < 172_800 ? "day" : "days"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ];
  const shown = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return shown.length === 0 ? "0 s" : shown.join(" ");
}

/** `2026-01-19 09:30:00 UTC` */
export function exactInstant(instant: Date): string {
  return `${instant.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
