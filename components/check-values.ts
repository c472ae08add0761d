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

/** Needed, and an ARN where it is known by now. */
export function isKeyArn(property: string, value: unknown): Fault[] {
  if (value !== undefined && typeof value !== "string") return [];
  if (value !== undefined && /^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\/.+$/.test(value)) return [];
  const way = "give EncryptionKey.arn, or the ARN of a key of yours; an alias can be moved to another key";
  return [{ property, value, allowed: "the ARN of a KMS key", way }];
}

/** Needed: what a program in TypeScript cannot leave out, one in another language can. */
export function isGiven(property: string, value: unknown, allowed: string, way: string): Fault[] {
  return value === undefined || value === null ? [{ property, value: undefined, allowed, way }] : [];
}

/** Needed, and a list with something in it where it is known by now. */
export function isFilledList(property: string, value: unknown, allowed: string, way: string): Fault[] {
  const isWrong = value === undefined || typeof value === "string" || (Array.isArray(value) && value.length === 0);
  return isWrong ? [{ property, value, allowed, way }] : [];
}

/** Needed. What was given in its place may hold a password, and is not repeated. */
export function isConnection(connection: unknown, way: string): Fault[] {
  if (typeof connection === "object" && connection !== null) return [];
  const value = connection === undefined || connection === null ? undefined : `a ${typeof connection}`;
  return [{ property: "connection", value, allowed: "a DatabaseConnection", way }];
}

export function isProtection(value: string | undefined): Fault[] {
  return isOneOf("protection", value, ["full", "ephemeral"], "leave it out for full protection");
}
