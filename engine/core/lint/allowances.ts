import type { PlacedStatement } from "../analysed-migration.js";
import { scanText } from "../scan-text.js";

/** `-- holdfast:allow <rule> until <date> because <reason>`, above a statement or behind it on its last line. */
export interface Allowance {
  readonly rule: string;
  /** Until the end of that day, UTC; undefined where it does not say so, or no date. */
  readonly until?: Date;
  readonly reason: string;
  /** In the file's text. */
  readonly offset: number;
  /** Position of the statement it stands on, among the file's statements; undefined: on none. */
  readonly statement?: number;
}

const COMMENT = /^--\s*holdfast:allow\b(.*)$/i;
const ALLOWANCE = /^\s+([a-z][a-z0-9-]*)(?:\s+until\s+(\S+))?(?:\s+because\s+(.+))?\s*$/i;
const DAY_MS = 86_400_000;

/** All comments that allow something, also ill-formed ones: those have no rule, no date or no reason. */
export function readAllowances(text: string, statements: readonly PlacedStatement[]): Allowance[] {
  if (!/holdfast:allow/i.test(text)) return [];
  return scanText(text)
    .filter(({ kind }) => kind === "line-comment")
    .flatMap(({ offset, end }) => {
      const [, rest] = COMMENT.exec(text.slice(offset, end)) ?? [];
      if (rest === undefined) return [];
      const [, rule = "", date = "", reason = ""] = ALLOWANCE.exec(rest) ?? [];
      const [until, statement] = [endOfDay(date), statementAt(text, offset, statements)];
      return {
        ...{ rule: rule.toLowerCase(), reason, offset },
        ...(until !== undefined && { until }),
        ...(statement !== undefined && { statement }),
      };
    });
}

/** The statement whose last line the comment ends, or that it stands in, or the next one below. */
function statementAt(text: string, offset: number, statements: readonly PlacedStatement[]): number | undefined {
  const before = statements.findLastIndex(({ end }) => end <= offset && !text.slice(end, offset).includes("\n"));
  if (before >= 0) return before;
  const next = statements.findIndex(({ end }) => end > offset);
  return next < 0 ? undefined : next;
}

/** Undefined for what is no date, and for days that the calendar does not have: Date.parse moves 31 February into March. */
function endOfDay(date: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined;
  const start = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(start) || !new Date(start).toISOString().startsWith(date)) return undefined;
  return new Date(start + DAY_MS);
}
