import type { Fault } from "./fault.js";

/**
 * A reviewed permission to delete one guarded resource. It takes two deploys: the first, with this entry, lifts every
 * protection and writes the audit record; only a later one may delete.
 */
export interface BreakGlass {
  /** The resource's name in AWS (identifier, alias, secret's or bucket's name) or its name in the stack, as the refusal prints it. */
  readonly id: string;
  /** Who decided it. */
  readonly by: string;
  /** Why, for the audit record. */
  readonly reason: string;
  /** ISO 8601 instant from which it no longer holds, at most 14 days ahead. */
  readonly expires: string;
}

const LONGEST_DAYS = 14;
const DAY_MS = 86_400_000;

/** What is wrong with the entries; an expired one is no fault, it only lifts nothing. */
export function breakGlassFaults(entries: readonly BreakGlass[], nowMs: number = Date.now()): Fault[] {
  return entries.flatMap((entry, index) => entryFaults(entry, `breakGlass[${String(index)}]`, nowMs));
}

function entryFaults(entry: BreakGlass, at: string, nowMs: number): Fault[] {
  const empty = (["id", "by", "reason"] as const).filter((key) => !entry[key]);
  const faults = empty.map((key) => ({
    property: `${at}.${key}`,
    value: entry[key],
    allowed: "a text",
    way: "say what may be deleted, who decided it, and why",
  }));
  const until = Date.parse(entry.expires);
  if (Number.isNaN(until) || until > nowMs + LONGEST_DAYS * DAY_MS) {
    const allowed = `an ISO 8601 instant at most ${String(LONGEST_DAYS)} days ahead`;
    faults.push({ property: `${at}.expires`, value: entry.expires, allowed, way: "set a near instant" });
  }
  return faults;
}

export function isExpired(expires: string, nowMs: number = Date.now()): boolean {
  return !(Date.parse(expires) > nowMs);
}
