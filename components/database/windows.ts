/** The times of a day or week in which AWS may work on a database: UTC, in RDS's own spelling. */
import type { Fault } from "../fault.js";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY = 1440;
const WEEK = 7 * DAY;
const SHORTEST = 30;

interface Window {
  /** Minutes since Monday 00:00, or since midnight. */
  readonly start: number;
  readonly length: number;
}

/** Faults of a backup window and a maintenance window: their form, at least 30 minutes each, no minute in common. */
export function windowFaults(backup: string, maintenance: string): Fault[] {
  const daily = parseDaily(backup);
  const weekly = parseWeekly(maintenance);
  const faults = [
    ...formFault("backupWindow", backup, daily, '"hh24:mi-hh24:mi" in UTC, at least 30 minutes', '"03:00-03:30"'),
    ...formFault(
      "maintenanceWindow",
      maintenance,
      weekly,
      '"ddd:hh24:mi-ddd:hh24:mi" in UTC, 30 minutes to 24 hours',
      '"sun:04:00-sun:04:30"',
    ),
  ];
  if (faults.length > 0 || daily === undefined || weekly === undefined || !meet(daily, weekly)) return faults;
  return [
    {
      property: "maintenanceWindow",
      value: maintenance,
      allowed: `no minute in common with backupWindow "${backup}"`,
      way: "move one of the two",
    },
  ];
}

function formFault(
  property: string,
  value: string,
  parsed: Window | undefined,
  allowed: string,
  example: string,
): Fault[] {
  const length = parsed?.length ?? 0;
  if (length >= SHORTEST && length <= DAY) return [];
  return [{ property, value, allowed, way: `write it as ${example}` }];
}

function meet(daily: Window, weekly: Window): boolean {
  return DAYS.some((_, day) => {
    const start = day * DAY + daily.start;
    return [0, WEEK, -WEEK].some(
      (turn) => start + turn < weekly.start + weekly.length && weekly.start < start + turn + daily.length,
    );
  });
}

function parseDaily(text: string): Window | undefined {
  const [, from, to] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(text) ?? [];
  return between(minutes(from), minutes(to), DAY);
}

function parseWeekly(text: string): Window | undefined {
  const [, fromDay = "", from, toDay = "", to] = /^([a-z]{3}):(\d\d:\d\d)-([a-z]{3}):(\d\d:\d\d)$/.exec(text) ?? [];
  const [first, last] = [DAYS.indexOf(fromDay), DAYS.indexOf(toDay)];
  if (first < 0 || last < 0) return undefined;
  return between(add(first * DAY, minutes(from)), add(last * DAY, minutes(to)), WEEK);
}

function add(day: number, minute: number | undefined): number | undefined {
  return minute === undefined ? undefined : day + minute;
}

function between(start: number | undefined, end: number | undefined, turn: number): Window | undefined {
  if (start === undefined || end === undefined) return undefined;
  return { start, length: (end - start + turn) % turn };
}

function minutes(text = ""): number | undefined {
  const [hour = 24, minute = 60] = text.split(":").map(Number);
  return hour < 24 && minute < 60 ? hour * 60 + minute : undefined;
}
