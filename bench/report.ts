import Table from "cli-table3";

/** One row of a table: a contender's figures by column title. */
export interface ReportRow {
  readonly name: string;
  readonly figures: Readonly<Record<string, number | string>>;
}

/** A goal and whether this run met it. */
export interface Goal {
  readonly what: string;
  /** The highest (or lowest, see `atLeast`) ratio or figure that meets it. */
  readonly limit: number;
  readonly measured: number;
  readonly atLeast?: boolean;
}

export interface CaseReport {
  readonly title: string;
  readonly rows: readonly ReportRow[];
  readonly goals: readonly Goal[];
}

export function isMet(goal: Goal): boolean {
  return goal.atLeast === true ? goal.measured >= goal.limit : goal.measured <= goal.limit;
}

function cell(value: number | string | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** The case as an aligned table, its goals below. */
export function renderCase(report: CaseReport): string {
  const columns = [...new Set(report.rows.flatMap((row) => Object.keys(row.figures)))];
  const table = new Table({
    head: ["", ...columns],
    colAligns: ["left", ...columns.map(() => "right" as const)],
    style: { head: [], border: [] },
  });
  for (const row of report.rows) table.push([row.name, ...columns.map((column) => cell(row.figures[column]))]);
  const goals = report.goals.map(
    (goal) =>
      `  ${isMet(goal) ? "met   " : "MISSED"} ${goal.what}: ${cell(goal.measured)} (goal ${goal.atLeast === true ? "≥" : "≤"} ${goal.limit})`,
  );
  return [`\n${report.title}`, table.toString(), ...goals].join("\n");
}
