import { createHash } from "node:crypto";
import { UNKNOWN, unwrapSecrets, type Properties } from "../stand-in/property-values.js";
import { isCollection, upstreamName, type Attribute, type Attributes, type Value } from "./attributes.js";

/** The member of the inputs that lists those which are defaults. */
export const DEFAULTS = "__defaults";

export interface CheckRequest {
  /** Of the resource, for messages and made-up names. */
  readonly name: string;
  readonly attributes: Attributes;
  /** As the program gave them. */
  readonly inputs: Properties;
  /** Of the last deploy; empty for a new resource. */
  readonly oldInputs: Properties;
  /** The same for the same step of the same run. */
  readonly seed: Uint8Array;
}

export interface CheckedInputs {
  /** With defaults, and values of the declared types. */
  readonly inputs: Properties;
  readonly failures: readonly string[];
}

/** Completes the inputs and names all faults in them, as the official plugin does. */
export function checkInputs(request: CheckRequest): CheckedInputs {
  const { attributes } = request;
  const given = convertAll(request);
  const defaults = defaultsFor(request, given.inputs);
  const inputs = { ...given.inputs, ...defaults };
  const faults = Object.entries(attributes).flatMap(([name, attribute]) =>
    attributeFaults(name, attribute, inputs, request),
  );
  const names = Object.keys(defaults).sort();
  return { inputs: { ...inputs, [DEFAULTS]: names }, failures: [...given.failures, ...faults] };
}

function convertAll({ name, attributes, inputs }: CheckRequest): CheckedInputs {
  const failures: string[] = [];
  const converted: Record<string, unknown> = {};
  for (const [key, raw] of Object.entries(inputs)) {
    const value = unwrapSecrets(raw);
    if (key === DEFAULTS || value === null || value === undefined) continue;
    const attribute = attributes[inputName(attributes, key)];
    if (attribute === undefined) failures.push(`Invalid or unknown key. ${at(name, key)}`);
    const result = attribute === undefined ? { value } : convert(value, attribute);
    if ("fault" in result) failures.push(`${result.fault}. ${at(name, key)}`);
    converted[inputName(attributes, key)] = "fault" in result ? value : result.value;
  }
  return { inputs: converted, failures };
}

/** A list's singular name counts too: the SDK of some languages has it. */
function inputName(attributes: Attributes, key: string): string {
  const plural = `${key}s`;
  return attributes[key] === undefined && attributes[plural]?.upstreamName !== undefined ? plural : key;
}

type Converted = { readonly value: unknown } | { readonly fault: string };

function convert(value: unknown, attribute: Attribute): Converted {
  if (value === UNKNOWN) return { value };
  if (isCollection(attribute)) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    return { value: items.map((item) => (item === UNKNOWN ? item : String(item))) };
  }
  if (Array.isArray(value)) return { fault: "Attribute must be a single value, not a list" };
  if (attribute.type === "string") return { value: String(value) };
  if (attribute.type === "int") return toInteger(value);
  return toBoolean(value);
}

function toInteger(value: unknown): Converted {
  const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
  return Number.isInteger(number)
    ? { value: number }
    : { fault: `a whole number is needed, not ${JSON.stringify(value)}` };
}

function toBoolean(value: unknown): Converted {
  if (typeof value === "boolean") return { value };
  if (value === "true" || value === "false") return { value: value === "true" };
  const text = JSON.stringify(String(value));
  return { fault: `cannot parse '' as bool: strconv.ParseBool: parsing ${text}: invalid syntax` };
}

/** Defaults that are not false or zero, and a name of the resource's own with seven hexadecimal digits, which is then kept. */
function defaultsFor({ name, attributes, oldInputs, seed }: CheckRequest, given: Properties): Properties {
  const defaults = Object.entries(attributes).flatMap(([key, attribute]): (readonly [string, unknown])[] => {
    const value = attribute.default;
    return key in given || value === undefined || value === false ? [] : [[key, value]];
  });
  if (!("name" in attributes) || "name" in given) return Object.fromEntries(defaults);
  const digits = createHash("sha256").update(seed).digest("hex").slice(0, 7);
  const kept = isDefault(oldInputs, "name") ? unwrapSecrets(oldInputs["name"]) : undefined;
  return Object.fromEntries([...defaults, ["name", kept ?? `${name}-${digits}`]]);
}

export function isDefault(inputs: Properties, name: string): boolean {
  const names = inputs[DEFAULTS];
  return Array.isArray(names) && names.includes(name);
}

function attributeFaults(key: string, attribute: Attribute, inputs: Properties, { name }: CheckRequest): string[] {
  const value = inputs[key] as Value | undefined;
  const upstream = upstreamName(key, attribute);
  const where = at(name, key);
  if (value === undefined) {
    if (attribute.isRequired !== true) return [];
    return [
      `Missing required argument. The argument "${upstream}" is required, but no definition was found.. ${where}`,
    ];
  }
  if (attribute.isNotHere === true) {
    return [`The stand-in for the postgresql plugin does not have this input; it needs the official plugin. ${where}`];
  }
  return [...valueFaults(value, upstream, attribute), ...combinationFaults(upstream, attribute, inputs)].map(
    (fault) => `${fault}. ${where}`,
  );
}

function valueFaults(value: Value, upstream: string, { oneOf, atLeast }: Attribute): string[] {
  if (value === UNKNOWN) return [];
  if (oneOf !== undefined && !oneOf.includes(String(value))) {
    const list = oneOf.map((item) => JSON.stringify(item)).join(" ");
    return [`expected ${upstream} to be one of [${list}], got ${String(value)}`];
  }
  if (atLeast !== undefined && typeof value === "number" && value < atLeast) {
    return [`expected ${upstream} to be at least (${atLeast}), got ${value}`];
  }
  return [];
}

function combinationFaults(upstream: string, attribute: Attribute, inputs: Properties): string[] {
  const { conflictsWith = [], requiredWith = [] } = attribute;
  const snake = (name: string): string => upstreamName(name, { type: "string" });
  const conflict = conflictsWith.find((name) => name in inputs);
  const all = [upstream, ...requiredWith.map(snake)].sort().join(",");
  return [
    ...(conflict === undefined
      ? []
      : [`Conflicting configuration arguments. "${upstream}": conflicts with ${snake(conflict)}`]),
    ...(requiredWith.every((name) => name in inputs)
      ? []
      : [`Missing required argument. "${upstream}": all of \`${all}\` must be specified`]),
  ];
}

function at(resource: string, key: string): string {
  return `Examine values at '${resource}.${key}'.`;
}
