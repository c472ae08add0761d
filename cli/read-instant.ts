import { HoldfastError } from "../engine/index.js";

/** An instant to the microsecond, as PostgreSQL notes commits. */
export interface Instant {
  readonly at: Date;
  /** Beyond the millisecond, 0 to 999. */
  readonly micros: number;
}

/** ISO 8601, a blank in place of the T allowed: date, then time, fraction and zone as far as given. */
const INSTANT = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,6})\d*)?)?)? ?(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/** Without a zone it is UTC, without a time midnight. @throws HoldfastError invalid_usage */
export function readInstant(flag: string, text: string): Instant {
  const [, date, time = "00:00", seconds = "00", fraction = "", zone = "Z"] = INSTANT.exec(text.trim()) ?? [];
  const digits = fraction.padEnd(6, "0");
  const at = new Date(`${date ?? ""}T${time}:${seconds}.${digits.slice(0, 3)}${fullZone(zone)}`);
  if (Number.isNaN(at.getTime())) {
    throw new HoldfastError("invalid_usage", `${flag}: "${text}" is no instant.`, {
      next: "Write it as 2026-01-19T09:30:00Z, or 2026-01-19 09:30:00+01:00; without a zone it is UTC.",
    });
  }
  return { at, micros: Number(digits.slice(3)) };
}

/** `+01` and `+0100` as `+01:00` */
function fullZone(zone: string): string {
  if (/^z$/i.test(zone)) return "Z";
  return `${zone.slice(0, 3)}:${zone.slice(3).replace(":", "").padEnd(2, "0")}`;
}
