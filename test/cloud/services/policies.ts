import { canonical } from "../diff.js";
import { isObject, type Properties } from "../values.js";

/** Whether two policies say the same: order of members, and one value beside a list of one, mean nothing (terraform-provider-aws, `verify.PolicyStringsEquivalent`). */
export function samePolicy(wish: unknown, actual: unknown): boolean {
  if (typeof wish !== "string" || typeof actual !== "string") return false;
  const [one, other] = [parse(wish), parse(actual)];
  return one !== undefined && other !== undefined && canonical(normal(one)) === canonical(normal(other));
}

/** The fault of a text that is no JSON. */
export function jsonFaults(inputs: Properties, property: string): { property: string; reason: string }[] {
  const text = inputs[property];
  if (typeof text !== "string" || text.includes("04da6b54-80e4-46f7-96ec-b56ff0331ba9") || parse(text) !== undefined)
    return [];
  return [{ property, reason: `"${property}" contains an invalid JSON policy` }];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function normal(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(normal);
    return items.length === 1 ? items[0] : items.map((item) => canonical(item)).sort();
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, normal(item)]));
}
