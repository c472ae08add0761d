/** A property's value without marks of secrets: null where there is none. What a preview cannot know is the text UNKNOWN. */
export type Value = string | number | boolean | readonly string[] | null;

export type Values = Readonly<Record<string, Value>>;

/** One property of a resource, as the provider declares it. */
export interface Attribute {
  /** A set has no order, and each item once. */
  readonly type: "string" | "int" | "bool" | "set" | "list";
  readonly isRequired?: boolean;
  /** Without an input the server decides. */
  readonly isComputed?: boolean;
  /** Another value replaces the resource. */
  readonly replaces?: boolean;
  readonly default?: string | number | boolean;
  readonly isSecret?: boolean;
  /** Never comes back in the state. */
  readonly isWriteOnly?: boolean;
  readonly oneOf?: readonly string[];
  readonly atLeast?: number;
  readonly conflictsWith?: readonly string[];
  readonly requiredWith?: readonly string[];
  /** Its name in the Terraform provider, where that is not the same in snake case. */
  readonly upstreamName?: string;
  /** An input of the official plugin that the stand-in does without. */
  readonly isNotHere?: boolean;
}

export type Attributes = Readonly<Record<string, Attribute>>;

export function isCollection({ type }: Attribute): boolean {
  return type === "set" || type === "list";
}

/** What the provider cannot tell from no value at all. */
export function isZero(value: Value | undefined): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === "object" ? value.length === 0 : value === "" || value === 0 || value === false;
}

export function upstreamName(name: string, { upstreamName }: Attribute): string {
  return upstreamName ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function textOf(values: Values, name: string): string {
  const value = values[name];
  return typeof value === "string" ? value : "";
}

export function isTrue(values: Values, name: string): boolean {
  return values[name] === true;
}

export function numberOf(values: Values, name: string): number {
  const value = values[name];
  return typeof value === "number" ? value : 0;
}

export function itemsOf(values: Values, name: string): readonly string[] {
  const value = values[name];
  return typeof value === "object" && value !== null ? value : [];
}
