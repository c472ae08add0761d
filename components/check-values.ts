/** Rules that several components share: no fault for what is not set. */
import type { Fault } from "./fault.js";

export function isIntegerBetween(
  property: string,
  value: number | undefined,
  least: number,
  most: number,
  unit: string,
): Fault[] {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return [];
  const allowed = `a whole number of ${String(least)} to ${String(most)}${unit === "" ? "" : ` ${unit}`}`;
  return [{ property, value, allowed, way: "choose one in that range" }];
}

export function isOneOf<T>(property: string, value: T | undefined, known: readonly T[], way: string): Fault[] {
  if (value === undefined || known.includes(value)) return [];
  return [{ property, value, allowed: known.map((one) => JSON.stringify(one)).join(", "), way }];
}

export function isProtection(value: string | undefined): Fault[] {
  return isOneOf("protection", value, ["full", "ephemeral"], "leave it out for full protection");
}
