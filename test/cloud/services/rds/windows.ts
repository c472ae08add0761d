import type { Fault } from "../../behaviour.js";
import { AwsError } from "../../cloud-region.js";
import { textOf, type Properties } from "../../values.js";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const BACKUP = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/;
const MAINTENANCE = /^([a-z]{3}):([01]\d|2[0-3]):([0-5]\d)-([a-z]{3}):([01]\d|2[0-3]):([0-5]\d)$/i;

/** Minutes of a day, and of a week. */
const DAY = 24 * 60;
const WEEK = 7 * DAY;

/** Faults of form, which the provider's check finds. */
export function windowFaults(inputs: Properties, backup: string, maintenance: string): Fault[] {
  const faults: Fault[] = [];
  const backupWindow = textOf(inputs, backup);
  if (backupWindow !== undefined && !BACKUP.test(backupWindow)) {
    faults.push({ property: backup, reason: `"${backupWindow}" must satisfy the format of "hh24:mi-hh24:mi".` });
  }
  const window = textOf(inputs, maintenance);
  if (window !== undefined && !MAINTENANCE.test(window)) {
    faults.push({ property: maintenance, reason: `"${window}" must satisfy the format of "ddd:hh24:mi-ddd:hh24:mi".` });
  }
  return faults;
}

/** @throws AwsError where a window is shorter than half an hour, or both meet */
export function refuseWindows(backup: string, maintenance: string): void {
  const daily = minutesOfDay(backup);
  const weekly = minutesOfWeek(maintenance);
  if (daily.length < 30 || weekly.length < 30) {
    throw new AwsError(
      "InvalidParameterValue",
      "The backup window and the maintenance window must be at least 30 minutes.",
    );
  }
  const overlaps = Array.from({ length: 8 }, (_, day) => daily.start + (day - 1) * DAY).some(
    (start) =>
      meets(start, daily.length, weekly.start, weekly.length) ||
      meets(start, daily.length, weekly.start - WEEK, weekly.length),
  );
  if (overlaps) {
    throw new AwsError("InvalidParameterCombination", "The backup window and maintenance window must not overlap.");
  }
}

interface Span {
  readonly start: number;
  readonly length: number;
}

function minutesOfDay(window: string): Span {
  const [, h1, m1, h2, m2] = BACKUP.exec(window) ?? [];
  const start = Number(h1) * 60 + Number(m1);
  return { start, length: (Number(h2) * 60 + Number(m2) - start + DAY) % DAY };
}

function minutesOfWeek(window: string): Span {
  const [, d1 = "", h1, m1, d2 = "", h2, m2] = MAINTENANCE.exec(window) ?? [];
  const at = (day: string, hour: unknown, minute: unknown): number =>
    DAYS.indexOf(day.toLowerCase()) * DAY + Number(hour) * 60 + Number(minute);
  const start = at(d1, h1, m1);
  return { start, length: (at(d2, h2, m2) - start + WEEK) % WEEK };
}

function meets(start: number, length: number, otherStart: number, otherLength: number): boolean {
  return start < otherStart + otherLength && otherStart < start + length;
}
